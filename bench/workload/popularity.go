package workload

import "math"

const (
	maxHead       = 512  // how many of the most popular drift on their own; a quarter of a small vocabulary
	driftHours    = 18.0 // relaxation time of the drift
	driftSD       = 0.35 // its standard deviation in natural logarithms, at Noise 1
	tasteSD       = 0.4  // how far a community's lasting taste differs from the common rank
	popularSlope  = 1.07
	popularShift  = 2.7
	driftOutliers = 4.0 // |drift| is capped here, for heavy tails
)

// popularity says how likely each of a ranked list of things is drawn: by Zipf's
// law with a lasting taste and, among the first ranks, a drift: an
// Ornstein–Uhlenbeck process of the log weight, moved on once an hour.
type popularity struct {
	base    []float64 // the head's weights without drift
	drift   []float64
	weights []float64 // the head's weights now
	head    alias
	tail    *alias // over the ranks past the head; nil if there are none
}

// newPopularity ranks n things; the tail depends on n alone and may be shared.
func newPopularity(n int, tail *alias, noise float64, s *stream) *popularity {
	h := headOf(n)
	p := &popularity{base: zipf(h, popularSlope, popularShift), drift: make([]float64, h), weights: make([]float64, h), tail: tail}
	for i := range p.base {
		p.base[i] *= exp(float64(tasteSD * s.normal()))
		p.drift[i] = driftSD * noise * s.normal()
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

// step moves the drift on by an hour.
func (p *popularity) step(s *stream, noise float64, heavy bool) {
	keep := exp(-1 / driftHours)
	push := driftSD * noise * math.Sqrt(1-float64(keep*keep))
	innovation := s.normal
	if heavy {
		innovation = s.heavy
	}
	for i, x := range p.drift {
		z := innovation()
		p.drift[i] = max(-driftOutliers, min(driftOutliers, float64(keep*x)+float64(push*z)))
	}
	p.rebuild()
}

func (p *popularity) rebuild() {
	for i, b := range p.base {
		p.weights[i] = b * exp(p.drift[i])
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
