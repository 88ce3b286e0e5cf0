package measure

import (
	"cmp"
	"math"
	"slices"
)

// Sweep holds what is needed of a detector's scores to tell what any threshold
// would have given.
type Sweep struct {
	Trends []Climb
	False  []FalseDay // in any order

	Days      float64
	Platforms int // 0 is taken for 1
}

// FalseDay is the highest score that a term had on one UTC day while no trend of
// it explains that.
type FalseDay struct {
	Score float64
	Cause Cause
}

// At returns the figures at a threshold on the score.
func (s *Sweep) At(threshold float64) Figures {
	f := figuresOf(s.Trends, func(c *Climb) *Step { return c.at(threshold) })
	causes := map[Cause]int{}
	for _, x := range s.False {
		if x.Score >= threshold {
			causes[x.Cause]++
		}
	}
	f.False = falseAlarms(causes, s.Days, s.Platforms)
	return f
}

// Threshold returns the lowest score that, as a threshold, gives no more than so
// many false alarms a day, over all platforms together. Where every score is
// within the budget that is the lowest of all; without any score it is 0.
func (s *Sweep) Threshold(perDay float64) float64 {
	scores := make([]float64, len(s.False))
	for i, x := range s.False {
		scores[i] = x.Score
	}
	slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
	// Above the first score that is too many.
	above := math.Inf(-1)
	for i := range scores {
		if float64(i+1) > s.allowed(perDay) {
			above = scores[i]
			break
		}
	}
	lowest := math.Inf(1)
	consider := func(score float64) {
		if score > above {
			lowest = min(lowest, score)
		}
	}
	for _, x := range scores {
		consider(x)
	}
	for i := range s.Trends {
		for _, step := range s.Trends[i].Steps {
			consider(step.Score)
		}
	}
	switch {
	case !math.IsInf(lowest, 1):
		return lowest
	case math.IsInf(above, -1):
		return 0
	}
	return math.Nextafter(above, math.Inf(1))
}

// allowed returns how many false alarms a rate makes; 0.29 a day are 29 in
// a hundred days, though the product of these numbers is less.
func (s *Sweep) allowed(perDay float64) float64 {
	return math.Floor(float64(perDay*s.Days) + 1e-9)
}

// Budget has the figures at the threshold that a number of false alarms leads to.
type Budget struct {
	PerPlatformDay float64 `json:"per_platform_day"`
	Threshold      float64 `json:"threshold"` // the lowest that keeps to it
	// Exhausted: every score there is keeps to it; a larger number gives the same.
	Exhausted bool `json:"exhausted"`
	Figures
}

// AtBudget returns the figures at so many false alarms a day and platform, with one
// threshold for all platforms.
func (s *Sweep) AtBudget(perPlatformDay float64) Budget {
	perDay := perPlatformDay * float64(max(s.Platforms, 1))
	b := Budget{
		PerPlatformDay: perPlatformDay, Threshold: s.Threshold(perDay),
		Exhausted: float64(len(s.False)) <= s.allowed(perDay),
	}
	b.Figures = s.At(b.Threshold)
	return b
}

// Point is one threshold of a curve.
type Point struct {
	Threshold   float64 `json:"threshold"`
	FalsePerDay float64 `json:"false_per_day"` // over all platforms
	BeforePeak  float64 `json:"before_peak"`   // share of the trends whose peak is known
	Recall      float64 `json:"recall"`        // share of all trends
	MeanLead    float64 `json:"mean_lead_h"`
}

// Curve returns a point for every score that occurs, from the highest down. False
// alarms and recall do not fall along it, nor do the others where a trend is a
// single row. It takes n log n time.
func (s *Sweep) Curve() []Point {
	// What happens when the threshold falls to a score: a false alarm more, or a
	// trend that is raised by an earlier step.
	type change struct {
		score           float64
		alarms, raised  int
		before, seconds int64
	}
	var changes []change
	peaked := 0
	for i := range s.Trends {
		c := &s.Trends[i]
		if c.Peaked {
			peaked++
		}
		var before, lead int64
		for j := len(c.Steps) - 1; j >= 0; j-- {
			x := change{score: c.Steps[j].Score}
			if j == len(c.Steps)-1 {
				x.raised = 1
			}
			if c.Peaked {
				x.before, x.seconds = -before, -lead
				if lead = max(c.Steps[j].Lead, 0); lead > 0 {
					before = 1
				} else {
					before = 0
				}
				x.before, x.seconds = x.before+before, x.seconds+lead
			}
			changes = append(changes, x)
		}
	}
	for _, x := range s.False {
		changes = append(changes, change{score: x.Score, alarms: 1})
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(b.score, a.score) })

	points := []Point{} // an empty list in JSON too
	var sum change
	for i, x := range changes {
		sum.alarms += x.alarms
		sum.raised += x.raised
		sum.before += x.before
		sum.seconds += x.seconds
		if i+1 < len(changes) && changes[i+1].score == x.score {
			continue
		}
		p := Point{Threshold: x.score, Recall: Ratio{sum.raised, len(s.Trends)}.Share()}
		if peaked > 0 {
			p.BeforePeak = float64(sum.before) / float64(peaked)
			p.MeanLead = float64(sum.seconds) / float64(peaked) / hour
		}
		if s.Days > 0 {
			p.FalsePerDay = float64(sum.alarms) / s.Days
		}
		points = append(points, p)
	}
	return points
}
