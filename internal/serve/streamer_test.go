package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// life is a made-up run of views and detections: the same however often it is told.
type life struct {
	mu       sync.Mutex
	lines    [][]byte
	from     uint64 // where the log begins
	rankings map[int64][]byte
	broken   error // of the log
	view     *engine.View
}

// lifeLog is what is stored of a life: as much as streams ask for.
type lifeLog struct {
	History
	*life
}

func (l lifeLog) Term(term.ID) (store.Term, error) { return store.Term{}, store.ErrUnknownTerm }

func (l lifeLog) Detection(pos uint64) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return nil, l.broken
	}
	if pos < l.from || pos >= uint64(len(l.lines)) {
		return nil, fmt.Errorf("%w: detection %d", store.ErrNotFound, pos)
	}
	return l.lines[pos], nil
}

func (l lifeLog) DetectionsFrom() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from
}

func (l lifeLog) RankingAt(t int64) (int64, []byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if data := l.rankings[t]; data != nil {
		return t, data, nil
	}
	return 0, nil, store.ErrNotFound
}

func (l *life) View() *engine.View {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view
}

func (l *life) Term(context.Context, term.Kind, string, string) ([]engine.TermCounts, error) {
	return nil, nil
}

func (l *life) Together(context.Context, term.Kind, string, string) ([]engine.Together, error) {
	return nil, nil
}

func (l *life) Posts(context.Context, []term.ID) ([]uint64, error) { return nil, nil }

var lifePhases = []detect.Phase{detect.Emerging, detect.Rising, detect.Over, detect.Unconfirmed}

// tell tells of the view seq with n detections from position pos on, to the log as well.
func (l *life) tell(f *feed.Feed, seq, pos uint64, n int) {
	v := &engine.View{Seq: seq, AsOf: start.Unix() + int64(seq)*detect.PaneSeconds}
	var found []engine.Detection
	var lines [][]byte
	for i := range n {
		at := pos + uint64(i)
		d := engine.Detection{
			TS: v.AsOf, Term: term.Term{Kind: term.Hashtag, Key: fmt.Sprint("t", at), Display: fmt.Sprint("T", at)}, Platform: []string{"x", "y"}[at%2],
			Phase: lifePhases[at%uint64(len(lifePhases))], Started: v.AsOf,
		}
		found = append(found, d)
		lines = append(lines, fmt.Appendf(nil, `{"ts":%q,"kind":"hashtag","term":%q,"display":%q,"platform":%q,"phase":%q,"score":4.5,"started":%q}`,
			rfc3339(d.TS), d.Term.Key, d.Term.Display, d.Platform, d.Phase, rfc3339(d.Started)))
		if d.Phase != detect.Over {
			v.Trends = append(v.Trends, engine.Trend{Trend: detect.Trend{Phase: d.Phase}, Term: d.Term, Platform: d.Platform, Spread: engine.SpreadAuthors})
		}
	}
	l.mu.Lock()
	l.lines = append(l.lines[:pos], lines...)
	l.rankings[v.AsOf*1e6] = v.AppendBinary(nil)
	l.view = v
	l.mu.Unlock()
	f.Push(v, found, lines)
}

// newLife returns a life of so many views, with one detection each, and its feed.
func newLife(t testing.TB, views int) (*life, *feed.Feed) {
	t.Helper()
	l := &life{rankings: map[int64][]byte{}, view: &engine.View{}}
	f, err := feed.New("life", l.view, 0)
	if err != nil {
		t.Fatal(err)
	}
	for seq := range uint64(views) {
		l.tell(f, seq+1, seq, 1)
	}
	return l, f
}

func (l *life) options(f *feed.Feed) Options {
	return Options{Source: l, History: lifeLog{life: l}, Feed: f, Nonce: "test"}
}

// wire is an answer that breaks off after some bytes, as connections do.
type wire struct {
	header http.Header
	mu     sync.Mutex
	got    bytes.Buffer
	left   int // bytes until it breaks; negative: it holds
	status int
}

var errBroken = errors.New("the connection broke")

func newWire(left int) *wire { return &wire{header: http.Header{}, left: left} }

func (w *wire) Header() http.Header { return w.header }

func (w *wire) WriteHeader(status int) { w.status = status }

func (w *wire) Flush() {}

func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left >= 0 && len(b) > w.left {
		w.got.Write(b[:w.left])
		w.left = 0
		return 0, errBroken
	}
	if w.left >= 0 {
		w.left -= len(b)
	}
	w.got.Write(b)
	return len(b), nil
}

func (w *wire) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.got.String()
}

// streamRequest is a request for the stream.
func streamRequest(ctx context.Context, query string, header ...string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, "GET", "/api/v1/stream"+query, nil)
	r.Host = "localhost"
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// event is one that a browser would hand on.
type event struct{ id, name, data string }

// reader reads a stream as browsers do (WHATWG HTML, 9.2.6).
type reader struct {
	lines *bufio.Reader
	last  string // Last-Event-ID
	retry string
	beats int
}

func newReader(r io.Reader, last string) *reader {
	return &reader{lines: bufio.NewReader(r), last: last}
}

// next returns the next event, or false where the stream breaks off. What was not ended
// by an empty line is no event.
func (r *reader) next() (e event, ok bool) {
	var data []string
	id := r.last
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			return event{}, false
		}
		line = strings.TrimSuffix(line, "\n")
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			r.last = id
			if data != nil {
				e.id, e.data = id, strings.Join(data, "\n")
				return e, true
			}
			e.name = ""
		case field == "":
			r.beats++
		case field == "id":
			id = value
		case field == "event":
			e.name = value
		case field == "data":
			data = append(data, value)
		case field == "retry":
			r.retry = value
		}
	}
}

// events reads all events of a text.
func events(t testing.TB, text string) (all []event) {
	t.Helper()
	for r := newReader(strings.NewReader(text), ""); ; {
		e, ok := r.next()
		if !ok {
			return all
		}
		if !json.Valid([]byte(e.data)) {
			t.Errorf("the data of %s are no JSON: %s", e.name, e.data)
		}
		all = append(all, e)
	}
}

// dataOf decodes the data of an event.
func dataOf[T any](t testing.TB, e event) (out T) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(e.data))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatalf("%s: %v in %s", e.name, err, e.data)
	}
	return out
}

// names lists the names of events, and of trends the key.
func eventNames(t testing.TB, all []event) string {
	t.Helper()
	var out []string
	for _, e := range all {
		name := e.name
		if name == "trend" {
			var d struct{ Detection struct{ Key string } }
			if err := json.Unmarshal([]byte(e.data), &d); err != nil {
				t.Fatal(err)
			}
			name = d.Detection.Key
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}
