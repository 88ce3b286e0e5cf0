package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

func beat(ts int64, missing ...string) term.Record {
	return term.Record{TS: ts * 1e6, Heartbeat: &term.Heartbeat{Missing: missing}}
}

// withBeats adds a heartbeat about every five minutes, and says that a platform is
// missing for some hours now and then.
func withBeats(recs []term.Record) []term.Record {
	rng := rand.New(rand.NewPCG(1, 9))
	var platforms, down []string
	var out []term.Record
	next := recs[0].TS
	for i := range recs {
		if p := recs[i].Platform; !slices.Contains(platforms, p) {
			platforms = append(platforms, p)
		}
		for ; next <= recs[i].TS; next += rng.Int64N(600e6) {
			if rng.IntN(40) == 0 {
				down = platforms[:rng.IntN(len(platforms)+1)]
			}
			out = append(out, beat(next/1e6, down...))
		}
		out = append(out, recs[i])
	}
	return out
}

// An hour without a post is closed by its heartbeats.
func TestHeartbeatsMoveTime(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start = int64(1_750_003_200)
	e.Observe(&term.Record{TS: start * 1e6, Platform: "x", ID: "1", Tags: []string{"a"}})
	for at := start; at < start+2*3600; at += 60 {
		b := beat(at)
		e.Observe(&b)
	}
	v := c.until(e.Marks())[e.Marks()-1].View
	if want := start + 2*3600 - 60 - 600; v.AsOf < want-600 || v.AsOf > want {
		t.Errorf("counted up to %d, want about %d", v.AsOf, want)
	}
	if n := e.Counters(); n.Heartbeats != 120 || n.Records != 1 {
		t.Errorf("%d heartbeats and %d records, want 120 and 1", n.Heartbeats, n.Records)
	}
	if len(v.Platforms) != 1 {
		t.Errorf("%d platforms; heartbeats are of none", len(v.Platforms))
	}
}

// Which panes are missing, against a list of every pane. Event time may be moved on
// before the heartbeat is observed, as whoever cuts does, and the same is noted.
func TestMissingPanesAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const platform = "x"
		f := &feeder{cfg: DefaultOptions().Window.WithDefaults(), platforms: newPlatforms([]string{"w", platform})}
		f.started, f.closed = true, 1000
		pane, last := f.closed+2, int64(0)
		missing := map[int64]bool{}
		for range rapid.IntRange(0, 60).Draw(t, "heartbeats") {
			pane += rapid.Int64Range(-2, 4).Draw(t, "panes")
			b := beat(pane*detect.PaneSeconds, "unheard of")
			if rapid.Bool().Draw(t, "missing") {
				b.Heartbeat.Missing = []string{platform}
				from := pane
				if last != 0 {
					from = min(from, last+1)
				}
				for p := from; p <= pane; p++ {
					if p > f.closed {
						missing[p] = true
					}
				}
			}
			f.miss(&b)
			if rapid.Bool().Draw(t, "twice") {
				f.miss(&b)
			}
			f.beat = max(f.beat, pane)
			last = max(last, pane)
			for f.closed < pane-2 {
				f.closed++
				got := f.platforms.missing(f.closed)
				if want := missing[f.closed]; want != slices.Equal(got, []uint16{1}) || !want && len(got) > 0 {
					t.Fatalf("pane %d is missing for platforms %v; want it missing for 1: %v", f.closed, got, want)
				}
			}
			gaps := f.platforms.byName[platform].gaps
			for i, g := range gaps {
				if g.From > g.To || i > 0 && g.From <= gaps[i-1].To+1 {
					t.Fatalf("gaps %v", gaps)
				}
			}
		}
	})
}

// A program that was down says so with its first heartbeat, and all that it did not see
// is missing, also what no record had closed before.
func TestFirstHeartbeatAfterAGapMarksIt(t *testing.T) {
	recs := smallWorld(t, 9, 2)
	half := recs[0].TS + 30*3600e6
	covered := func(tell bool) (hours float64) {
		with := []term.Record{beat(recs[0].TS / 1e6)}
		var platforms []string
		back := false
		for i := range recs {
			ts := recs[i].TS
			switch {
			case ts >= half && ts < half+5*3600e6:
				continue
			case ts < half && !slices.Contains(platforms, recs[i].Platform):
				platforms = append(platforms, recs[i].Platform)
			case ts >= half && !back:
				back = true
				with = append(with, beat(half/1e6), beat(ts/1e6))
				if tell {
					with[len(with)-1].Heartbeat.Missing = platforms
				}
			}
			with = append(with, recs[i])
		}
		e, err := New(options(1))
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, e)
		for i := range with {
			e.Advance(&with[i]) // as whoever cuts does
			e.Observe(&with[i])
		}
		e.Flush()
		c.until(e.Marks())
		for p, r := range e.conductor.rhythms {
			if r == nil {
				continue
			}
			f := e.conductor.frame(uint16(p))
			for h := half/3600e6 + 1; h < half/3600e6+4; h++ {
				hours += f.Covered(h)
			}
		}
		return hours
	}
	if told, untold := covered(true), covered(false); told != 0 || untold == 0 {
		t.Errorf("%v hours of the gap are taken as seen; %v where nobody told of it", told, untold)
	}
}
