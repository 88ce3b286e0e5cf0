package association

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func near(got, want, tolerance float64) bool {
	return got == want || math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))
}

// TestByHand compares with tables that were worked out by hand.
func TestByHand(t *testing.T) {
	for _, c := range []struct {
		name                          string
		both, a, b, all               uint64
		expected, pmi, npmi, logRatio float64
	}{
		// 10 of 100 and 20 of 100 are expected to meet twice; they do so 8 times.
		{"attracted", 8, 10, 20, 100, 2, 2, 2 / math.Log2(12.5), 2 * (8*math.Log(4) + 2*math.Log(2.0/8) + 12*math.Log(12.0/18) + 78*math.Log(78.0/72))},
		{"chance", 2, 10, 20, 100, 2, 0, 0, 0},
		{"apart", 0, 10, 20, 100, 2, math.Inf(-1), -1, -2 * (10*math.Log(10.0/8) + 20*math.Log(20.0/18) + 70*math.Log(70.0/72))},
		{"always", 10, 10, 10, 100, 1, math.Log2(10), 1, 2 * (10*math.Log(10) + 90*math.Log(1/0.9))},
		{"everywhere", 7, 7, 7, 7, 7, 0, 1, 0},
		{"nothing", 0, 0, 0, 0, 0, math.NaN(), math.NaN(), 0},
		{"nowhere", 0, 0, 5, 9, 0, math.NaN(), math.NaN(), 0},
		// The pair "the swiss" of the paper's table 1: 110 2442 / 111 29114.
		{"Dunning", 110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114, 17.748433, 2.631740, 0.321952, 270.72},
	} {
		got := Of(c.both, c.a, c.b, c.all)
		same := func(x, want, tolerance float64) bool {
			return math.IsNaN(x) && math.IsNaN(want) || near(x, want, tolerance)
		}
		tolerance := 1e-12
		if c.name == "Dunning" {
			tolerance = 1e-5 // of what the paper printed
		}
		if !same(got.Expected(), c.expected, tolerance) || !same(got.PMI(), c.pmi, tolerance) || !same(got.NPMI(), c.npmi, tolerance) || !same(got.LogLikelihood(), c.logRatio, tolerance*3) {
			t.Errorf("%s: expected %v, PMI %v, NPMI %v, G² %v; want %v %v %v %v", c.name,
				got.Expected(), got.PMI(), got.NPMI(), got.LogLikelihood(), c.expected, c.pmi, c.npmi, c.logRatio)
		}
	}
}

// TestContradictions gives counts that cannot be.
func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		both, a, b, all uint64
		want            Table
	}{
		{9, 5, 7, 100, Table{5, 0, 2, 93}},
		{2, 5, 7, 3, Table{2, 3, 5, 0}},
		{1, 0, 0, 0, Table{}},
	} {
		if got := Of(c.both, c.a, c.b, c.all); got != c.want {
			t.Errorf("%+v: got %+v", c, got)
		}
	}
}

// counts draws the counts of a table, small ones and huge ones.
func counts(rt *rapid.T) (both, a, b, all uint64) {
	size := rapid.SampledFrom([]uint64{5, 100, 1e6, 1e12, math.MaxUint64}).Draw(rt, "size")
	n := func(name string) uint64 { return rapid.Uint64Range(0, size).Draw(rt, name) }
	return n("both"), n("a"), n("b"), n("all")
}

// exact returns G² with a mantissa of 400 bits.
func exact(t Table) float64 {
	number := func(x uint64) *big.Float { return new(big.Float).SetPrec(400).SetInt(new(big.Int).SetUint64(x)) }
	n := number(t.all())
	sum := new(big.Float).SetPrec(400)
	for _, c := range [][3]uint64{
		{t.both, t.a(), t.b()}, {t.onlyA, t.a(), t.onlyA + t.neither},
		{t.onlyB, t.onlyB + t.neither, t.b()}, {t.neither, t.onlyB + t.neither, t.onlyA + t.neither},
	} {
		if c[0] == 0 {
			continue
		}
		o := number(c[0])
		e := new(big.Float).SetPrec(400).Mul(number(c[1]), number(c[2]))
		e.Quo(e, n)
		sum.Add(sum, new(big.Float).SetPrec(400).Mul(o, logarithm(new(big.Float).SetPrec(400).Quo(o, e))))
	}
	g, _ := sum.Float64()
	return 2 * g
}

