package main

import (
	"fmt"
	"slices"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/worlds"
)

// study is what was measured, by world.
type study struct {
	results     []*result
	contestants []contestant
}

// worlds returns the worlds that were measured, in the order of the package worlds.
func (s *study) worlds() []string {
	return slices.DeleteFunc(worlds.Names(), func(w string) bool { return len(s.of(w)) == 0 })
}

// of returns the results of a world, by seed.
func (s *study) of(world string) []*result {
	var out []*result
	for _, r := range s.results {
		if r.Source.World == world && r.Source.Archive == "" {
			out = append(out, r)
		}
	}
	return out
}

// archives returns the results of archives: those with an oracle, or the others.
func (s *study) archives(oracle bool) []*result {
	var out []*result
	for _, r := range s.results {
		if r.Source.Archive != "" && r.Oracle == oracle {
			out = append(out, r)
		}
	}
	return out
}

// with returns the contestants of a role that have an outcome in one of the results.
func (s *study) with(results []*result, roles ...role) []*contestant {
	var out []*contestant
	for i := range s.contestants {
		c := &s.contestants[i]
		if slices.Contains(roles, c.role) && slices.ContainsFunc(results, func(r *result) bool { return r.Outcomes[c.Key] != nil || r.Hits[c.Key] != nil }) {
			out = append(out, c)
		}
	}
	return out
}

// figure is one number to be read off an outcome, at a budget.
type figure struct {
	name   string
	spared bool // floods are no false alarms
	of     func(x *outcome, b *measure.Budget) float64
}

// figures are those that detectors are compared by; more is better.
var figures = []figure{beforePeak, meanLead, sparedBeforePeak, sparedMeanLead, precisionAtK, listedInTime}

var (
	beforePeak       = figure{"before peak", false, beforePeakOf}
	meanLead         = figure{"mean lead", false, meanLeadOf}
	sparedBeforePeak = figure{"before peak, floods not counted", true, beforePeakOf}
	sparedMeanLead   = figure{"mean lead, floods not counted", true, meanLeadOf}
	precisionAtK     = figure{fmt.Sprintf("P@%d", topK), false, func(x *outcome, _ *measure.Budget) float64 { return x.Lists.Precision }}
	listedInTime     = figure{"listed before peak", false, func(x *outcome, _ *measure.Budget) float64 { return x.Lists.BeforePeak.Share() }}
)

func beforePeakOf(_ *outcome, b *measure.Budget) float64 { return b.BeforePeak.Share() }
func meanLeadOf(_ *outcome, b *measure.Budget) float64   { return b.Lead.Mean }

// write writes a value of the figure: hours, or per cent.
func (f *figure) write(x float64) string {
	if f.name == meanLead.name || f.name == sparedMeanLead.name {
		return decimal(x)
	}
	return percent(x)
}

// sample reads the figure off every result that has the contestant.
func (f *figure) sample(results []*result, key string, perDay float64) sample {
	return sampleOf(results, key, perDay, f.spared, f.of)
}

// sampleOf reads a figure off every result that has the contestant.
func sampleOf(results []*result, key string, perDay float64, spared bool, of func(x *outcome, b *measure.Budget) float64) sample {
	var out sample
	for _, r := range results {
		x := r.Outcomes[key]
		if x == nil {
			continue
		}
		list := x.Counted
		if spared {
			list = x.Spared
		}
		out = append(out, of(x, at(list, perDay)))
	}
	return out
}

// raisedWith returns what Swell raised with a budget, by seed.
func raisedWith(results []*result, budget float64) []*raised {
	var out []*raised
	for _, r := range results {
		for _, x := range r.Raised {
			if x.Budget == budget {
				out = append(out, x)
			}
		}
	}
	return out
}

// best returns the rival whose mean of a figure is highest, and that mean.
func (s *study) best(results []*result, perDay float64, f figure) (*contestant, float64) {
	var best *contestant
	most := 0.0
	for _, c := range s.with(results, rival) {
		if x := f.sample(results, c.Key, perDay).mean(); best == nil || x > most {
			best, most = c, x
		}
	}
	return best, most
}
