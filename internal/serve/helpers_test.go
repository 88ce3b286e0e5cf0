package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// start is a Monday; the stream of a world begins there.
var start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// worldPanes is the length of the stream: it ends 20 minutes into an hour.
const worldPanes = 28*detect.PanesPerHour + 2

// world is an engine that was fed a stream and a store that kept what it found.
type world struct {
	engine *engine.Engine
	store  *store.Store
}

// newWorld returns a world that has seen panes panes of the stream.
func newWorld(dir string, panes int) (*world, error) { return newWorldOf(dir, panes, stream) }

// newWorldOf returns a world that has seen panes panes of another stream.
func newWorldOf(dir string, panes int, records func(pane int) []term.Record) (*world, error) {
	opt := engine.DefaultOptions()
	opt.Window.Memory = 8 << 20
	e, err := engine.New(opt)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(dir, store.Options{MinFree: -1})
	if err != nil {
		return nil, err
	}
	w := &world{engine: e, store: st}
	return w, w.feedRecords(0, panes, records)
}

func (w *world) close() error {
	w.engine.Close()
	return w.store.Close()
}

// feed feeds the panes from ≤ pane < to of the stream and keeps what comes of them.
func (w *world) feed(from, to int) error { return w.feedRecords(from, to, stream) }

// feedRecords is feed for another stream than that of [stream].
func (w *world) feedRecords(from, to int, records func(pane int) []term.Record) error {
	kept, last := make(chan error, 1), make(chan int64, 1)
	go func() { kept <- w.keep(last) }()
	for pane := from; pane < to; pane++ {
		for _, rec := range records(pane) {
			w.engine.Observe(&rec)
		}
	}
	last <- w.engine.Flush()
	return <-kept
}