// logarithm returns ln x for x > 0: k·ln 2 + 2·atanh((m−1)/(m+1)) for x = m·2^k.
func logarithm(x *big.Float) *big.Float {
	m := new(big.Float).SetPrec(400)
	k := x.MantExp(m)
	out := atanh(m)
	return out.Add(out, new(big.Float).SetPrec(400).Mul(big.NewFloat(float64(-k)).SetPrec(400), atanh(big.NewFloat(0.5).SetPrec(400))))
}

// atanh returns ln m as the series 2·Σ y^(2i+1)/(2i+1), y = (m−1)/(m+1), for m in 0.5..1.
func atanh(m *big.Float) *big.Float {
	one := big.NewFloat(1).SetPrec(400)
	y := new(big.Float).SetPrec(400).Quo(new(big.Float).SetPrec(400).Sub(m, one), new(big.Float).SetPrec(400).Add(m, one))
	square, power, sum := new(big.Float).SetPrec(400).Mul(y, y), new(big.Float).SetPrec(400).Set(y), new(big.Float).SetPrec(400)
	for i := range 130 {
		sum.Add(sum, new(big.Float).SetPrec(400).Quo(power, big.NewFloat(float64(2*i+1)).SetPrec(400)))
		power.Mul(power, square)
	}
	return sum.Mul(sum, big.NewFloat(2).SetPrec(400))
}

// TestAgainstExact compares G² with what exact arithmetic gives, near chance too, where
// the plain formula has no digits left.
func TestAgainstExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		both, a, b, all := counts(rt)
		if rapid.Bool().Draw(rt, "near chance") {
			all = all%1e9 + 1e6
			a, b = a%all, b%all
			both = uint64(float64(a)/float64(all)*float64(b)) + rapid.Uint64Range(0, 2).Draw(rt, "more")
		}
		table := Of(both, a, b, all)
		if table.all() == 0 {
			return
		}
		if got, want := math.Abs(table.LogLikelihood()), exact(table); math.Abs(got-want) > 1e-9*want+1e-12 {
			rt.Fatalf("%+v: G² is %v, exactly %v", table, got, want)
		}
	})
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		both, a, b, all := counts(rt)
		x, y := Of(both, a, b, all), Of(both, b, a, all)
		if !near(x.LogLikelihood(), y.LogLikelihood(), 1e-9) || !near(x.Expected(), y.Expected(), 1e-9) {
			rt.Fatalf("not symmetric: %+v has %v, %+v has %v", x, x.LogLikelihood(), y, y.LogLikelihood())
		}
		g, npmi := x.LogLikelihood(), x.NPMI()
		if math.IsNaN(g) || math.IsInf(g, 0) || npmi < -1 || npmi > 1 || math.IsInf(x.PMI(), 1) || x.Expected() < 0 {
			rt.Fatalf("%+v: G² %v, NPMI %v, PMI %v, expected %v", x, g, npmi, x.PMI(), x.Expected())
		}
		if pmi := x.PMI(); g > 1e-3 && pmi < -1e-9 || g < -1e-3 && pmi > 1e-9 {
			rt.Fatalf("%+v: PMI is %v, G² %v", x, pmi, g)
		}
	})
}

// TestMonotone sees that more posts together mean more of every measure.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.Uint64Range(1, 1000).Draw(rt, "a"), rapid.Uint64Range(1, 1000).Draw(rt, "b")
		all := a + b + rapid.Uint64Range(0, 1e6).Draw(rt, "others")
		var before Table
		for both := range min(a, b) + 1 {
			t := Of(both, a, b, all)
			if both > 0 && (t.LogLikelihood() <= before.LogLikelihood() || t.PMI() <= before.PMI() || t.NPMI() < before.NPMI()-1e-12) {
				rt.Fatalf("%+v: G² %v, PMI %v, NPMI %v; %+v: %v, %v, %v", t, t.LogLikelihood(), t.PMI(), t.NPMI(),
					before, before.LogLikelihood(), before.PMI(), before.NPMI())
			}
			before = t
		}
	})
}
