package detect

import (
	"math"
	"slices"
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

// hourlyList has been polled every hour for three days, each time to the given depth.
func hourlyList(depth int) *List {
	l := &List{Interval: 1, Every: 1, Age: 300}
	end := PaneStart(firstPane + 1)
	for h := int64(keptHours); h >= 0; h-- {
		l.Polls = append(l.Polls, Poll{At: end - h*3600, Depth: depth})
	}
	return l
}

func TestGrowth(t *testing.T) {
	l := hourlyList(50)
	f := func(name string, want float64, values ...float64) {
		t.Helper()
		got, ok := l.Growth(hourly(values...))
		if !ok || math.Abs(got-want) > 0.001 {
			t.Errorf("%s: growth %.4f, %v; want %.4f", name, got, ok, want)
		}
	}
	f("doubling every hour", math.Ln2, 1e6, 2e6, 4e6, 8e6)
	f("missed polls", math.Ln2, 1e6, missed, 4e6, missed, 1.6e7)
	f("standing still", 0, 1e6, 1e6, 1e6)
	f("deletions only", 0, 1e6, 9e5, 8e5)
	f("a reset on the way", math.Ln2*2/3, 1e6, 2e6, 1e3, 2e3)
	f("corrections up and down", 0, 1e6, 9.9e5, 1e6, 9.9e5, 1e6)
	f("a correction on the way", math.Log(1.5)/4, 1e6, 1.2e6, 1.18e6, 1.3e6, 1.5e6)
	f("only the last six hours", 0, 1, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9, 1e9)
	f("one value a thousand times too high", math.Log(1.04)/4, 1e6, 1.01e6, 1.02e9, 1.03e6, 1.04e6)
	f("a last value a thousand times too high", math.Log(1.01), 1e6, 1.01e6, 1.02e9)
	f("a leap that the next one bears out", math.Log(1e3)/3, 1e6, 1e6, 1e9, 1e9)
	f("one value of nothing", math.Log(1.04)/4, 1e6, 1.01e6, 0, 1.03e6, 1.04e6)
	f("small counts may multiply", math.Log(41.0/2)/2, 1, 1, 40)
	if _, ok := l.Growth(hourly(5)); ok {
		t.Error("one reading has growth")
	}
	if _, ok := l.Growth([]Reading{{0, 1}, {600, 2}}); ok {
		t.Error("ten minutes have growth")
	}
	daily := &List{Every: 24, Interval: 1}
	if got, ok := daily.Growth(hourly(append(slices.Repeat([]float64{1e6}, 20), slices.Repeat([]float64{2e6}, 17)...)...)); !ok || math.Abs(got-math.Ln2/36) > 0.001 {
		t.Errorf("a total that doubled within the day grows by %v an hour, want %v", got, math.Ln2/36)
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
	eval := func(gs ...Gauge) Evidence { return EvaluateGauge(firstPane, gs, hourlyList(50)) }
	total := func(values ...float64) Gauge {
		return Gauge{Unit: UnitTotal, Readings: hourly(values...), Spread: list}
	}
	rank := func(values ...float64) Gauge { return Gauge{Unit: UnitRank, Readings: hourly(values...)} }
	if e := eval(total(1e6, 1.1e6, 1.2e6, 1.4e6)); e.Score < opt.GaugeScore || !e.Flags.Has(FlagGauge) || e.Flags.Has(FlagRank) || e.Tier != GaugeTier {
		t.Errorf("growth of 10 %% an hour in a list of 1 %%: %+v", e)
	}
	if e := eval(total(1e6, 1.01e6, 1.02e6)); e.Score > 1 {
		t.Errorf("the list's own growth scores %.2f", e.Score)
	}
	if e := eval(rank(1)); e.Score < opt.GaugeScore || !e.Flags.Has(FlagRank) {
		t.Errorf("entering a known list at the top scores %.2f", e.Score)
	}
	if e := eval(rank(3, 3, 3, 3, 3, 3, 3, 3, 1)); e.Score > opt.GaugeScore {
		t.Errorf("from third to first scores %.2f", e.Score)
	}
	if e := eval(rank(1, 1, 1, 1, 1, 1, 1, 1, 40)); e.Score != 0 || e.Share > 0.5 {
		t.Errorf("a fall to place 40 scores %.2f, share %.2f", e.Score, e.Share)
	}
	if e := eval(rank(1, missed)); e.Score != 0 || e.Lasting != 0 || e.Flags.Has(FlagBlind) {
		t.Errorf("a term that the newest poll no longer has: %+v", e)
	}
	if e := eval(total(1e6, 1.3e6, 1.69e6, 2.2e6, 2.9e6, 3.7e6, 4.8e6, 6.3e6, 8.2e6, 1.06e7, 1.38e7, 1.79e7, 2.3e7, 3e7)); e.Score > 1 {
		t.Errorf("what has grown as fast for half a day scores %.2f", e.Score)
	}
	if e := eval(Gauge{Unit: UnitIndex, Readings: hourly(1, 100)}, Gauge{Unit: UnitBucket, Readings: hourly(1, 100)}, Gauge{}); e.Score != 0 {
		t.Errorf("units without growth score %.2f", e.Score)
	}
	both := eval(total(1e6, 1.01e6), rank(2))
	if alone := eval(rank(2)); both.Score != alone.Score || !both.Flags.Has(FlagRank) {
		t.Errorf("the stronger metric does not decide: %.2f with %.2f", both.Score, alone.Score)
	}
}

// What a list shows of a term depends on what it showed of itself.
func TestClimbsAreWhatTheListCouldShow(t *testing.T) {
	end := PaneStart(firstPane + 1)
	rank := func(l *List, values ...float64) Evidence {
		return EvaluateGauge(firstPane, []Gauge{{Unit: UnitRank, Readings: hourly(values...)}}, l)
	}
	first := &List{Polls: []Poll{{end, 50}}}
	if e := rank(first, 1); e.Score != 0 || e.Lasting != 0 {
		t.Errorf("at the top of a list just found: %.2f", e.Score)
	}
	back := hourlyList(50)
	back.Polls = back.Polls[len(back.Polls)-3:] // out of sight until three hours ago
	if e := rank(back, 2, 2, 1); e.Expected > 2 {
		t.Errorf("at the top of a list that came back: from %v", e.Expected)
	}
	if e := rank(back, 30, missed, missed, missed, 1, 1, 1); e.Score != 0 {
		t.Errorf("a climb while nobody looked scores %.2f", e.Score)
	}
	if e := rank(back, 1, 1); e.Expected != 51 {
		t.Errorf("new in the second poll of a list that came back: from %v, want 51", e.Expected)
	}
	longer := hourlyList(10)
	longer.Polls[len(longer.Polls)-1].Depth = 50
	if e := rank(longer, 30); e.Score != 0 || e.Lasting != 0 {
		t.Errorf("at a place that the list did not show before: %.2f", e.Score)
	}
	if e := rank(longer, 1); e.Expected != 11 {
		t.Errorf("new in a list that showed ten places: from %v, want 11", e.Expected)
	}
	daily := hourlyList(50)
	daily.Every = 24
	if e := rank(daily, append(slices.Repeat([]float64{40}, 40), slices.Repeat([]float64{2}, 20)...)...); e.Expected != 40 || e.Window != 36*PanesPerHour {
		t.Errorf("a climb in a daily list, seen 20 hours later: from %v within %d panes", e.Expected, e.Window)
	}
	polled := &List{Interval: 24, Every: 24, Age: 300, Polls: []Poll{{end - 48*3600, 50}, {end - 24*3600, 50}, {end, 50}}}
	if e := rank(polled, 1); e.Expected != 51 {
		t.Errorf("new in a list that is polled daily: from %v, want 51", e.Expected)
	}
	lost := hourlyList(50)
	lost.Polls = lost.Polls[:len(lost.Polls)-5]
	if e := rank(lost, append([]float64{40, 40, 2, 2}, missed, missed, missed, missed, missed)...); !e.Flags.Has(FlagBlind) {
		t.Error("a list that was not read for five hours is not taken as out of sight")
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
			Unit: Unit(rapid.IntRange(0, 6).Draw(t, "unit")), Readings: rs,
			Spread: Spread{Median: rapid.Float64Range(0, 1).Draw(t, "median"), MAD: rapid.Float64Range(0, 1).Draw(t, "mad"), N: rapid.IntRange(0, 60).Draw(t, "of")},
		}
		l := List{Every: rapid.Float64Range(0, 100).Draw(t, "every"), Interval: rapid.Float64Range(0, 100).Draw(t, "interval"), Age: rapid.Float64Range(0, 1000).Draw(t, "age")}
		for _, r := range rs {
			if rapid.Bool().Draw(t, "poll") {
				l.Polls = append(l.Polls, Poll{At: r.At, Depth: rapid.IntRange(-1, 100).Draw(t, "depth")})
			}
		}
		e := EvaluateGauge(firstPane, []Gauge{g}, &l)
		finite(t, &e)
		if e.Score < 0 {
			t.Fatalf("score %v", e.Score)
		}
	})
}

func TestEvaluateGaugeAllocatesNothing(t *testing.T) {
	gs := []Gauge{{Unit: UnitTotal, Readings: hourly(1, 2, 3), Spread: Spread{N: 9}}, {Unit: UnitRank, Readings: hourly(9, 5, 3)}}
	l := hourlyList(50)
	if n := testing.AllocsPerRun(100, func() { EvaluateGauge(firstPane, gs, l) }); n != 0 {
		t.Errorf("EvaluateGauge allocates %v times", n)
	}
}
