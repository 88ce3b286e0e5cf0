package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// smallWorld is a made-up archive of a few thousand posts.
func smallWorld(t testing.TB, seed uint64, days int) []term.Record {
	g, err := workload.New(workload.Config{Seed: seed, Days: days, Scale: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	var out []term.Record
	for {
		var rec term.Record
		if !g.Next(&rec) {
			return out
		}
		out = append(out, rec)
	}
}

// gaugeRecord is a reading of a list.
func gaugeRecord(ts int64, key string, rank, uses float64) term.Record {
	return term.Record{TS: ts * 1e6, Platform: "charts", Gauge: &term.Gauge{
		List: "hot", Term: term.Term{Kind: term.Sound, Key: "id:" + key, Display: key},
		Values: []term.Reading{{Name: "rank", Unit: term.UnitRank, Value: rank}, {Name: "uses", Unit: term.UnitTotal, Value: uses}},
	}}
}

// withCharts adds an hourly list of ten sounds, one of which climbs.
func withCharts(recs []term.Record) []term.Record {
	var out []term.Record
	hour := recs[0].TS / 3600e6
	for i := range recs {
		for ; recs[i].TS/3600e6 > hour; hour++ {
			for s := range 10 {
				uses := 1e6 * float64(s+1) * (1 + 0.001*float64(hour%97))
				if s == 3 {
					uses *= 1 + 0.02*float64(hour-recs[0].TS/3600e6)
				}
				out = append(out, gaugeRecord((hour+1)*3600, fmt.Sprint("sound", s), float64(1+(s+int(hour))%10), uses))
			}
		}
		out = append(out, recs[i])
	}
	return out
}

func options(shards int) Options {
	o := DefaultOptions()
	// Ample, so that no table fills: a full one may decide differently.
	o.Window.Memory, o.Window.Shards = 48<<20, shards
	return o
}

// collected is everything an engine gave.
type collected struct {
	mu    sync.Mutex
	ticks []Tick
	n     uint64
	moved chan struct{}
	kept  kept // the newest snapshot
	err   error
}

// collect drains an engine until the test ends.
func collect(t testing.TB, e *Engine) *collected {
	c := &collected{moved: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case tick := <-e.Ticks():
				var now kept
				var err error
				if tick.Snapshot != nil {
					now, err = keep(tick.Snapshot, c.kept)
					tick.Snapshot.Done(err == nil)
				}
				c.mu.Lock()
				if now != nil {
					c.kept = now
				}
				if err != nil && !errors.Is(err, ErrClosed) {
					c.err = err
				}
				c.ticks = append(c.ticks, tick)
				c.n++
				c.mu.Unlock()
				select {
				case c.moved <- struct{}{}:
				default:
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	t.Cleanup(func() { stop(); e.Close(); <-done })
	return c
}

// until waits for n ticks and returns all so far.
func (c *collected) until(n uint64) []Tick {
	for {
		c.mu.Lock()
		got, ticks := c.n, c.ticks
		c.mu.Unlock()
		if got >= n {
			return ticks
		}
		<-c.moved
	}
}

// digest is what the results of a run are compared by.
func digest(t testing.TB, ticks []Tick) string {
	var b bytes.Buffer
	for _, tick := range ticks {
		if tick.Err != nil {
			t.Fatal(tick.Err)
		}
		if tick.Snapshot != nil {
			continue
		}
		points := append([]Point(nil), tick.Points...)
		enc, err := json.Marshal([]any{tick.Pane, tick.Detections, tick.Hour, len(points), tick.Readings, slices.Collect(tick.View.Open()), covered(tick.View), tick.Activity})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", enc)
	}
	return b.String()
}

// covered is what a view tells of what was seen of the platforms.
func covered(v *View) (all []any) {
	for _, p := range v.Platforms {
		if p.Since != 0 || p.Missing != nil {
			all = append(all, p.Name, p.Since, p.Missing)
		}
	}
	return all
}

func replayAll(t testing.TB, o Options, recs []term.Record) (*Engine, []Tick) {
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	for i := range recs {
		e.Observe(&recs[i])
	}
	e.Flush()
	return e, c.until(e.Marks())
}

func raises(ticks []Tick) (n int) {
	for _, tick := range ticks {
		for _, d := range tick.Detections {
			if d.IsRaise() {
				n++
			}
		}
	}
	return n
}

func TestSameRecordsSameResultsWhateverTheShards(t *testing.T) {
	recs := withBeats(withCharts(smallWorld(t, 1, 4)))
	_, ticks := replayAll(t, options(4), recs)
	want := digest(t, ticks)
	st := ticks[len(ticks)-1].View.Core
	t.Logf("%d records, %d raises, %+v", len(recs), raises(ticks), st)
	if raises(ticks) == 0 {
		t.Fatal("the stream raises nothing: the test compares nothing")
	}
	for _, shards := range []int{1, 4} {
		_, ticks := replayAll(t, options(shards), recs)
		if got := digest(t, ticks); got != want {
			t.Errorf("%d shards give other results", shards)
		}
	}
}

// An engine restored from a cut, and fed what came after it, gives what one that
// ran through gives, wherever the cut was made.
func TestRestoreGoesOnExactly(t *testing.T) {
	oneGoroutine(t)
	recs := withBeats(withCharts(smallWorld(t, 2, 4)))
	_, through := replayAll(t, options(2), recs)
	if raises(through) == 0 {
		t.Fatal("the stream raises nothing: the test compares nothing")
	}
	for _, share := range []float64{0.01, 0.7, 0.98} {
		e, err := New(options(2))
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, e)
		var cut *Snapshot
		var stored kept
		var before []Tick
		at := 0
		for i := range recs {
			if e.Advance(&recs[i]) > 0 && cut == nil && float64(i) >= share*float64(len(recs)) {
				if err := e.Cut([]byte("note")); err != nil {
					t.Fatal(err)
				}
				at = i
				stored = c.lastKept(t, e)
				before = c.until(e.Marks())
				cut = before[len(before)-1].Snapshot
				break
			}
			e.Observe(&recs[i])
		}
		if cut == nil || string(cut.Note) != "note" {
			t.Fatalf("cut at %.2f: no snapshot", share)
		}
		again, err := Restore(options(2), stored)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := again.View().AsOf, e.View().AsOf; got != want {
			t.Fatalf("cut at %.2f: restored view as of %d, want %d", share, got, want)
		}
		c2 := collect(t, again)
		for i := at; i < len(recs); i++ {
			again.Observe(&recs[i])
		}
		again.Flush()
		got := digest(t, before) + digest(t, c2.until(again.Marks()))
		if got != digest(t, through) {
			t.Errorf("cut at %.2f: a restored engine gives other results", share)
		}
	}
}

func TestRestoreRefusesWhatDoesNotFit(t *testing.T) {
	recs := smallWorld(t, 3, 1)[:500]
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	for i := range recs {
		e.Observe(&recs[i])
	}
	e.Flush()
	if err := e.Cut(nil); err != nil {
		t.Fatal(err)
	}
	parts := c.lastKept(t, e)
	if _, err := Restore(options(4), parts); err == nil {
		t.Error("another number of shards was accepted")
	}
	for name, data := range parts {
		broken := maps.Clone(parts)
		broken[name] = data[:len(data)/2]
		if _, err := Restore(options(2), broken); err == nil && len(data) > 0 {
			t.Errorf("half of part %s was accepted", name)
		}
	}
}

func post(ts int64, id, author, tag string) term.Record {
	return term.Record{TS: ts * 1e6, Platform: "x", ID: id, Author: author, Tags: []string{tag}}
}

func TestDuplicatesAndLateRecordsAreCountedApart(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start = 1_780_000_200
	for _, tt := range []struct {
		rec  term.Record
		want Outcome
	}{
		{post(start, "1", "a", "one"), Counted},
		{post(start+5, "1", "a", "one"), Duplicate},
		{post(start+3600, "2", "b", "one"), Counted},
		{post(start+3600-540, "3", "c", "one"), Counted},    // within the lateness
		{post(start, "4", "d", "one"), Late},                // an hour late
		{post(start+72*3600-5, "1", "a", "one"), Duplicate}, // still within the horizon
		{post(start+100*3600, "1", "a", "one"), Counted},    // beyond it
	} {
		if got := e.Observe(&tt.rec); got != tt.want {
			t.Errorf("id %s at +%d s: outcome %d, want %d", tt.rec.ID, tt.rec.TS/1e6-start, got, tt.want)
		}
	}
	e.Flush()
	c.until(e.Marks())
	got := e.View().Counters
	if got.Records != 7 || got.Duplicates != 2 || got.Late != 1 || got.Occurrences != 4 {
		t.Errorf("counters %+v", got)
	}
}

// A leap of years closes a bounded number of panes and leaves the engine usable.
func TestLeapInTime(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	first := post(1_000_000_000, "", "a", "old")
	e.Observe(&first)
	leap := post(1_700_000_000, "", "a", "new")
	if n := e.Advance(&leap); n > (maxQuietHours+2)*detect.PanesPerHour {
		t.Errorf("a leap closed %d panes", n)
	}
	if got := e.Observe(&leap); got != Counted {
		t.Errorf("outcome %d", got)
	}
	e.Flush()
	c.until(e.Marks())
	found, err := e.Term(context.Background(), term.Hashtag, "new", "")
	if err != nil || len(found) != 1 || found[0].Count.Posts != 1 {
		t.Errorf("after the leap: %+v, %v", found, err)
	}
	if found, _ := e.Term(context.Background(), term.Hashtag, "old", "x"); len(found) == 1 && found[0].Count.Posts != 0 && found[0].Count.Exact() {
		t.Errorf("a term of 2001 is still in the window: %+v", found[0].Count)
	}
}

// Asking does not disturb counting, and is answered while records flow.
func TestAskingWhileFeeding(t *testing.T) {
	recs := smallWorld(t, 4, 2)
	_, ticks := replayAll(t, options(4), recs)
	want := digest(t, ticks)

	e, err := New(options(4))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	ctx, stop := context.WithCancel(context.Background())
	var asking sync.WaitGroup
	answers := make([]int, 3)
	for n := range answers {
		asking.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				rec := &recs[(i*7919+n)%len(recs)]
				if len(rec.Tags) == 0 {
					continue
				}
				if _, err := e.Term(ctx, term.Hashtag, term.KeyOf(term.Hashtag, rec.Tags[0]), ""); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				e.View()
				answers[n]++
			}
		})
	}
	for i := range recs {
		e.Observe(&recs[i])
	}
	e.Flush()
	got := digest(t, c.until(e.Marks()))
	stop()
	asking.Wait()
	if got != want {
		t.Error("asking changed the results")
	}
	t.Logf("%v answers while %d records were counted", answers, len(recs))
}

