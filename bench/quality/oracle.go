package main

import (
	"math"
	"slices"

	"github.com/swell-radar/swell/bench/quality/measure"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// measured is how a detector met an oracle.
type measured struct {
	Key       string
	Threshold float64
	Report    measure.Report
}

// tried is how many thresholds are tried on a detector at an oracle.
const tried = 96

// match measures a detector by an oracle's rule at the lowest threshold with no more wrong
// alarms than Swell raised. Its alarms are the times at which a term's score reaches the
// threshold, once in 72 hours, as the rule has it.
func (r *result) match(c *contestant, s *stream) error {
	if len(r.Raised) == 0 {
		return nil // nothing to compare with
	}
	wrong := r.Raised[0].Report.Alarms.False
	p, err := c.start(s)
	if err != nil {
		return err
	}
	thresholds := candidates(p, s.trace)
	if p, err = c.start(s); err != nil {
		return err
	}
	best := &measured{Key: c.Key, Threshold: math.Inf(1), Report: measure.Evaluate(nil, s.set, s.options())}
	for i, alarms := range cross(p, s, thresholds) {
		if m := measure.Evaluate(alarms, s.set, s.options()); m.Alarms.False <= wrong {
			best = &measured{Key: c.Key, Threshold: thresholds[i], Report: m}
		}
	}
	r.Hits[c.Key] = best
	return nil
}

// candidates returns thresholds, from the highest down, at places of the terms' highest
// scores of the day that are spread evenly on a logarithmic scale.
func candidates(p player, t *trace.Trace) []float64 {
	type termDay struct {
		term uint32
		day  int64
	}
	best := map[termDay]float64{}
	for i, cells := range t.Panes {
		pane := t.First + int64(i)
		p.Step(pane, cells, func(term uint32, score, _ float64) {
			if key := (termDay{term, detect.DayOf(pane)}); score > best[key] {
				best[key] = score
			}
		})
	}
	scores := make([]float64, 0, len(best))
	for _, x := range best {
		scores = append(scores, x)
	}
	slices.Sort(scores)
	slices.Reverse(scores)
	var out []float64
	for i := range tried {
		at := int(math.Pow(float64(len(scores)), float64(i+1)/tried)) - 1
		if at >= 0 && at < len(scores) && (len(out) == 0 || scores[at] < out[len(out)-1]) {
			out = append(out, scores[at])
		}
	}
	return out
}

// cross returns the alarms for each of the thresholds, which fall.
func cross(p player, s *stream, thresholds []float64) [][]measure.Alarm {
	const again = 72 * 3600
	n := len(thresholds)
	alarms := make([][]measure.Alarm, n)
	last := make([]int64, n*len(s.trace.Terms)) // Unix second of the last alarm, 0: none
	for i, cells := range s.trace.Panes {
		pane := s.trace.First + int64(i)
		at := detect.PaneStart(pane + 1)
		p.Step(pane, cells, func(term uint32, score, _ float64) {
			first, _ := slices.BinarySearchFunc(thresholds, score, func(th, score float64) int {
				if th > score {
					return -1
				}
				return 1
			})
			own := last[int(term)*n : int(term+1)*n]
			for k := first; k < n; k++ {
				if own[k] != 0 && at-own[k] < again {
					continue
				}
				own[k] = at
				name := s.known(term)
				alarms[k] = append(alarms[k], measure.Alarm{At: at, Kind: name.kind, Key: name.key, Platform: name.platform, Score: score})
			}
		})
	}
	return alarms
}
