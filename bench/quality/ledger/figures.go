package ledger

import (
	"math"
	"slices"
)

// Figures are what a detector reaches at one threshold.
type Figures struct {
	Threshold   float64
	FalsePerDay float64
	Trends      int
	Before      float64 // share of the trends found before their peak
	Found       float64 // share found before their end
	Lead        float64 // mean hours before the peak; missed and late ones count 0
	Quartiles   [3]float64
	Delay       float64 // median hours from onset to alarm, of the found
	Listed      float64 // share listed before their peak
	PrecisionAt float64 // share of the rows of the hourly lists that are trends
	Causes      map[string]int
}

// At returns the figures at the threshold that gives no more than perDay false
// alarms a day.
func (l *Ledger) At(perDay float64) Figures {
	falses := l.Falses()
	n := int(perDay * l.days)
	theta := 0.0
	if n < len(falses) {
		theta = math.Nextafter(falses[n].Score, math.Inf(1))
	}
	return l.Threshold(theta)
}

// Threshold returns the figures at a threshold.
func (l *Ledger) Threshold(theta float64) Figures {
	f := Figures{Threshold: theta, Causes: map[string]int{}}
	for _, x := range l.Falses() {
		if x.Score < theta {
			break
		}
		f.Causes[x.Cause]++
		f.FalsePerDay += 1 / l.days
	}
	var leads, delays []float64
	for _, t := range l.Trends() {
		f.Trends++
		at, ok := t.Alarm(theta)
		lead := 0.0
		if ok {
			f.Found++
			delays = append(delays, float64(at-t.Row.Onset)/3600)
			if at < t.Row.Peak {
				f.Before++
				lead = float64(t.Row.Peak-at) / 3600
			}
		}
		leads = append(leads, lead)
		f.Lead += lead
		if t.Listed > 0 && t.Listed < t.Row.Peak {
			f.Listed++
		}
	}
	n := max(1, float64(f.Trends))
	f.Before, f.Found, f.Lead, f.Listed = f.Before/n, f.Found/n, f.Lead/n, f.Listed/n
	f.Quartiles = [3]float64{quantile(leads, 0.25), quantile(leads, 0.5), quantile(leads, 0.75)}
	f.Delay = quantile(delays, 0.5)
	f.PrecisionAt = float64(l.Hits) / max(1, float64(l.Rows))
	return f
}

// Alarm returns when the score first reached the threshold.
func (t *Trend) Alarm(theta float64) (at int64, ok bool) {
	for _, s := range t.Steps {
		if s.Score >= theta {
			return s.At, true
		}
	}
	return 0, false
}

func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Clone(x)
	slices.Sort(x)
	return x[int(q*float64(len(x)-1)+0.5)]
}
