package stream

import (
	"math"
	"math/rand/v2"
)

// zipf draws ranks k in [0, n) with probabilities proportional to
// 1/(k+1+offset)^skew by rejection-inversion: W. Hörmann, G. Derflinger,
// "Rejection-Inversion to Generate Variates from Monotone Discrete Distributions",
// ACM TOMACS 6(3), 1996. Unlike the standard library's it takes exponents below 1.
type zipf struct {
	offset, skew float64
	low, high    float64 // the hat's integral at both ends
	accept       float64 // distance within which no test is needed
}

func newZipf(n int, skew, offset float64) *zipf {
	z := &zipf{offset: offset, skew: skew}
	z.low = z.integral(1.5) - z.density(1)
	z.high = z.integral(float64(n) + 0.5)
	z.accept = 2 - z.inverse(z.integral(2.5)-z.density(2))
	return z
}

func (z *zipf) density(x float64) float64 { return math.Pow(x+z.offset, -z.skew) }

func (z *zipf) integral(x float64) float64 {
	return math.Pow(x+z.offset, 1-z.skew) / (1 - z.skew)
}

func (z *zipf) inverse(y float64) float64 {
	return math.Pow(y*(1-z.skew), 1/(1-z.skew)) - z.offset
}

func (z *zipf) draw(rng *rand.Rand) int {
	for {
		u := z.low + rng.Float64()*(z.high-z.low)
		x := z.inverse(u)
		k := math.Floor(x + 0.5)
		if k-x <= z.accept || u >= z.integral(k+0.5)-z.density(k) {
			return int(k) - 1
		}
	}
}
