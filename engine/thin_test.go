package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/term"
)

func TestThinPosts(t *testing.T) {
	oneGoroutine(t)
	const (
		start = 1_780_000_200 // Unix seconds
		hour  = 3600
		day   = 24 * hour
		long  = "the same long words "
	)
	type post struct {
		at           int64
		author, text string
		repost       bool
	}
	all, _ := newCounting(t)
	producer := all.producer
	for name, tt := range map[string]struct {
		posts             []post
		newcomers, echoes uint64
	}{
		"everybody is new at first":  {[]post{{0, "a", "", false}, {2 * day, "b", "", false}}, 0, 0},
		"a newcomer's first post":    {[]post{{0, "a", "", false}, {3 * day, "b", "", false}, {3*day + 1, "b", "", false}}, 1, 0},
		"known since the first days": {[]post{{0, "a", "", false}, {4 * day, "a", "", false}}, 0, 0},
		"gone for weeks":             {[]post{{0, "a", "", false}, {17 * day, "a", "", false}}, 1, 0},
		"away for less":              {[]post{{0, "a", "", false}, {13 * day, "a", "", false}, {26 * day, "a", "", false}}, 0, 0},
		"no name":                    {[]post{{0, "", "", false}, {5 * day, "", "", false}}, 0, 0},
		"a repost by a newcomer":     {[]post{{0, "a", "", false}, {4 * day, "b", "", true}}, 1, 0},
		"an echo":                    {[]post{{0, "a", long, false}, {60, "b", "The SAME, long words: 7 @x http://z.zz/1", false}}, 0, 1},
		"one's own words":            {[]post{{0, "a", long, false}, {60, "a", long, false}}, 0, 0},
		"echoes of echoes":           {[]post{{0, "a", long, false}, {60, "b", long, false}, {61, "b", long, false}, {62, "a", long, false}}, 0, 2},
		"a repost is no echo":        {[]post{{0, "a", long, false}, {60, "b", long, true}}, 0, 0},
		"nor teaches one":            {[]post{{0, "a", long, true}, {60, "b", long, false}}, 0, 0},
		"after many hours":           {[]post{{0, "a", long, false}, {9 * hour, "b", long, false}}, 0, 0},
		"too short":                  {[]post{{0, "a", "good morning", false}, {60, "b", "good morning", false}}, 0, 0},
		"a newcomer's echo":          {[]post{{0, "a", "", false}, {4 * day, "a", long, false}, {4*day + 1, "b", long, false}}, 1, 1},
	} {
		o := DefaultOptions()
		o.Window.Memory = 16 << 20
		f := newFeeder(o, producer, nil)
		for at := int64(0); at < 30*day; at += hour {
			tt.posts = append(tt.posts, post{at, "regular", "", false})
		}
		slices.SortStableFunc(tt.posts, func(a, b post) int { return cmp.Compare(a.at, b.at) })
		for i, p := range tt.posts {
			f.observe(&term.Record{
				TS: (start + p.at) * 1e6, Platform: "x", ID: fmt.Sprint(i), Author: p.author, Text: p.text, Repost: p.repost, Tags: []string{"tag"},
			})
		}
		if c := f.counters; c.Newcomers != tt.newcomers || c.Echoes != tt.echoes {
			t.Errorf("%s: %d newcomers and %d echoes, want %d and %d", name, c.Newcomers, c.Echoes, tt.newcomers, tt.echoes)
		}
	}
}

// What the feeder finds in bounded memory is what an exact model finds, but for the
// rounding to hours; and a run that goes on from a snapshot finds the same.
func TestThinPostsAsInTheExactModel(t *testing.T) {
	oneGoroutine(t)
	g, err := workload.New(workload.Config{Seed: 3, Days: 5, Scale: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	exact := trace.NewBuilder("")
	f, counted := newCounting(t)
	var rec term.Record
	thin, posts := 0.0, 0
	for g.Next(&rec) {
		before := f.counters
		if f.observe(&rec) != Counted || rec.Gauge != nil {
			continue
		}
		exact.Add(&rec)
		c := &f.counters
		if c.Newcomers > before.Newcomers || c.Echoes > before.Echoes {
			thin += float64(c.Observations - before.Observations)
		}
		if posts++; posts%5000 == 0 {
			f = resumed(t, f)
		}
	}
	counted()
	want := 0.0
	for _, cells := range exact.Trace().Panes {
		for _, c := range cells {
			want += float64(c.Thin)
		}
	}
	c := f.counters
	t.Logf("%d posts, %d newcomers, %d echoes; %.0f thin observations, exactly %.0f", posts, c.Newcomers, c.Echoes, thin, want)
	if want == 0 || math.Abs(thin-want) > want/20 {
		t.Errorf("%.0f thin observations, exactly %.0f", thin, want)
	}
}

// resumed returns a feeder that goes on from what another stores.
func resumed(t *testing.T, f *feeder) *feeder {
	t.Helper()
	state, err := json.Marshal(f.state())
	if err != nil {
		t.Fatal(err)
	}
	cut, err := f.beginCut(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.save(math.MaxInt)
	cut.small = append(cut.small, Part{Name: partFeeder, Data: state})
	s := &Snapshot{cut: cut}
	parts, err := keep(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Done(true)
	again := newFeeder(DefaultOptions(), f.producer, nil)
	if err := again.restore(newSource(parts)); err != nil {
		t.Fatal(err)
	}
	if again.counters != f.counters {
		t.Fatalf("%+v became %+v", f.counters, again.counters)
	}
	again.extractor = f.extractor
	return again
}

// An owner reads the thin posts of a term, and the conductor those of its platform.
func TestThinPostsReachTheDetector(t *testing.T) {
	const start, posts = 1_780_000_200, 60
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	for i := range posts {
		rec := post(start, fmt.Sprint(i), fmt.Sprint("a", i), "tag")
		rec.Text = "all of them say the very same words"
		e.Observe(&rec)
	}
	pane := e.Flush()
	c.until(e.Marks())
	found := make(chan [2]uint64)
	e.conductor.owners[0].asks <- func(o *owner) {
		slot, _ := o.shard.Find(term.ScopeOf(term.Hashtag, "x").ID("tag"))
		found <- [2]uint64{uint64(o.shard.Thin(slot, pane)), o.shard.Volumes(pane)[0].Thin}
	}
	if got := <-found; got != [2]uint64{posts - 1, posts - 1} {
		t.Errorf("%d thin posts of the term and %d of the platform, want %d", got[0], got[1], posts-1)
	}
}
