package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// traveller feeds a made-up archive through the parts of the application and stops at
// the end of every pane to ask what a user might.
type traveller struct {
	t       *testing.T
	dir     string
	opt     engine.Options
	lines   [][]byte
	answers map[string][]byte // by target, at included
	asked   []string
	terms   map[string]bool // paths of terms that were once a trend, and some others
	quiet   bool            // nothing is asked

	data   *dataDir
	engine *engine.Engine
	drain  *drain
	server *serve.Server
	next   int // line
	stop   context.CancelFunc
}

func newTraveller(t *testing.T, seed uint64, days int) *traveller {
	g, err := workload.New(workload.Config{Seed: seed, Days: days, Scale: 0.02, TrendSize: [2]float64{0.5, 1}, TrendsPerDay: 8})
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if _, err := g.WriteTo(&archive); err != nil {
		t.Fatal(err)
	}
	tr := &traveller{
		t: t, dir: filepath.Join(t.TempDir(), "data"), opt: engine.DefaultOptions(), lines: bytes.SplitAfter(archive.Bytes(), []byte("\n")),
		answers: map[string][]byte{}, terms: map[string]bool{"hashtag/nobody-says-this": true, "sound/id:douyin:1": true, "hashtag/junk100": true, "hashtag/junk2000": true},
	}
	tr.opt.Window.Memory = 4 << 20 // little: terms come and go
	return tr
}

// open begins, or goes on from the last snapshot.
func (tr *traveller) open() {
	log := slog.New(slog.DiscardHandler)
	var err error
	if tr.data, err = openDataDir(tr.dir, store.Options{MinFree: -1}, log); err != nil {
		tr.t.Fatal(err)
	}
	state, err := restore(tr.data, given(&tr.opt), log)
	if err != nil {
		tr.t.Fatal(err)
	}
	if err := tr.data.rewind(state); err != nil {
		tr.t.Fatal(err)
	}
	dead, err := tr.data.deadLetter(0)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.engine, tr.next = state.engine, 0
	if state.resumed {
		if tr.next, err = strconv.Atoi(state.note.From); err != nil {
			tr.t.Fatal(err)
		}
	}
	tr.drain = newDrain(state, tr.data, nil, dead, tr.opt, time.Now, log)
	ctx, cancel := context.WithCancel(context.Background())
	go tr.drain.run(ctx)
	tr.stop = func() {
		cancel()
		<-tr.drain.done
		dead.Close()
	}
	if tr.server, err = serve.New(serve.Options{Source: tr.engine, History: tr.data.store, Nonce: fmt.Sprint("run", tr.next), Version: "test"}); err != nil {
		tr.t.Fatal(err)
	}
}

// close ends a run without a snapshot of where it is, as a kill would.
func (tr *traveller) close() {
	tr.stop()
	tr.engine.Close()
	if err := tr.data.close(); err != nil {
		tr.t.Fatal(err)
	}
}

// run feeds up to a line and cuts a snapshot every so many panes.
func (tr *traveller) run(until, cutEvery int) {
	var dec term.Decoder
	var rec term.Record
	panes, resumed := 0, tr.next > 0
	for ; tr.next < min(until, len(tr.lines)-1); tr.next++ {
		if err := dec.Decode(tr.lines[tr.next], &rec); err != nil {
			tr.t.Fatal(err)
		}
		if resumed {
			tr.more(rec.TS) // it came behind the cut
			resumed = false
		}
		if closed := tr.engine.Advance(&rec); closed > 0 {
			if panes++; panes%cutEvery == 0 {
				note, err := json.Marshal(note{Version: stateVersion, From: fmt.Sprint(tr.next), Engine: tr.opt})
				if err != nil {
					tr.t.Fatal(err)
				}
				tr.drain.cutting.Store(true)
				if err := tr.engine.Cut(note); err != nil {
					tr.t.Fatal(err)
				}
			}
			for tr.engine.Work() {
			}
			if err := tr.drain.wait(tr.engine.Marks()); err != nil {
				tr.t.Fatal(err)
			}
			if v := tr.engine.View(); !tr.quiet && (v.Seq%5 == 0 || v.AsOf%3600 == 0 || v.Seq < 9) {
				tr.ask()
			}
			tr.more(rec.TS)
		}
		tr.engine.Observe(&rec)
	}
}

// more adds what the archive has none of: readings of a sound in a list, and tags that
// are used twice and push others out of the table.
func (tr *traveller) more(ts int64) {
	for i := range int64(16) {
		tr.engine.Observe(&term.Record{
			TS: ts, Platform: "tiktok", ID: fmt.Sprint(ts, i), Author: fmt.Sprint(i), Lang: "en-GB",
			Tags: []string{fmt.Sprintf("junk%d", (ts/1e6/detect.PaneSeconds*16+i)/2%3000)},
		})
	}
	if pane := ts / 1e6 / detect.PaneSeconds; pane%3 == 0 {
		tr.engine.Observe(&term.Record{TS: ts, Platform: "douyin", Gauge: &term.Gauge{
			List: "hot", Term: term.Term{Kind: term.Sound, Key: "id:douyin:1", Display: "A sound"},
			Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: float64(pane % 17)}},
		}})
	}
}

