package stream

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Draws follow the law, by a chi-squared test over all ranks.
func TestZipfFollowsItsLaw(t *testing.T) {
	for _, law := range []struct{ skew, offset float64 }{{1.1, 0}, {1.1, 20}, {0.8, 0}, {0.7, 0}, {2, 0}} {
		const n, draws = 50, 200_000
		z := newZipf(n, law.skew, law.offset)
		rng := rand.New(rand.NewPCG(7, 7))
		var got [n]float64
		for range draws {
			got[z.draw(rng)]++
		}
		total := 0.0
		for k := range n {
			total += math.Pow(float64(k+1)+law.offset, -law.skew)
		}
		chi := 0.0
		for k := range n {
			want := draws * math.Pow(float64(k+1)+law.offset, -law.skew) / total
			chi += (got[k] - want) * (got[k] - want) / want
		}
		// With 49 degrees of freedom, 94 is exceeded once in 10,000 runs.
		if chi > 94 {
			t.Errorf("skew %v, offset %v: chi-squared %.1f over %d ranks, want at most 94", law.skew, law.offset, chi, n)
		}
	}
}
