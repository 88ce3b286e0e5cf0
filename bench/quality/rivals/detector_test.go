package rivals

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/quality/trace"
	"pgregory.net/rapid"
)

// all returns one of every detector.
func all(terms int) []Detector {
	lib := &Library{
		lambda: 1,
		trends: []reference{{ramp(0.5)}, {ramp(1)}},
		others: []reference{{ramp(0)}, {ramp(-0.5)}},
	}
	return []Detector{
		NewMastodon(terms),
		NewSigniTrend(terms, "", PublishedSigniTrend()),
		NewSigniTrend(terms, "", TunedSigniTrend()),
		NewSigniTrend(terms, "", ShortSigniTrend()),
		NewSigniTrend(terms, "", SigniTrendSettings{Epoch: time.Hour, HalfLife: 24 * time.Hour, Bias: 1, Unit: Posts}),
		NewPointPoisson(terms), NewCyclePoisson(terms, Daily), NewCyclePoisson(terms, Weekly),
		NewHourlyZScore(terms), NewSpikeTest(terms, SpikeThresholds{Posts: 8, Authors: 5}),
		NewVolume(terms, 1), NewVolume(terms, 24), NewMisskey(terms), NewFediscoverer(terms), NewNikolov(terms, lib),
	}
}

func ramp(slope float64) []float64 {
	out := make([]float64, observed)
	for i := range out {
		out[i] = slope * float64(i) / observed
	}
	return out
}

// plain is a cell of as many posts by as many authors, all of them new.
func plain(term, n uint32) trace.Cell {
	return trace.Cell{Term: term, Posts: n, Fresh: 2 * n, Hour: n, Day: n}
}

type emitted struct {
	pane        int64
	term        uint32
	score, rank float64
}

// play steps through panes from the first one on and returns everything emitted.
func play(d Detector, first int64, panes [][]trace.Cell) []emitted {
	var out []emitted
	for i, cells := range panes {
		d.Step(first+int64(i), cells, func(term uint32, score, rank float64) {
			out = append(out, emitted{first + int64(i), term, score, rank})
		})
	}
	return out
}

// at returns what was emitted of a term in a pane.
func at(all []emitted, pane int64, term uint32) (e emitted) {
	for _, x := range all {
		if x.pane == pane && x.term == term {
			return x
		}
	}
	return e
}

func drawPanes(t *rapid.T, terms uint32) [][]trace.Cell {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []trace.Cell {
		var cells []trace.Cell
		for term := range terms {
			if rapid.IntRange(0, 2).Draw(t, "used") == 0 {
				continue
			}
			posts := rapid.Uint32Range(1, 40).Draw(t, "posts")
			authors := rapid.Uint32Range(0, posts).Draw(t, "authors")
			cells = append(cells, trace.Cell{Term: term, Posts: posts, Fresh: 2 * authors, Hour: authors, Day: authors})
		}
		return cells
	}), 1, 400).Draw(t, "panes")
}

// Every detector gives the same for the same, emits a term once a pane, and only
// finite numbers of which one is above 0.
func TestDetectorsKeepTheirWord(t *testing.T) {
	const terms = 4
	rapid.Check(t, func(t *rapid.T) {
		panes := drawPanes(t, terms)
		first := rapid.Int64Range(-1000, 3_000_000).Draw(t, "first")
		again := all(terms)
		for i, d := range all(terms) {
			got := play(d, first, panes)
			if !slices.Equal(got, play(again[i], first, panes)) {
				t.Fatalf("%s: the same panes gave other scores", d.Name())
			}
			seen := map[[2]int64]bool{}
			for _, e := range got {
				if seen[[2]int64{e.pane, int64(e.term)}] {
					t.Fatalf("%s: term %d twice in pane %d", d.Name(), e.term, e.pane)
				}
				seen[[2]int64{e.pane, int64(e.term)}] = true
				if !(e.score >= 0 && e.rank >= 0 && e.score+e.rank > 0) || math.IsInf(e.score+e.rank, 0) {
					t.Fatalf("%s: emitted %+v", d.Name(), e)
				}
			}
		}
	})
}

