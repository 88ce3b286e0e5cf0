package measure

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/swell-radar/swell/bench/quality/truth"
)

// Collect sorts out the scores that a detector gave, at any moments and in any
// order, for a [Sweep]. A score that is not a number counts for nothing.
func Collect(scores []Alarm, set truth.Set, opt Options) Sweep {
	s := newSubject(set, &opt)
	type termDay struct {
		name
		day int64
	}
	highest := map[termDay]FalseDay{}
	for _, a := range byTime(scores) {
		if !opt.contains(a.At) || !opt.on(a.Platform) || math.IsNaN(a.Score) {
			continue
		}
		v, cause := s.judge(a.name(), a.At, func(row int) {
			c := s.trend(row)
			if c == nil {
				return
			}
			if n := len(c.Steps); n == 0 || a.Score > c.Steps[n-1].Score {
				c.Steps = append(c.Steps, s.step(row, a.At, a.Score))
			}
		})
		if v != False {
			continue
		}
		key := termDay{a.name(), floorDay(a.At)}
		if was, ok := highest[key]; !ok || a.Score > was.Score {
			highest[key] = FalseDay{a.Score, cause}
		}
	}
	sweep := Sweep{Trends: s.trends, Days: opt.days(), Platforms: opt.platforms()}
	for _, f := range highest {
		sweep.False = append(sweep.False, f)
	}
	slices.SortFunc(sweep.False, func(a, b FalseDay) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(string(a.Cause), string(b.Cause)))
	})
	return sweep
}

func floorDay(at int64) int64 {
	if at < 0 {
		at -= day - 1
	}
	return at / day
}
