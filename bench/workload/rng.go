package workload

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// stream is one seeded source of randomness. It wraps PCG directly: the
// distributions of math/rand/v2 use floating point in ways that may be fused,
// and a call through its Source interface costs as much as the draw.
type stream struct{ pcg rand.PCG }

// newStream returns the stream of one purpose: streams of different purposes or
// seeds are independent for all practical ends.
func newStream(seed uint64, purpose string) *stream {
	s := new(stream)
	s.pcg.Seed(seed, hashString(purpose))
	return s
}

// float returns a number in [0, 1).
func (s *stream) float() float64 { return float64(s.pcg.Uint64()>>11) / (1 << 53) }

// between returns a number in [lo, hi).
func (s *stream) between(lo, hi float64) float64 { return lo + float64((hi-lo)*s.float()) }

// below returns a number in [0, n), which must be positive. The bias is under n/2⁶⁴.
func (s *stream) below(n int) int {
	hi, _ := bits.Mul64(s.pcg.Uint64(), uint64(n))
	return int(hi)
}

// chance is true with probability p.
func (s *stream) chance(p float64) bool { return s.float() < p }

// logUniform returns a number in [lo, hi) whose logarithm is uniform.
func (s *stream) logUniform(lo, hi float64) float64 {
	return exp(s.between(log(lo), log(hi)))
}

// normal draws from the standard normal distribution (Marsaglia's polar method).
func (s *stream) normal() float64 {
	for {
		u, v := s.between(-1, 1), s.between(-1, 1)
		q := float64(u*u) + float64(v*v)
		if q > 0 && q < 1 {
			return u * math.Sqrt(-2*log(q)/q)
		}
	}
}

// heavy draws from Student's t with three degrees of freedom, scaled to unit variance.
func (s *stream) heavy() float64 {
	a, b, c := s.normal(), s.normal(), s.normal()
	return s.normal() / math.Sqrt(float64(a*a)+float64(b*b)+float64(c*c))
}

// poisson draws a count with the given mean in time O(mean) (Knuth, TAOCP 2,
// 3.4.1, multiplication method, in pieces that do not underflow).
func (s *stream) poisson(mean float64) int {
	const piece = 30
	n := 0
	for ; mean > piece; mean -= piece {
		n += s.poissonPiece(piece)
	}
	return n + s.poissonPiece(mean)
}

func (s *stream) poissonPiece(mean float64) int {
	if mean <= 0 {
		return 0
	}
	n, limit, p := 0, exp(-mean), s.float()
	for p > limit {
		n++
		p *= s.float()
	}
	return n
}

// hashString is FNV-1a.
func hashString(text string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return h
}

// mix scrambles x (the finaliser of SplitMix64): one well-spread number for each
// small one, used where an attribute must follow from an identity.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