// An empty pane is the same as one left out.
func TestPanesLeftOutAreEmpty(t *testing.T) {
	const terms = 3
	rapid.Check(t, func(t *rapid.T) {
		first := int64(144 * 20_000)
		gap := rapid.IntRange(1, 1500).Draw(t, "gap")
		before, after := drawPanes(t, terms), drawPanes(t, terms)
		before = before[:min(len(before), 60)]
		after = after[:min(len(after), 30)]
		with := slices.Concat(before, make([][]trace.Cell, gap), after)
		leaping := all(terms)
		for i, d := range all(terms) {
			from := first + int64(len(before)+gap)
			want := slices.DeleteFunc(play(d, first, with), func(e emitted) bool { return e.pane < from })
			play(leaping[i], first, before)
			got := play(leaping[i], from, after)
			byTerm := func(a, b emitted) int {
				if a.pane != b.pane {
					return int(a.pane - b.pane)
				}
				return int(a.term) - int(b.term)
			}
			slices.SortStableFunc(want, byTerm)
			slices.SortStableFunc(got, byTerm)
			if len(got) != len(want) {
				t.Fatalf("%s: %d emitted after a gap of %d, want %d", d.Name(), len(got), gap, len(want))
			}
			for k := range got {
				if got[k].term != want[k].term || !same(got[k].score, want[k].score) || !same(got[k].rank, want[k].rank) {
					t.Fatalf("%s: after a gap of %d: %+v, want %+v", d.Name(), gap, got[k], want[k])
				}
			}
		}
	})
}

// Terms do not touch each other.
func TestTermsAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes := drawPanes(t, 3)
		var alone [][]trace.Cell
		for _, cells := range panes {
			alone = append(alone, slices.DeleteFunc(slices.Clone(cells), func(c trace.Cell) bool { return c.Term != 1 }))
		}
		others := all(3)
		for i, d := range all(3) {
			want := play(d, 5000, alone)
			got := slices.DeleteFunc(play(others[i], 5000, panes), func(e emitted) bool { return e.term != 1 })
			if !slices.Equal(got, want) {
				t.Fatalf("%s: other terms changed the scores of one", d.Name())
			}
		}
	})
}

func TestNamesAndSources(t *testing.T) {
	names := map[string]bool{}
	for _, d := range all(1) {
		if names[d.Name()] {
			t.Errorf("two detectors are called %q", d.Name())
		}
		names[d.Name()] = true
		if d.Source() == "" || strings.Contains(d.Source(), "\n") {
			t.Errorf("%s: source %q", d.Name(), d.Source())
		}
	}
}

// A term that is used by ever more people is found by every detector.
func TestEveryDetectorFindsAnOutbreak(t *testing.T) {
	const first = 144 * 7 * 2800 // a Thursday, midnight
	panes := make([][]trace.Cell, 144*9+60)
	for i := range panes {
		panes[i] = []trace.Cell{plain(0, 2)}
		if i >= 144*9+20 {
			panes[i] = append(panes[i], plain(1, uint32(i-144*9-19)))
		}
	}
	for _, d := range all(2) {
		best := [2]float64{}
		for _, e := range play(d, first, panes) {
			if e.pane >= first+144*9 {
				best[e.term] = max(best[e.term], e.rank)
			}
		}
		if best[1] <= best[0] {
			t.Errorf("%s: the outbreak ranked %v, a steady term %v", d.Name(), best[1], best[0])
		}
	}
}

func BenchmarkStep(b *testing.B) {
	const terms = 100_000
	cells := make([]trace.Cell, 1000)
	for _, d := range all(terms) {
		b.Run(d.Name(), func(b *testing.B) {
			b.ReportAllocs()
			pane := int64(0)
			for b.Loop() {
				for i := range cells {
					// Some terms come in every pane, most seldom.
					id := uint32(i)
					if i >= 300 {
						id = uint32((i*97 + int(pane)*613) % terms)
					}
					cells[i] = plain(id, uint32(1+1000/(i+1)))
				}
				d.Step(pane, cells, func(uint32, float64, float64) {})
				pane++
			}
		})
	}
}
