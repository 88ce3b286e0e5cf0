package detect

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// hourly makes readings an hour apart, the last one at the end of firstPane.
func hourly(values ...float64) []Reading {
	var out []Reading
	end := PaneStart(firstPane + 1)
	for i, v := range values {
		if !math.IsNaN(v) {
			out = append(out, Reading{At: end - int64(len(values)-1-i)*3600, Value: v})
		}
	}
	return out
}

var missed = math.NaN() // a poll that failed

func TestGrowth(t *testing.T) {
	f := func(name string, want float64, values ...float64) {
		t.Helper()
		got, ok := Growth(hourly(values...))
		if !ok || math.Abs(got-want) > 0.001 {
			t.Errorf("%s: growth %.4f, %v; want %.4f", name, got, ok, want)
		}
	}
	f("doubling every hour", math.Ln2, 1e6, 2e6, 4e6, 8e6)
	f("missed polls", math.Ln2, 1e6, missed, 4e6, missed, 1.6e7)
	f("standing still", 0, 1e6, 1e6, 1e6)
	f("deletions only", 0, 1e6, 9e5, 8e5)
	f("a reset on the way", math.Ln2*2/3, 1e6, 2e6, 1e3, 2e3)
	f("only the last six hours", 0, 1, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9)
	if _, ok := Growth(hourly(5)); ok {
		t.Error("one reading has growth")
	}
	if _, ok := Growth([]Reading{{0, 1}, {600, 2}}); ok {
		t.Error("ten minutes have growth")
	}
}

func TestSpread(t *testing.T) {
	s := SpreadOf([]float64{1, 2, 3, 4, 1000})
	if s.Median != 3 || s.MAD != 1 || s.N != 5 {
		t.Errorf("spread %+v; want median 3, MAD 1 of 5: one wild value must not count", s)
	}
	if (SpreadOf(nil) != Spread{}) {
		t.Error("no values have a spread")
	}
}

func TestGaugeRanksTheFastest(t *testing.T) {
	opt := DefaultOptions()
	list := Spread{Median: 0.01, MAD: 0.005, N: 40}
	eval := func(gs ...Gauge) Evidence { return EvaluateGauge(firstPane, gs) }
	total := func(values ...float64) Gauge {
		return Gauge{Unit: UnitTotal, Readings: hourly(values...), Size: 50, ListAge: 300, Spread: list}
	}
	rank := func(age float64, values ...float64) Gauge {
		return Gauge{Unit: UnitRank, Readings: hourly(values...), Size: 50, ListAge: age}
	}
	if e := eval(total(1e6, 1.1e6, 1.2e6, 1.4e6)); e.Score < opt.GaugeScore || !e.Flags.Has(FlagGauge) || e.Flags.Has(FlagRank) || e.Tier != GaugeTier {
		t.Errorf("growth of 10 %% an hour in a list of 1 %%: %+v", e)
	}
	if e := eval(total(1e6, 1.01e6, 1.02e6)); e.Score > 1 {
		t.Errorf("the list's own growth scores %.2f", e.Score)
	}
	if e := eval(rank(300, 1)); e.Score < opt.GaugeScore || !e.Flags.Has(FlagRank) {
		t.Errorf("entering a known list at the top scores %.2f", e.Score)
	}
	if e := eval(rank(0, 1)); e.Score != 0 {
		t.Errorf("standing at the top of a list just found scores %.2f", e.Score)
	}
	if e := eval(rank(300, 3, 3, 3, 3, 3, 3, 3, 3, 1)); e.Score > opt.GaugeScore {
		t.Errorf("from third to first scores %.2f", e.Score)
	}
	if e := eval(rank(300, 1, 1, 1, 1, 1, 1, 1, 1, 40)); e.Score != 0 || e.Share > 0.5 {
		t.Errorf("a fall to place 40 scores %.2f, share %.2f", e.Score, e.Share)
	}
	stale := rank(300, 1, missed, missed, missed, missed)
	if e := eval(stale); e.Score != 0 {
		t.Errorf("a reading four hours old scores %.2f", e.Score)
	}
	if e := eval(Gauge{Unit: UnitIndex, Readings: hourly(1, 100)}, Gauge{Unit: UnitBucket, Readings: hourly(1, 100)}, Gauge{}); e.Score != 0 {
		t.Errorf("units without growth score %.2f", e.Score)
	}
	both := eval(total(1e6, 1.01e6), rank(300, 2))
	if alone := eval(rank(300, 2)); both.Score != alone.Score || !both.Flags.Has(FlagRank) {
		t.Errorf("the stronger metric does not decide: %.2f with %.2f", both.Score, alone.Score)
	}
}

func TestGaugeTakesAnyReadings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rs []Reading
		at := PaneStart(firstPane+1) - rapid.Int64Range(0, 1e6).Draw(t, "begin")
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			rs = append(rs, Reading{At: at, Value: rapid.Float64Range(-1e12, 1e12).Draw(t, "value")})
			at += rapid.Int64Range(0, 30_000).Draw(t, "gap")
		}
		g := Gauge{
			Unit: Unit(rapid.IntRange(0, 6).Draw(t, "unit")), Readings: rs, Size: rapid.IntRange(-1, 100).Draw(t, "size"),
			ListAge: rapid.Float64Range(0, 1000).Draw(t, "age"),
			Spread:  Spread{Median: rapid.Float64Range(0, 1).Draw(t, "median"), MAD: rapid.Float64Range(0, 1).Draw(t, "mad"), N: rapid.IntRange(0, 60).Draw(t, "of")},
		}
		e := EvaluateGauge(firstPane, []Gauge{g})
		finite(t, &e)
		if e.Score < 0 {
			t.Fatalf("score %v", e.Score)
		}
	})
}

func TestEvaluateGaugeAllocatesNothing(t *testing.T) {
	gs := []Gauge{{Unit: UnitTotal, Readings: hourly(1, 2, 3), Spread: Spread{N: 9}}, {Unit: UnitRank, Readings: hourly(9, 5, 3), Size: 50}}
	if n := testing.AllocsPerRun(100, func() { EvaluateGauge(firstPane, gs) }); n != 0 {
		t.Errorf("EvaluateGauge allocates %v times", n)
	}
}
