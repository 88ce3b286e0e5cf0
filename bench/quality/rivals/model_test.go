package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/swell-radar/swell/bench/quality/trace"
	"pgregory.net/rapid"
)

// sums adds up what a term had in the panes from..to of a stream that begins at
// first.
func sums(panes [][]trace.Cell, first, from, to int64, term uint32, of func(*trace.Cell) uint32) (n float64) {
	for p := max(from, first); p <= to && p < first+int64(len(panes)); p++ {
		for i := range panes[p-first] {
			if c := &panes[p-first][i]; c.Term == term {
				n += float64(of(c))
			}
		}
	}
	return n
}

func postsOf(c *trace.Cell) uint32 { return c.Posts }
func hourOf(c *trace.Cell) uint32  { return c.Hour }
func freshOf(c *trace.Cell) uint32 { return c.Fresh }

// drawSparse draws panes over several days.
func drawSparse(t *rapid.T) [][]trace.Cell {
	panes := make([][]trace.Cell, rapid.IntRange(1, 144*10).Draw(t, "length"))
	for range rapid.IntRange(1, 60).Draw(t, "cells") {
		i := rapid.IntRange(0, len(panes)-1).Draw(t, "pane")
		if panes[i] == nil {
			n := rapid.Uint32Range(1, 40).Draw(t, "posts")
			panes[i] = []trace.Cell{{Posts: n, Fresh: n, Hour: n / 2, Day: n / 3}}
		}
	}
	return panes
}

// check compares what a detector emits of term 0 in every pane with a model.
func check(t *rapid.T, d Detector, first int64, panes [][]trace.Cell, model func(pane int64) (score, rank float64)) {
	got := map[int64]emitted{}
	for _, e := range play(d, first, panes) {
		got[e.pane] = e
	}
	for i := range panes {
		pane := first + int64(i)
		score, rank := model(pane)
		if e := got[pane]; !same(e.score, score) || !same(e.rank, rank) {
			t.Fatalf("%s in pane %d (%d): %v, %v; want %v, %v", d.Name(), pane, i, e.score, e.rank, score, rank)
		}
	}
}

func TestVolumeAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		check(t, NewVolume(1, 5), first, panes, func(pane int64) (float64, float64) {
			n := sums(panes, first, pane-29, pane, 0, postsOf)
			if n < 5 {
				n = 0
			}
			return n, n
		})
	})
}

func TestSigniTrendAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		set := SigniTrendSettings{
			Epoch: time.Duration(rapid.IntRange(1, 30).Draw(t, "epoch")) * 10 * time.Minute, HalfLife: 30 * time.Hour,
			Bias: rapid.Float64Range(0.1, 9).Draw(t, "bias"), Unit: Authors, Running: rapid.Bool().Draw(t, "running"),
		}
		n := int64(set.Epoch / (10 * time.Minute))
		alpha := LearningRate(set.Epoch, set.HalfLife)
		var m Moments
		last, epoch := 0.0, floorDiv(first, n)
		check(t, NewSigniTrend(1, "", set), first, panes, func(pane int64) (score, rank float64) {
			if e := floorDiv(pane, n); e != epoch {
				x := sums(panes, first, epoch*n, epoch*n+n-1, 0, freshOf) / 2
				last = max(0, Significance(x, m, set.Bias))
				m, epoch = m.After(x, alpha), e
			}
			now := max(0, Significance(sums(panes, first, epoch*n, pane, 0, freshOf)/2, m, set.Bias))
			if floorMod(pane, n) == n-1 {
				return now, now
			}
			if set.Running {
				return now, max(now, last)
			}
			return 0, last
		})
	})
}

// weekOf is what history sums up, the long way.
func weekOf(panes [][]trace.Cell, first, hour int64) (mean, sd, largest float64) {
	n := float64(min(168, hour-floorDiv(first, 6)))
	for h := hour - 168; h < hour; h++ {
		x := sums(panes, first, 6*h, 6*h+5, 0, postsOf)
		mean += x / n
		if h < hour-6 {
			largest = max(largest, x)
		}
	}
	for k := range int64(n) {
		d := sums(panes, first, 6*(hour-1-k), 6*(hour-1-k)+5, 0, postsOf) - mean
		sd += d * d / n
	}
	if n <= 0 {
		return 0, 0, 0
	}
	return mean, math.Sqrt(sd), largest
}

func TestZScoreAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		check(t, NewHourlyZScore(1), first, panes, func(pane int64) (float64, float64) {
			x := sums(panes, first, pane-5, pane, 0, postsOf)
			if x < 3 {
				return 0, 0
			}
			mean, sd, _ := weekOf(panes, first, floorDiv(pane-5, 6))
			z := ZScore(x, mean, sd)
			return z, z
		})
	})
}

func TestSpikeTestAgainstModel(t *testing.T) {
	set := SpikeThresholds{Posts: 8, Authors: 5}
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		check(t, NewSpikeTest(1, set), first, panes, func(pane int64) (float64, float64) {
			hour := floorDiv(pane, 6)
			mean, _, largest := weekOf(panes, first, hour)
			f := set.Factor(sums(panes, first, 6*hour, pane, 0, postsOf), sums(panes, first, 6*hour, pane, 0, hourOf), mean, largest)
			if f < 0.25 {
				f = 0
			}
			return f, f
		})
	})
}

func TestFediscovererAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		check(t, NewFediscoverer(1), first, panes, func(pane int64) (float64, float64) {
			h := floorDiv(pane, 6)
			g := Gain(sums(panes, first, 6*(h-23), pane, 0, hourOf), sums(panes, first, 6*(h-48), 6*(h-24)-1, 0, hourOf))
			if g <= 3./24 {
				g = 0
			}
			return g, g
		})
	})
}

func TestMisskeyAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		panes, first := drawSparse(t), rapid.Int64Range(0, 1000).Draw(t, "first")
		check(t, NewMisskey(1), first, panes, func(pane int64) (float64, float64) {
			h := floorDiv(pane, 6)
			now, before := sums(panes, first, 6*h, pane, 0, hourOf), sums(panes, first, 6*h-6, 6*h-1, 0, hourOf)
			if max(now, before) < 3 {
				return 0, 0
			}
			return Featured(now, before), Featured(now, before)
		})
	})
}
