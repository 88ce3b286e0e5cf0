package workload

// alias draws an index with given weights in constant time (Walker's alias
// method with Vose's set-up, 1991). It can be rebuilt in place.
type alias struct {
	keep  []float64 // the chance to stay at the index drawn
	other []int32   // where to go otherwise
	total float64   // the sum of the weights
	small []int32
	large []int32
}

// build sets the weights, of which one at least must be positive, in time O(n).
func (a *alias) build(weights []float64) {
	n := len(weights)
	if cap(a.keep) < n {
		a.keep, a.other = make([]float64, n), make([]int32, n)
		a.small, a.large = make([]int32, 0, n), make([]int32, 0, n)
	}
	a.keep, a.other = a.keep[:n], a.other[:n]
	a.small, a.large = a.small[:0], a.large[:0]
	a.total = 0
	for _, w := range weights {
		a.total += w
	}
	scale := float64(n) / a.total
	for i, w := range weights {
		a.keep[i], a.other[i] = float64(w*scale), int32(i)
		if a.keep[i] < 1 {
			a.small = append(a.small, int32(i))
		} else {
			a.large = append(a.large, int32(i))
		}
	}
	for len(a.small) > 0 && len(a.large) > 0 {
		s := a.small[len(a.small)-1]
		a.small = a.small[:len(a.small)-1]
		l := a.large[len(a.large)-1]
		a.other[s] = l
		a.keep[l] -= 1 - a.keep[s]
		if a.keep[l] < 1 {
			a.large = a.large[:len(a.large)-1]
			a.small = append(a.small, l)
		}
	}
	// What is left differs from 1 by rounding only.
	for _, i := range a.small {
		a.keep[i] = 1
	}
	for _, i := range a.large {
		a.keep[i] = 1
	}
}

// draw returns an index.
func (a *alias) draw(s *stream) int {
	i := s.below(len(a.keep))
	if s.float() < a.keep[i] {
		return i
	}
	return int(a.other[i])
}

// zipf returns the weights of n ranks by the Zipf–Mandelbrot law (r+shift)^-slope, r from 1.
func zipf(n int, slope, shift float64) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = pow(float64(i+1)+shift, -slope)
	}
	return weights
}
