package rivals

import (
	"testing"

	"github.com/swell-radar/swell/bench/quality/trace"
	"pgregory.net/rapid"
)

// Quantiles at 0.005 and 0.995, summed up with 60 decimal digits.
func TestPoissonInterval(t *testing.T) {
	for _, c := range []struct{ mean, lo, hi, off float64 }{
		{0, 0, 0, 0}, {0.001, 0, 0, 0}, {0.1, 0, 1, 0}, {1, 0, 4, 0}, {4, 0, 10, 0}, {10, 3, 19, 0},
		{50, 33, 69, 0}, {100, 75, 127, 0}, {400, 349, 452, 0},
		{501, 444, 560, 1}, {1000, 919, 1082, 1}, {5000, 4819, 5183, 1}, {20000, 19637, 20365, 1},
	} {
		lo, hi := PoissonInterval(c.mean, 0.99)
		if lo < c.lo-c.off || lo > c.lo+c.off || hi < c.hi-c.off || hi > c.hi+c.off {
			t.Errorf("PoissonInterval(%v) = %v..%v, want %v..%v", c.mean, lo, hi, c.lo, c.hi)
		}
	}
}

func TestPoissonIntervalHoldsTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(0.01, 2000).Draw(t, "mean")
		lo, hi := PoissonInterval(mean, 0.99)
		lower, upper := PoissonInterval(mean*1.1, 0.99)
		if lo < 0 || lo > mean || hi < mean-1 || lower < lo-1 || upper < hi-1 {
			t.Fatalf("%v..%v around %v, %v..%v around a tenth more", lo, hi, mean, lower, upper)
		}
	})
}

func TestEtaByHand(t *testing.T) {
	near(t, "twenty above ten", Eta(30, 10), 20/(19.-3))
	near(t, "three above one", Eta(4, 1), 3/(4.-0))
	near(t, "below the mean", Eta(5, 10), 0)
	near(t, "no mean", Eta(10, 0), 0)
	near(t, "an interval without width", Eta(3, 0.001), 2.999)
}

func TestEtaGrowsWithTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(0, 800).Draw(t, "mean")
		a := rapid.Float64Range(0, 2000).Draw(t, "a")
		b := rapid.Float64Range(a, 2001).Draw(t, "b")
		if Eta(a, mean) > Eta(b, mean) {
			t.Fatalf("%v scores more than %v against %v", a, b, mean)
		}
	})
}

func TestPointPoisson(t *testing.T) {
	// Ten posts in the first hour, thirty in the second.
	panes := make([][]trace.Cell, 12)
	panes[2], panes[7], panes[11] = []trace.Cell{plain(0, 10)}, []trace.Cell{plain(0, 12)}, []trace.Cell{plain(0, 18)}
	all := play(NewPointPoisson(1), 6000, panes)
	near(t, "an hour over", at(all, 6011, 0).score, 20/(19.-3))
	near(t, "one pane earlier", at(all, 6010, 0).score, Eta(12, 10))
	near(t, "without an hour before", at(all, 6002, 0).score, 0)
}

func TestCyclePoisson(t *testing.T) {
	// Three days with ten posts at 08:00, thirty on the fourth; as many at 15:00 on all of them.
	const midnight = 144 * 20_000
	panes := make([][]trace.Cell, 4*144)
	for day := range 4 {
		panes[144*day+48] = []trace.Cell{plain(0, 10)}
		panes[144*day+90] = []trace.Cell{plain(0, 30)}
	}
	panes[144*3+50] = []trace.Cell{plain(0, 20)}
	daily := play(NewCyclePoisson(1, Daily), midnight, panes)
	near(t, "a usual morning", at(daily, midnight+144*3+48, 0).score, 0)
	near(t, "a morning like no other", at(daily, midnight+144*3+50, 0).score, Eta(30, (10+10+10+30)/4.))
	near(t, "the usual afternoon", at(daily, midnight+144*3+90, 0).score, 0)
	near(t, "the first day", at(daily, midnight+90, 0).score, 0)
	weekly := play(NewCyclePoisson(1, Weekly), midnight, slicesRepeat(panes, 144*7))
	near(t, "an afternoon of last week", at(weekly, midnight+144*7+90, 0).score, 0)
	near(t, "a weekday without", at(weekly, midnight+144*6+90, 0).score, 0)
}

// slicesRepeat lays out panes again after so many.
func slicesRepeat(panes [][]trace.Cell, after int) [][]trace.Cell {
	out := make([][]trace.Cell, after+len(panes))
	copy(out, panes)
	copy(out[after:], panes)
	return out
}
