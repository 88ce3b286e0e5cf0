package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// gamma draws from a gamma distribution with mean 1 and variance phi (Marsaglia and
// Tsang 2000).
func gamma(rng *rand.Rand, phi float64) float64 {
	shape, boost := 1/phi, 1.0
	if shape < 1 {
		boost = math.Pow(rng.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	for {
		x := rng.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v * boost * phi
		}
	}
}

// TestBandHolds draws counts and sees how many fall into the band: at least eight of ten,
// and not many more where a count more or less makes no difference.
func TestBandHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct{ mean, phi float64 }{{0.05, 0.06}, {0.8, 0.06}, {3, 1}, {40, 0.01}, {40, 0.4}, {400, 0.1}, {499, 4}, {501, 0.06}, {3000, 0.3}, {3000, 1}} {
		low, high := Band(c.mean, c.phi)
		const draws = 20_000
		in := 0
		for range draws {
			if n := float64(draw(rng, c.mean*gamma(rng, c.phi))); low <= n && n <= high {
				in++
			}
		}
		share := float64(in) / draws
		if share < 0.78 || low > 0 && c.mean >= 40 && share > 0.85 {
			t.Errorf("mean %g, phi %g: %.3f of all counts lie in %g..%g", c.mean, c.phi, share, low, high)
		}
	}
}

func TestBandProperties(t *testing.T) {
	for _, c := range []struct{ mean, phi, low, high float64 }{
		{0, 0.06, 0, 0}, {-1, 1, 0, 0}, {0.01, 0.06, 0, 0}, {1, 0, 0, 2}, // Poisson: 0.37, 0.74, 0.92
		{10, 0, 6, 14}, // Poisson: P(≤5) = 0.067, P(≤6) = 0.130; P(≤13) = 0.864, P(≤14) = 0.917
	} {
		if low, high := Band(c.mean, c.phi); low != c.low || high != c.high {
			t.Errorf("%+v: got %g..%g", c, low, high)
		}
	}
	if low, high := Band(math.NaN(), 1); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("got %g..%g", low, high)
	}
	rapid.Check(t, func(rt *rapid.T) {
		mean := math.Exp(rapid.Float64Range(-5, 14).Draw(rt, "mean"))
		phi := rapid.Float64Range(0, maxPhi).Draw(rt, "phi")
		low, high := Band(mean, phi)
		more, most := Band(mean*1.01, phi)
		if low < 0 || low > high || low != math.Floor(low) || high != math.Ceil(high) || math.IsInf(high, 0) {
			rt.Fatalf("mean %g, phi %g: %g..%g", mean, phi, low, high)
		}
		if mean < 490 && (more < low || most < high) {
			rt.Fatalf("mean %g, phi %g: %g..%g, with more %g..%g", mean, phi, low, high, more, most)
		}
	})
}

func TestUsual(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var b Baseline
	f := school(&b, 20*24, func(int64) (uint32, uint32) { n := draw(rng, 6); return 2 * n, n })
	for _, hour := range []int64{f.Hour, f.Hour - 1, f.Hour - 70} {
		if got := b.Usual(f, hour); math.Abs(got-12) > 4 {
			t.Errorf("%d hours back: %.2f posts are usual, want about 12", f.Hour-hour, got)
		}
	}
	for _, hour := range []int64{f.Hour + 1, f.Hour - Span} {
		if got := b.Usual(f, hour); !math.IsNaN(got) {
			t.Errorf("%d hours back: %v", f.Hour-hour, got)
		}
	}
	part := *f
	part.Elapsed = 2
	if got, want := b.Usual(&part, f.Hour), b.Usual(f, f.Hour)/3; math.Abs(got-want) > 1e-9 {
		t.Errorf("a third of an hour has %v, want %v", got, want)
	}
	part.covered[5] = 0
	part.Age = young - 1
	if got := b.Usual(&part, f.Hour-1); !math.IsNaN(got) {
		t.Errorf("a young stream has %v", got)
	}
	part.Age = young
	if got := b.Usual(&part, f.Hour-5); !math.IsNaN(got) {
		t.Errorf("an hour that nobody saw has %v", got)
	}
	var never Baseline
	if got := never.Usual(f, f.Hour); !(got > 0 && got < 0.1) {
		t.Errorf("of a new term %v are usual", got)
	}
}
