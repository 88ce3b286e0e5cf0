package workload

import "math"

const (
	maxHead       = 512 // how many of the most popular drift on their own; a quarter of a small vocabulary
	driftSD       = 0.35
	daySD         = 0.25
	tasteSD       = 0.4 // how far a community's lasting taste differs from the common rank
	popularSlope  = 1.07
	popularShift  = 2.7
	driftOutliers = 4.0 // |drift| is capped here, for heavy tails
)

// What an hour leaves of the drift, whose relaxation time is 18 hours, and of
// the turnover, which takes four days.
var driftKeep, turnoverKeep = exp(-1.0 / 18), exp(-1.0 / 96)

// popularity says how likely each of a ranked list of things is drawn: by Zipf's
// law with a lasting taste. Among the first ranks the logarithm of the weight
// moves: by an Ornstein-Uhlenbeck process of some hours, by another of some days
// (turnover), and by what is special about a day, drawn at local midnight.
// Standard deviations are in natural logarithms, at Noise 1.
type popularity struct {
	base     []float64 // the head's weights without all that
	drift    []float64
	turnover []float64
	day      []float64
	weights  []float64 // the head's weights now
	head     alias
	tail     *alias // over the ranks past the head; nil if there are none
}

// newPopularity ranks n things; the tail depends on n alone and may be shared.
func newPopularity(n int, tail *alias, cfg *Config, s *stream) *popularity {
	h := headOf(n)
	p := &popularity{
		base: zipf(h, popularSlope, popularShift), tail: tail,
		drift: make([]float64, h), turnover: make([]float64, h), day: make([]float64, h), weights: make([]float64, h),
	}
	for i := range p.base {
		p.base[i] *= exp(float64(tasteSD * s.normal()))
		p.drift[i] = driftSD * cfg.Noise * s.normal()
		p.turnover[i] = cfg.Turnover * s.normal()
		p.day[i] = daySD * cfg.Noise * s.normal()
	}
	p.rebuild()
	return p
}

// headOf returns how many of n ranks drift on their own.
func headOf(n int) int { return max(1, min(n/4, maxHead)) }

// newTail returns the alias of the ranks past the head of n, or nil.
func newTail(n int) *alias {
	if n <= headOf(n) {
		return nil
	}
	a := new(alias)
	a.build(zipf(n, popularSlope, popularShift)[headOf(n):])
	return a
}

// step moves the popularities on by an hour.
func (p *popularity) step(s *stream, cfg *Config, midnight bool) {
	push := driftSD * cfg.Noise * stationary(driftKeep)
	slow := cfg.Turnover * stationary(turnoverKeep)
	for i, x := range p.drift {
		p.drift[i] = max(-driftOutliers, min(driftOutliers, float64(driftKeep*x)+float64(push*cfg.innovation(s))))
		if midnight {
			p.day[i] = max(-driftOutliers, min(driftOutliers, daySD*cfg.Noise*cfg.innovation(s)))
		}
		if slow > 0 {
			p.turnover[i] = float64(turnoverKeep*p.turnover[i]) + float64(slow*s.normal())
		}
	}
	p.rebuild()
}

// innovation draws noise of unit variance.
func (c *Config) innovation(s *stream) float64 {
	if c.HeavyTails {
		return s.heavy()
	}
	return s.normal()
}

// stationary returns the standard deviation of the steps by which a process that
// keeps a share of itself at each has unit variance.
func stationary(keep float64) float64 { return math.Sqrt(1 - float64(keep*keep)) }

func (p *popularity) rebuild() {
	for i, b := range p.base {
		p.weights[i] = b * exp(p.drift[i]+p.turnover[i]+p.day[i])
	}
	p.head.build(p.weights)
}

// draw returns a rank from 0.
func (p *popularity) draw(s *stream) int {
	if p.tail == nil || float64(s.float()*(p.head.total+p.tail.total)) < p.head.total {
		return p.head.draw(s)
	}
	return len(p.base) + p.tail.draw(s)
}