func (tr *traveller) get(target string) (int, []byte) {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	tr.server.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// withAt returns the target as of a moment.
func withAt(target string, at int64) string {
	sign := "?"
	if strings.Contains(target, "?") {
		sign = "&"
	}
	return fmt.Sprint(target, sign, "at=", at)
}

// ask notes the live answers as those that are expected as of the view's moment.
func (tr *traveller) ask() {
	v := tr.engine.View()
	targets := []string{
		"/api/v1/trends?limit=1000&series=1", "/api/v1/trends?limit=2&sort=rate", "/api/v1/trends?phase=unconfirmed,rising&kind=hashtag",
		"/api/v1/trends?platform=tiktok&min_score=4&q=a",
		"/api/v1/trends?lang=es,fr-FR", "/api/v1/trends?region=us&sort=authors", "/api/v1/terms/hashtag/love/series?step=1d&from=2026-05-20T00:00:00Z",
	}
	for t := range v.Open() {
		if len(tr.terms) < 9 {
			tr.terms[t.Term.Kind.String()+"/"+url.PathEscape(t.Term.Key)] = true
		}
	}
	for path := range tr.terms {
		targets = append(targets, "/api/v1/terms/"+path, "/api/v1/terms/"+path+"/series")
	}
	for _, target := range targets {
		status, body := tr.get(target)
		if status == http.StatusNotFound {
			body = nil
		} else if status != http.StatusOK {
			tr.t.Fatalf("%s: status %d: %s", target, status, body)
		}
		key := withAt(target, v.AsOf)
		if old, ok := tr.answers[key]; ok && !bytes.Equal(old, body) && strings.Contains(target, "/trends") {
			tr.t.Fatalf("%s as of %d was answered otherwise before the restart:\n%s\nnow\n%s", target, v.AsOf, old, body)
		} else if !ok {
			tr.asked = append(tr.asked, key)
		}
		tr.answers[key] = bytes.Clone(body)
	}
}

// known takes out of a live answer what is not kept, as the documentation says, given
// the answer as of then.
func known(live, then any) any {
	switch then := then.(type) {
	case map[string]any:
		live, ok := live.(map[string]any)
		if !ok {
			return live
		}
		delete(live, "forecast") // of what is open now
		for name, value := range then {
			switch name {
			case "posts", "doorkeeper", "authors_24h", "authors_72h", "usual_authors_per_h", "evidence":
				if value == nil {
					delete(live, name)
					delete(then, name)
					continue
				}
			case "variants", "examples", "notes": // of the dictionary, and of what people did, as it is now
				delete(live, name)
				delete(then, name)
				continue
			case "platforms":
				if list, ok := live[name].([]any); ok {
					live[name] = alsoIn(list, value.([]any))
				}
			}
			if _, ok := live[name]; ok {
				live[name] = known(live[name], value)
			}
		}
		return live
	case []any:
		live, ok := live.([]any)
		for i := range then {
			if ok && i < len(live) {
				live[i] = known(live[i], then[i])
			}
		}
	}
	return live
}

// alsoIn leaves out the platforms that only the doorkeeper had counted the term on.
func alsoIn(live, then []any) []any {
	have := map[any]bool{}
	for _, p := range then {
		have[p.(map[string]any)["platform"]] = true
	}
	out := []any{}
	for _, p := range live {
		row := p.(map[string]any)
		points, series := row["points"].([]any)
		byDoor := series && len(points) == 0 || !series && row["tracked"] == false && row["first_seen"] == nil
		if have[row["platform"]] || !byDoor {
			out = append(out, p)
		}
	}
	return out
}

// check asks everything again, as of its moment.
func (tr *traveller) check(every int) {
	tr.t.Helper()
	wrong := 0
	for i, key := range tr.asked {
		if i%every != 0 {
			continue
		}
		want := tr.answers[key]
		status, got := tr.get(key)
		if status != http.StatusOK && status != http.StatusNotFound {
			tr.t.Fatalf("%s: status %d: %s", key, status, got)
		}
		if strings.Contains(key, "/trends") {
			if !bytes.Equal(got, want) {
				tr.t.Errorf("%s\n%s\nwas\n%s", key, got, want)
				wrong++
			}
		} else if diff := tr.differ(want, got, status); diff != "" {
			tr.t.Errorf("%s (-was +is):\n%s", key, diff)
			wrong++
		}
		if wrong > 5 {
			tr.t.Fatal("and more")
		}
	}
}

func (tr *traveller) differ(want, got []byte, status int) string {
	var live, then map[string]any
	if want != nil {
		if err := json.Unmarshal(want, &live); err != nil {
			tr.t.Fatal(err)
		}
	}
	if status == http.StatusNotFound {
		if want == nil {
			return ""
		}
		if list := alsoIn(live["platforms"].([]any), nil); len(list) > 0 || live["readings"] != nil && len(live["readings"].([]any)) > 0 {
			return fmt.Sprintf("gave %s, now unknown: %s", want, got)
		}
		return ""
	}
	if err := json.Unmarshal(got, &then); err != nil {
		tr.t.Fatal(err)
	}
	return cmp.Diff(known(live, then), any(then))
}

// What was published is answered again, as of its moment: over days, a kill that
// falls back to an earlier snapshot, and a restart.
func TestThePastIsAnsweredAsItWas(t *testing.T) {
	oneGoroutine(t)
	tr := newTraveller(t, 11, 2)
	tr.open()
	tr.run(len(tr.lines)/2, 37)
	tr.check(7)
	tr.close()
	tr.open()
	if tr.next >= len(tr.lines)/2 || tr.next == 0 {
		t.Fatalf("went on from line %d of %d: the test shows nothing of a fall-back", tr.next, len(tr.lines))
	}
	before := len(tr.asked)
	tr.run(len(tr.lines), 50)
	if len(tr.asked) <= before {
		t.Fatal("nothing was asked after the restart")
	}
	tr.check(1)
	s := tr.engine.View().Core.Stats
	t.Logf("%d answers, %d terms; %d evicted, %d tracked", len(tr.asked), len(tr.terms), s.Evicted, s.Tracked)
	if s.Evicted == 0 || len(tr.terms) < 9 {
		t.Error("too little happened for the test to show something")
	}
	tr.close()
}
