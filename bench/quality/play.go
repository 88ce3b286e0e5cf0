package main

import (
	"github.com/swell-radar/swell/bench/quality/ledger"
	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/truth"
)

// topK is the length of the hourly lists.
const topK = 20

// budgets are the numbers of false alarms a day and platform for which there are tables;
// grid those that curves are drawn through.
var (
	budgets = []float64{5, 20, 100}
	grid    = []float64{1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200}
)

// outcome is what one detector reached on one stream by moving the threshold on its score.
type outcome struct {
	Key string
	// Counted and Spared have the figures at each budget of the grid: with the false alarms
	// about floods, and as if there had been none.
	Counted, Spared []measure.Budget
	Lists           measure.ListReport
}

// play sets a detector to work on a stream and measures its scores.
func play(c *contestant, s *stream, p player) outcome {
	l := ledger.New(s.trace, s.set, s.from, topK)
	for i, cells := range s.trace.Panes {
		pane := s.trace.First + int64(i)
		p.Step(pane, cells, func(term uint32, score, rank float64) { l.Score(pane, term, score, rank) })
	}
	out := outcome{Key: c.Key, Lists: l.Lists()}
	sweep := l.Sweep()
	without := sweep
	without.False = nil
	for _, f := range sweep.False {
		if f.Cause != measure.Cause(truth.Flood) {
			without.False = append(without.False, f)
		}
	}
	for _, n := range grid {
		out.Counted = append(out.Counted, sweep.AtBudget(n))
		out.Spared = append(out.Spared, without.AtBudget(n))
	}
	return out
}

// at returns the figures at a budget of the grid.
func at(list []measure.Budget, perDay float64) *measure.Budget {
	for i := range list {
		if list[i].PerPlatformDay == perDay {
			return &list[i]
		}
	}
	return &measure.Budget{PerPlatformDay: perDay}
}
