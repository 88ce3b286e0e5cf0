package workload

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// near reports whether a and b agree to within some units in the last place.
func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 8*0x1p-52*math.Max(math.Abs(a), math.Abs(b))
}

func TestExpAndLogAgreeWithMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if got, want := exp(x), math.Exp(x); !near(got, want) {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
		y := rapid.Float64Range(1e-300, 1e300).Draw(t, "y")
		// Near 1 the logarithm is near 0: there the absolute error counts.
		if got, want := log(y), math.Log(y); !near(got, want) && math.Abs(got-want) > 0x1p-53 {
			t.Errorf("log(%v) = %v, want %v", y, got, want)
		}
	})
	if exp(0) != 1 || log(1) != 0 || exp(-1000) != 0 || !near(pow(10, 2.5), math.Pow(10, 2.5)) {
		t.Error("exp(0), log(1), exp(-1000) or pow(10, 2.5) is off")
	}
}

// TestAliasIsExact adds up the table: every index must get its share of the weight.
func TestAliasIsExact(t *testing.T) {
	var a alias
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 1, 300).Draw(t, "weights")
		weights[0]++ // one at least is positive
		a.build(weights)
		share, total := make([]float64, len(weights)), 0.0
		for i, w := range weights {
			share[i] += a.keep[i]
			share[a.other[i]] += 1 - a.keep[i]
			total += w
		}
		for i, w := range weights {
			if got, want := share[i]/float64(len(weights)), w/total; math.Abs(got-want) > 1e-12 {
				t.Fatalf("index %d is drawn with probability %v, want %v", i, got, want)
			}
		}
	})
}

// TestMoments draws many numbers from each distribution; the bounds are five
// standard errors wide and the seed is fixed.
func TestMoments(t *testing.T) {
	const n = 50_000
	s := newStream(1, "moments")
	for _, c := range []struct {
		name           string
		draw           func() float64
		mean, variance float64
	}{
		{"float", s.float, 0.5, 1.0 / 12},
		{"normal", s.normal, 0, 1},
		{"poisson 0.3", func() float64 { return float64(s.poisson(0.3)) }, 0.3, 0.3},
		{"poisson 95", func() float64 { return float64(s.poisson(95)) }, 95, 95},
		{"below", func() float64 { return float64(s.below(10)) }, 4.5, 8.25},
	} {
		sum, squares := 0.0, 0.0
		for range n {
			x := c.draw()
			sum += x
			squares += (x - c.mean) * (x - c.mean)
		}
		if mean := sum / n; math.Abs(mean-c.mean) > 5*math.Sqrt(c.variance/n) {
			t.Errorf("%s: mean %v, want %v", c.name, mean, c.mean)
		}
		if variance := squares / n; math.Abs(variance/c.variance-1) > 0.05 {
			t.Errorf("%s: variance %v, want %v", c.name, variance, c.variance)
		}
	}
}

func TestHeavyTails(t *testing.T) {
	s := newStream(2, "tails")
	far := func(draw func() float64) (n int) {
		for range 50_000 {
			if math.Abs(draw()) > 4 {
				n++
			}
		}
		return n
	}
	// P(|x| > 4) is 6e-5 for a normal and 6e-3 for Student's t (3), scaled.
	if normal, heavy := far(s.normal), far(s.heavy); normal > 12 || heavy < 200 {
		t.Errorf("beyond four standard deviations: %d normal and %d heavy-tailed draws", normal, heavy)
	}
}

func TestStreamsDiffer(t *testing.T) {
	a, b, c := newStream(1, "a"), newStream(1, "b"), newStream(2, "a")
	if x, y, z := a.pcg.Uint64(), b.pcg.Uint64(), c.pcg.Uint64(); x == y || x == z || y == z {
		t.Errorf("streams of different purpose or seed begin with %x, %x, %x", x, y, z)
	}
}

func TestCurves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := curve{
			shape: rapid.SampledFrom([]Shape{Endogenous, Exogenous}).Draw(t, "shape"),
			rise:  rapid.Float64Range(0.2, 36).Draw(t, "rise"),
			decay: rapid.Float64Range(1, 14).Draw(t, "decay"), power: rapid.Float64Range(1, 2).Draw(t, "power"),
		}
		last, falling := 0.0, false
		for age := 0.0; age < 72; age += 1.0 / slicesPerHour {
			y := c.at(age, 0, 0)
			if y < 0 || y > 1+1e-9 {
				t.Fatalf("%+v is %v at %v h", c, y, age)
			}
			if age > c.rise {
				falling = falling || last > y
			}
			if age <= c.rise && y < last || falling && y > last {
				t.Fatalf("%+v goes from %v to %v at %v h", c, last, y, age)
			}
			last = y
		}
		if top := c.at(c.rise, 0, 0); math.Abs(top-1) > 1e-9 {
			t.Fatalf("%+v peaks at %v", c, top)
		}
		if start := c.at(0, 0, 0); start > 0.001 {
			t.Fatalf("%+v starts at %v", c, start)
		}
		if left := c.at(c.life(), 0, 0); math.Abs(left-overBelow) > 1e-9 && (left < overBelow || c.life() != mostLife) {
			t.Fatalf("%+v has %v of its peak left when it is over, after %v h", c, left, c.life())
		}
	})
}