func TestClosedEngineAnswersWithAnError(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	rec := post(1_780_000_000, "", "a", "one")
	e.Observe(&rec)
	e.Close()
	e.Close()
	if _, err := e.Term(context.Background(), term.Hashtag, "one", "x"); err == nil {
		t.Error("no error from a closed engine")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"pane":     func(o *Options) { o.Window.Pane = 5 * time.Minute },
		"shards":   func(o *Options) { o.Window.Shards = 3 },
		"memory":   func(o *Options) { o.Window.Memory = 1 },
		"detector": func(o *Options) { o.Detect.Budget = -1 },
	} {
		o := DefaultOptions()
		change(&o)
		if e, err := New(o); err == nil {
			e.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}

// A restored engine answers about terms as the one that was cut.
func TestAnswersSurviveARestart(t *testing.T) {
	recs := smallWorld(t, 6, 2)
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	for i := range recs {
		e.Observe(&recs[i])
	}
	e.Flush()
	if err := e.Cut(nil); err != nil {
		t.Fatal(err)
	}
	again, err := Restore(options(2), c.lastKept(t, e))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	asked := 0
	for i := range recs {
		for _, tag := range recs[i].Tags {
			key := term.KeyOf(term.Hashtag, tag)
			want, err := e.Term(context.Background(), term.Hashtag, key, "")
			if err != nil {
				t.Fatal(err)
			}
			got, err := again.Term(context.Background(), term.Hashtag, key, "")
			if err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(got, want, cmpopts.EquateNaNs()) { // an hour that nothing was expected of has NaN
				t.Fatalf("%s: %+v, before the restart %+v", key, got, want)
			}
			asked++
		}
		if asked > 300 {
			break
		}
	}
}

// The chart of one region says nothing about that of another.
func TestRegionsAreListsOfTheirOwn(t *testing.T) {
	var recs []term.Record
	for hour := range int64(48) {
		for n, region := range []string{"US", "VN"} {
			for s := range 30 {
				rec := gaugeRecord(1_780_000_000+hour*3600+int64(n)*600, fmt.Sprint(s), float64(1+(s+n*15)%30), 1e6)
				rec.Region = region
				recs = append(recs, rec)
			}
		}
	}
	_, ticks := replayAll(t, options(1), recs)
	if n := raises(ticks); n != 0 {
		t.Errorf("%d raises from charts in which nothing moves", n)
	}
}
