package measure

import "github.com/swell-radar/swell/bench/quality/truth"

// Climb is how a detector's score for one trend rose: each step is a moment at
// which it was higher than at any moment of the trend before.
type Climb struct {
	Shape  string // as the truth calls it
	Peaked bool   // whether the truth knows the peak
	Steps  []Step // by time and by score
}

// Step is a new highest score.
type Step struct {
	Score float64
	Delay int64 // seconds since the onset
	Lead  int64 // seconds until the peak, 0 or less from there on
}

// at returns the step that a threshold is first reached with, or nil.
func (c *Climb) at(threshold float64) *Step {
	for i := range c.Steps {
		if c.Steps[i].Score >= threshold {
			return &c.Steps[i]
		}
	}
	return nil
}

// subject is what a detector is measured by: the trends that count, or the events
// of an oracle, and the rows that tell of them.
type subject struct {
	index      *index
	isOracle   bool
	trends     []Climb
	trendOf    []int // by row; -1: it is no trend that counts
	unfinished int
}

// newSubject picks the trends that count. It moves the beginning of opt to the
// first row of an oracle.
func newSubject(set truth.Set, opt *Options) *subject {
	s := &subject{index: newIndex(set, opt), isOracle: set.Oracle, trendOf: make([]int, len(set.Rows))}
	if set.Oracle && len(set.Rows) > 0 {
		opt.From = max(opt.From, set.Rows[0].Onset)
	}
	events := map[int]int{}
	for i := range set.Rows {
		r := &set.Rows[i]
		s.trendOf[i] = -1
		if r.Type != truth.Trend || r.Near || !opt.on(r.Platform) || !opt.contains(r.Onset) {
			continue
		}
		if set.Oracle {
			if n, ok := events[r.Event]; ok {
				s.trendOf[i] = n
				s.trends[n].Peaked = s.trends[n].Peaked && r.Peak != 0
				continue
			}
			events[r.Event] = len(s.trends)
		} else if r.Peak >= opt.To {
			s.unfinished++
			continue
		}
		s.trendOf[i] = len(s.trends)
		s.trends = append(s.trends, Climb{Shape: r.Shape, Peaked: r.Peak != 0})
	}
	return s
}

// judge says what a moment of a term is, and calls hit for every row that it is
// right about.
func (s *subject) judge(n name, at int64, hit func(row int)) (Verdict, Cause) {
	if s.isOracle {
		return s.index.oracle(n, at, hit)
	}
	return s.index.planted(n, at, hit)
}

// trend returns the trend that counts of a row, or nil.
func (s *subject) trend(row int) *Climb {
	if t := s.trendOf[row]; t >= 0 {
		return &s.trends[t]
	}
	return nil
}

// step is a moment in the life of a row.
func (s *subject) step(row int, at int64, score float64) Step {
	r := &s.index.rows[row]
	peak := r.Peak
	if s.isOracle {
		peak += hour
	}
	return Step{Score: score, Delay: at - r.Onset, Lead: peak - at}
}
