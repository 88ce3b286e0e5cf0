package outlook

import (
	"github.com/swell-radar/swell/bench/quality/subject"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Case is an open trend at the end of an hour, and what became of it.
type Case struct {
	Trend detect.Trend
	Ahead []detect.Ahead
	Usual detect.Usual
	Posts []float64 // of these hours
	Hours []float64 // the last hours, newest first
}

// Collect plays the detector over a trace and returns a case for every hour of every open
// trend from a time on, in Unix seconds. Hours behind the end of the trace are not known.
func Collect(t *trace.Trace, from int64) ([]Case, error) {
	hourly := map[uint32]map[int64]float64{}
	var out []Case
	x, err := subject.New("swell", t, detect.DefaultOptions())
	if err != nil {
		return nil, err
	}
	x.OnTrends = func(pane int64, open []detect.Trend) {
		if detect.HourOf(pane+1) == detect.HourOf(pane) || detect.PaneStart(pane) < from {
			return
		}
		for i := range open {
			tr := &open[i]
			if tr.Variant || tr.Phase > detect.Fading {
				continue
			}
			u := x.Usual(uint32(tr.ID))
			c := Case{Trend: *tr, Ahead: u.Ahead(&tr.Evidence), Usual: u}
			if c.Ahead != nil {
				hourly[uint32(tr.ID)] = map[int64]float64{}
				out = append(out, c)
			}
		}
	}
	for i, cells := range t.Panes {
		x.Step(t.First+int64(i), cells, func(uint32, float64, float64) {})
	}
	for i, cells := range t.Panes {
		for k := range cells {
			if hours := hourly[cells[k].Term]; hours != nil {
				hours[detect.HourOf(t.First+int64(i))] += float64(cells[k].Posts)
			}
		}
	}
	end := detect.HourOf(t.Last() + 1)
	for i := range out {
		c := &out[i]
		hours := hourly[uint32(c.Trend.ID)]
		for k := range c.Ahead {
			if c.Ahead[k].Hour >= end {
				c.Ahead = c.Ahead[:k]
				break
			}
			c.Posts = append(c.Posts, hours[c.Ahead[k].Hour])
		}
		for h := range int64(6) {
			c.Hours = append(c.Hours, hours[c.Usual.Hour()-h])
		}
	}
	return out, nil
}
