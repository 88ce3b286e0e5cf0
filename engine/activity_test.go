package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// busy is some hours of posts and reposts, some of them late, with numbers that make
// sense and others.
func busy(seed uint64, posts int) []term.Record {
	const start = 1_780_000_200
	rng := rand.New(rand.NewPCG(seed, 7))
	names := []string{"likes", "shares", "views", "replies", "odd"}
	values := []float64{0, 3, 1000, -5, math.NaN(), math.Inf(1), 1e300, 2.5}
	var out []term.Record
	for n := range posts {
		ts := start + int64(n)*20 - rng.Int64N(1000)
		rec := post(ts, fmt.Sprint(n-rng.IntN(2)), fmt.Sprint("a", rng.IntN(50)), fmt.Sprint("t", rng.IntN(20)))
		rec.Platform = fmt.Sprint("p", rng.IntN(3))
		if rng.IntN(3) == 0 {
			rec.Tags = nil
		}
		rec.Repost = rng.IntN(4) == 0
		for range rng.IntN(3) {
			rec.Metrics = append(rec.Metrics, term.Metric{Name: names[rng.IntN(len(names))], Value: values[rng.IntN(len(values))]})
		}
		out = append(out, rec)
	}
	return out
}

// activityOf is what ticks tell of the activity, by hour and platform.
func activityOf(ticks []Tick) map[string]Activity {
	all := map[string]Activity{}
	for _, tick := range ticks {
		for _, a := range tick.Activity {
			all[fmt.Sprint(tick.Hour, " ", a.Platform)] = a
		}
	}
	return all
}

// Every post that is counted is in the activity of its own hour, once.
func TestActivityIsThePostsOfTheHour(t *testing.T) {
	recs := busy(1, 6000)
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	want := map[string]Activity{}
	late := 0
	for i := range recs {
		rec := &recs[i]
		if e.Observe(rec) != Counted {
			late++
			continue
		}
		at := fmt.Sprint(rec.TS/3600e6, " ", rec.Platform)
		a := want[at]
		a.Platform = rec.Platform
		if rec.Repost {
			a.Reposts++
		} else {
			a.Posts++
			measured := false
			for _, m := range rec.Metrics {
				if m.Name != "views" && m.Name != "odd" && m.Value >= 0 && m.Value < 1e6 {
					measured = true
					a.Reactions += uint64(m.Value)
				}
			}
			if measured {
				a.Measured++
			}
		}
		want[at] = a
	}
	e.Advance(&term.Record{TS: recs[len(recs)-1].TS + 2*3600e6})
	got := activityOf(c.until(e.Marks()))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the activity (-want +got):\n%s", diff)
	}
	if late < 100 {
		t.Errorf("%d posts were late or came twice: the test shows little", late)
	}
}

// An hour that is interrupted tells what one does that is not.
func TestActivityOfAnInterruptedHour(t *testing.T) {
	recs := busy(2, 2000)
	run := func(cutAt int) map[string]Activity {
		e, err := New(options(1))
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, e)
		var before []Tick
		for i := range recs {
			if i == cutAt {
				e.Align()
				if err := e.Cut(nil); err != nil {
					t.Fatal(err)
				}
				stored := c.lastKept(t, e)
				before = c.until(e.Marks())
				if e, err = Restore(options(1), stored); err != nil {
					t.Fatal(err)
				}
				c = collect(t, e)
			}
			e.Observe(&recs[i])
		}
		e.Flush()
		return activityOf(append(before[:len(before):len(before)], c.until(e.Marks())...))
	}
	want := run(-1)
	for _, at := range []int{1, 333, 1000, 1999} {
		if diff := cmp.Diff(want, run(at)); diff != "" {
			t.Errorf("cut before record %d (-want +got):\n%s", at, diff)
		}
	}
}

// Whatever comes, open panes are in order and there is one tally of each.
func TestTalliesAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlatforms([]string{"x"})
		pf := p.byName["x"]
		want := map[int64]uint64{}
		closed := int64(0)
		for range rapid.IntRange(0, 100).Draw(t, "posts") {
			pane := closed + 1 + rapid.Int64Range(0, 20).Draw(t, "pane")
			pf.tally(pane).note(&term.Record{}, 0)
			want[pane]++
			if rapid.IntRange(0, 5).Draw(t, "close") == 0 {
				closed += rapid.Int64Range(0, 4).Draw(t, "panes")
				for _, got := range p.tallies(closed) {
					if got.Pane > closed || got.Posts != want[got.Pane] {
						t.Fatalf("closed up to %d: %+v, want %d posts", closed, got, want[got.Pane])
					}
					delete(want, got.Pane)
				}
				for pane := range want {
					if pane <= closed {
						t.Fatalf("nothing of pane %d, closed up to %d", pane, closed)
					}
				}
			}
		}
	})
}

// No number that a post may come with spoils a sum.
func TestReactionsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum tally
		for range rapid.IntRange(0, 50).Draw(t, "posts") {
			before := sum
			m := term.Metric{Name: "likes", Value: rapid.Float64().Draw(t, "likes")}
			sum.note(&term.Record{Metrics: []term.Metric{m}}, 0)
			if sum.Reactions < before.Reactions || sum.Reactions-before.Reactions > mostReactions {
				t.Fatalf("%v reactions behind %v: %v", sum.Reactions, before.Reactions, m.Value)
			}
		}
	})
	top := tally{Reactions: maxReactions - 1}
	top.add(&tally{Reactions: maxReactions})
	if top.Reactions != maxReactions {
		t.Errorf("the sum stops at %d, want %d", top.Reactions, uint64(maxReactions))
	}
}

func TestTallyDoesNotAllocate(t *testing.T) {
	p := newPlatforms([]string{"x"})
	pf := p.byName["x"]
	rec := term.Record{Metrics: []term.Metric{{Name: "likes", Value: 3}}}
	pane := int64(detect.PanesPerDay)
	pf.tally(pane)
	pf.tally(pane + 1)
	p.tallies(pane + 1)
	if n := testing.AllocsPerRun(1000, func() { pf.tally(pane).note(&rec, 1); pf.tally(pane+1).note(&rec, 1) }); n != 0 {
		t.Errorf("%v allocations a post", n)
	}
}