// keep stores the hours of all ticks up to that of the pane sent on last.
func (w *world) keep(last <-chan int64) error {
	seen, end := int64(-1), int64(-2)
	for seen != end {
		select {
		case end = <-last:
		case tick := <-w.engine.Ticks():
			seen = tick.Pane
			if err := errors.Join(w.keepPane(&tick), w.keepHour(&tick), w.store.PutRanking(tick.View.AsOf*1e6, tick.View.AppendBinary(nil))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) keepPane(tick *engine.Tick) error {
	var terms []store.Term
	var trackings []store.Tracking
	for _, tr := range tick.Trackings {
		if tr.Tracked {
			terms = append(terms, store.Term{ID: tr.ID, Kind: tr.Term.Kind, Platform: tr.Platform, Key: tr.Term.Key, Display: tr.Term.Display, FirstSeen: detect.PaneStart(tr.First) * 1e6})
		}
		trackings = append(trackings, store.Tracking{
			ID: tr.ID, Tracked: tr.Tracked, First: tr.First, Since: tr.Since, Before: tr.Before, Full: tr.Full, Stopped: tr.Stopped, Display: tr.Term.Display,
		})
	}
	var points []store.Point
	for _, p := range tick.PanePoints {
		points = append(points, store.Point(p))
	}
	if err := w.store.RegisterTerms(terms); err != nil {
		return err
	}
	return w.store.AppendPane(tick.Pane, points, trackings)
}

func (w *world) keepHour(tick *engine.Tick) error {
	if tick.Hour == 0 {
		return nil
	}
	var terms []store.Term
	var points []store.Point
	for _, p := range tick.Points {
		terms = append(terms, store.Term{ID: p.ID, Kind: p.Kind, Platform: p.Platform, Key: p.Key, Display: p.Display, FirstSeen: p.FirstSeen * 1e6})
		points = append(points, store.Point{ID: p.ID, Posts: p.Posts, Fresh: p.Fresh})
	}
	var readings []store.GaugePoint
	for _, p := range tick.Readings {
		terms = append(terms, store.Term{ID: p.ID, Kind: p.Term.Kind, Platform: p.Platform, Key: p.Term.Key, Display: p.Term.Display, FirstSeen: tick.Hour * 3600 * 1e6})
		readings = append(readings, store.GaugePoint{
			GaugeKey: store.GaugeKey{ID: p.ID, List: p.List, Metric: p.Metric}, Unit: p.Unit, Value: p.Value,
		})
	}
	if err := w.store.RegisterTerms(terms); err != nil {
		return err
	}
	if err := w.store.AppendHour(tick.Hour, points); err != nil {
		return err
	}
	return w.store.AppendGauges(tick.Hour, readings)
}

// stream returns the records of one pane: regulars on two platforms, two
// hashtags and a link that rise on the second day, a sound in a chart.
func stream(pane int) []term.Record {
	base := start.Unix() + int64(pane)*detect.PaneSeconds
	var out []term.Record
	post := func(platform, author, group string, tags ...string) {
		out = append(out, term.Record{
			TS: (base + int64(len(out))%detect.PaneSeconds) * 1e6, Platform: platform,
			ID: fmt.Sprintf("%s-%d-%d", platform, pane, len(out)), Author: author, Group: group, Tags: tags,
		})
	}
	for i := range 12 {
		tag := fmt.Sprintf("Daily%d", (pane+i)%6)
		post("tiktok", fmt.Sprintf("u%d", (pane*7+i*13)%997), "", tag)
		post("reddit", "", fmt.Sprintf("r%d", (pane*5+i*3)%211), tag)
	}
	if rise := pane - 24*detect.PanesPerHour; rise >= 0 {
		for i := range 3 + 2*rise {
			post("tiktok", fmt.Sprintf("fan%d-%d", rise, i), "", "BookTok")
		}
		for i := range 2 + rise {
			post("reddit", "", fmt.Sprintf("club%d-%d", rise, i), "booktok")
			post("tiktok", fmt.Sprintf("mad%d-%d", rise, i), "", "Mañana")
			out[len(out)-1].Links = []string{"https://example.com/a/series?page=2"}
		}
	}
	if pane == 100 {
		post("tiktok", "once", "", "<script>alert(1)</script>")
	}
	if pane%3 == 0 {
		out = append(out, term.Record{TS: base * 1e6, Platform: "douyin", Gauge: &term.Gauge{
			List: "hot-music", Term: term.Term{Kind: term.Sound, Key: "id:douyin:7481", Display: "Artist – Espresso"},
			Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: float64(40 - pane/6)}, {Name: "uses", Unit: term.UnitTotal, Value: 1e6 + float64(pane)*1e3}},
		}})
	}
	return out
}

// shared is a world that tests may read.
var shared = sync.OnceValues(func() (*world, error) {
	dir, err := os.MkdirTemp("", "swell-serve")
	if err != nil {
		return nil, err
	}
	atExit(func() error { return os.RemoveAll(dir) })
	w, err := newWorld(dir, worldPanes)
	if err == nil {
		atExit(w.close)
	}
	return w, err
})

// exits are called when all tests are over, the last one first.
var exits struct {
	sync.Mutex
	calls []func() error
}

func atExit(f func() error) {
	exits.Lock()
	defer exits.Unlock()
	exits.calls = append(exits.calls, f)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if c, err := theContract(); err != nil {
		fmt.Fprintln(os.Stderr, "openapi.yaml:", err)
		code = 1
	} else if err := c.report(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	for _, f := range slices.Backward(exits.calls) {
		if err := f(); err != nil {
			fmt.Fprintln(os.Stderr, "cannot clean up:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// testOptions are the settings of a server for the shared world.
func testOptions(t testing.TB) Options {
	t.Helper()
	w, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Source: w.engine, History: w.store, Nonce: "test", Version: "1.2.3",
		Clock: func() time.Time { return start.Add(29 * time.Hour) },
	}
}

func newServer(t testing.TB, opt Options) *Server {
	t.Helper()
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do asks the handler for a target as it would stand in a request line.
func do(h http.Handler, method, target string, header ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "localhost:7310"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	holding(h).ServeHTTP(rec, r)
	return rec.Result()
}

func body(t testing.TB, resp *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ask asks for a target, which must be answered with 200 and JSON.
func ask[T any](t testing.TB, h http.Handler, target string) T {
	t.Helper()
	resp := do(h, "GET", target)
	b := body(t, resp)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != api.TypeJSON {
		t.Fatalf("%s: status %d, %s: %s", target, resp.StatusCode, resp.Header.Get("Content-Type"), b)
	}
	var out T
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatalf("%s: %v in %s", target, err, b)
	}
	return out
}

// logInto returns a logger that writes to w without times.
func logInto(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// logErrors returns a logger that writes what went wrong inside the server.
func logErrors(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelError}))
}
