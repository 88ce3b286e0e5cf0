package outlook

import (
	"fmt"
	"math"
	"strings"

	"github.com/swell-radar/swell/engine/detect"
)

// Method forecasts the hours to come of a case.
type Method func(c *Case) []detect.Outlook

// Swell is what the engine tells.
func Swell(c *Case) []detect.Outlook { return c.Usual.Forecast(&c.Trend, 0) }

// Persist has the rate of the last 60 minutes stay, the time of day considered.
func Persist(c *Case) []detect.Outlook {
	return naive(c, func(a *detect.Ahead) float64 { return a.Excess })
}

// Decay has it fall evenly to the 20th part when the hours left are over.
func Decay(c *Case) []detect.Outlook {
	return naive(c, func(a *detect.Ahead) float64 { return a.Excess * math.Pow(20, -a.Distance/max(1, c.Trend.Left.Mid)) })
}

func naive(c *Case, excess func(a *detect.Ahead) float64) []detect.Outlook {
	out := make([]detect.Outlook, len(c.Ahead))
	for i := range c.Ahead {
		mean := c.Ahead[i].Usual + excess(&c.Ahead[i])
		low, high := detect.Band(mean, c.Usual.Scatter())
		out[i] = detect.Outlook{Hour: c.Ahead[i].Hour, Low: low, Mid: mean, High: high}
	}
	return out
}

// Score is how good forecasts were at some distance.
type Score struct {
	N, Below, Above int     // cases; of these, lower than Low and higher than High
	Interval        float64 // sum of interval scores (Gneiting and Raftery 2007) of log(1+posts): less is better
	Error           float64 // sum of what the logarithm of 1+Mid is off
}

// Covered returns the share of outcomes within the interval.
func (s *Score) Covered() float64 { return 1 - float64(s.Below+s.Above)/float64(max(1, s.N)) }

// String returns coverage, interval score and error.
func (s *Score) String() string {
	n := float64(max(1, s.N))
	return fmt.Sprintf("%2.0f%% %.2f %.2f", 100*s.Covered(), s.Interval/n, s.Error/n)
}

// Leads are the last distances, in hours, of those that are scored together.
var Leads = [...]float64{1, 3, 6, 12, 24, 36, 48}

// Scores are by distance.
type Scores [len(Leads)]Score

// String returns the scores in a line.
func (s *Scores) String() string {
	var b strings.Builder
	for i := range s {
		fmt.Fprintf(&b, " | ≤%2.0f h: %v", Leads[i], &s[i])
	}
	return b.String()
}

// Rate scores a method on cases.
func Rate(cases []Case, m Method) (out Scores) {
	for i := range cases {
		c := &cases[i]
		told := m(c)
		for k, posts := range c.Posts {
			lead := 0
			for c.Ahead[k].Distance > Leads[lead] {
				lead++
			}
			out[lead].add(&told[k], posts)
		}
	}
	return out
}

func (s *Score) add(o *detect.Outlook, posts float64) {
	low, mid, high, was := math.Log1p(o.Low), math.Log1p(o.Mid), math.Log1p(o.High), math.Log1p(posts)
	s.N++
	s.Interval += high - low
	s.Error += math.Abs(was - mid)
	const penalty = 2 / 0.2
	if posts < o.Low {
		s.Below++
		s.Interval += penalty * (low - was)
	}
	if posts > o.High {
		s.Above++
		s.Interval += penalty * (was - high)
	}
}
