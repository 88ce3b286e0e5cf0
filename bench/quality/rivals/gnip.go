package rivals

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// etaShare is the alpha of the models: how much of the Poisson distribution the
// interval holds.
const etaShare = 0.99

// Eta is how far a count lies above its mean, in widths of the interval that
// holds 99 % of a Poisson distribution around the mean. It is 0 at or below the
// mean, and where the mean is 0, as in the code; a count below the mean scores
// there too, but no decline is a trend.
//
// Source: Hendrickson, Kolb, Lehman, Montague, "Trend Detection in Social Data",
// section 2.1; xdevplatform/Gnip-Trend-Detection, gnip_trend_detection/models.py,
// Poisson.get_result.
func Eta(count, mean float64) float64 {
	if !(mean > 0) || count <= mean {
		return 0
	}
	lo, hi := PoissonInterval(mean, etaShare)
	if hi == lo {
		// A width of nothing; the code divides by it.
		hi = lo + 1
	}
	return (count - mean) / (hi - lo)
}

// PointPoisson is the point-by-point Poisson model: the posts of the last hour
// against those of the hour before. The original's bins are fixed; these slide,
// so that an hour is looked at as soon as it is over, at every pane.
type PointPoisson struct {
	last, both window
}

// NewPointPoisson returns the detector for terms below that number.
func NewPointPoisson(terms int) *PointPoisson {
	return &PointPoisson{
		last: newWindow(terms, detect.PanesPerHour, Posts, leastUses),
		both: newWindow(terms, 2*detect.PanesPerHour, Posts, leastUses),
	}
}

// Name implements [Detector].
func (p *PointPoisson) Name() string { return "Gnip Poisson, point by point" }

// Source implements [Detector].
func (p *PointPoisson) Source() string {
	return "Hendrickson et al.: Trend Detection in Social Data, 2.1; xdevplatform/Gnip-Trend-Detection, models.py (mode lc)"
}

// Step implements [Detector].
func (p *PointPoisson) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	p.last.step(pane, cells)
	p.both.step(pane, cells)
	p.last.each(func(term uint32, posts float64) {
		if eta := Eta(posts, p.both.of(term)-posts); eta > 0 {
			emit(term, eta, eta)
		}
	})
}

// Cycle is the period over which [CyclePoisson] takes its means.
type Cycle int64

// The cycles, in hours.
const (
	Daily  Cycle = 24  // the same hour of every day
	Weekly Cycle = 168 // the same hour of the same weekday
)

// CyclePoisson is the cycle-corrected Poisson model: the posts of an hour
// against the mean of the same hour of all earlier days, or weeks. As in the
// code, the running hour is part of the mean. Two choices favour it: a term has
// been counted, as 0, since the stream began and not since its own first post,
// without which a new term could never score; and the running hour is scored at
// every pane.
type CyclePoisson struct {
	cycle Cycle
	begun bool
	first int64 // hour in which the stream began
	terms []cyclic
	live  live
}

type cyclic struct {
	hour  int64
	posts uint32 // in hour
	past  uint32 // in the same phase before hour
	sums  []phaseSum
}

// phaseSum is what a term had in one phase of the cycle; most terms know few.
type phaseSum struct{ phase, posts uint32 }

// NewCyclePoisson returns the detector for terms below that number.
func NewCyclePoisson(terms int, cycle Cycle) *CyclePoisson {
	return &CyclePoisson{cycle: cycle, terms: make([]cyclic, terms), live: newLive(terms)}
}

// Name implements [Detector].
func (c *CyclePoisson) Name() string {
	if c.cycle == Weekly {
		return "Gnip Poisson, by hour and weekday"
	}
	return "Gnip Poisson, by hour"
}

// Source implements [Detector].
func (c *CyclePoisson) Source() string {
	return "Hendrickson et al.: Trend Detection in Social Data, 2.2; xdevplatform/Gnip-Trend-Detection, models.py (mode a)"
}

// Step implements [Detector].
func (c *CyclePoisson) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	hour := detect.HourOf(pane)
	if !c.begun {
		c.begun, c.first = true, hour
	}
	for i := range cells {
		t := &c.terms[cells[i].Term]
		t.roll(hour, int64(c.cycle))
		t.posts += cells[i].Posts
		if t.posts >= leastUses {
			c.live.add(cells[i].Term)
		}
	}
	n := float64((hour-c.first)/int64(c.cycle) + 1)
	c.live.retain(func(term uint32) bool {
		t := &c.terms[term]
		if t.hour != hour || t.posts < leastUses {
			return false
		}
		posts := float64(t.posts)
		if eta := Eta(posts, (float64(t.past)+posts)/n); eta > 0 {
			emit(term, eta, eta)
		}
		return true
	})
}

// roll closes the hour that posts counts and looks up the past of the new one.
func (t *cyclic) roll(hour, cycle int64) {
	if hour == t.hour {
		return
	}
	if t.posts > 0 {
		*t.sum(uint32(floorMod(t.hour, cycle))) += t.posts
	}
	t.hour, t.posts = hour, 0
	t.past = *t.sum(uint32(floorMod(hour, cycle)))
}

func (t *cyclic) sum(phase uint32) *uint32 {
	for i := range t.sums {
		if t.sums[i].phase == phase {
			return &t.sums[i].posts
		}
	}
	t.sums = append(t.sums, phaseSum{phase: phase})
	return &t.sums[len(t.sums)-1].posts
}
