package measure

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/quality/truth"
)

func scored(key string, at, score float64) Alarm {
	a := raise(key, at)
	a.Score = score
	return a
}

// TestSweep follows one trend and three terms that are none over two days.
func TestSweep(t *testing.T) {
	set := truth.Set{Rows: []truth.Row{trendRow("a", 100), trendRow("b", 102)}}
	s := Collect([]Alarm{
		scored("a", 101, 2), scored("a", 103, 5), scored("a", 104, 5), scored("a", 105, 4), scored("a", 112, 9),
		scored("a", 99.5, 8), // spared
		scored("n", 1, 3), scored("n", 2, 7), scored("n", 25, 6), scored("m", 30, 1),
		scored("m", 30, math.NaN()), scored("m", -1, 100),
	}, set, stream(10))
	want := Sweep{
		Trends: []Climb{
			{Shape: "slow", Peaked: true, Steps: []Step{{2, hour, 9 * hour}, {5, 3 * hour, 7 * hour}, {9, 12 * hour, -2 * hour}}},
			{Shape: "slow", Peaked: true},
		},
		False: []FalseDay{{7, Background}, {6, Background}, {1, Background}}, Days: 10, Platforms: 1,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Fatal(diff)
	}
	points := []Point{
		{9, 0, 0, 0.5, 0}, {7, 0.1, 0, 0.5, 0}, {6, 0.2, 0, 0.5, 0}, {5, 0.2, 0.5, 0.5, 3.5}, {2, 0.2, 0.5, 0.5, 4.5}, {1, 0.3, 0.5, 0.5, 4.5},
	}
	if diff := cmp.Diff(points, s.Curve()); diff != "" {
		t.Error(diff)
	}
	for budget, want := range map[float64]float64{0: 9, 0.05: 9, 0.1: 7, 0.2: 2, 0.25: 2, 0.3: 1, 5: 1} {
		if got := s.Threshold(budget); got != want {
			t.Errorf("threshold %v for %v a day, want %v", got, budget, want)
		}
	}
	s.Platforms = 2
	if b := s.AtBudget(0.1); b.Threshold != 2 || b.Exhausted || b.False.Count != 2 || b.False.PerPlatformDay != 0.1 {
		t.Errorf("%+v", b)
	}
	if b := s.AtBudget(0.15); b.Threshold != 1 || !b.Exhausted {
		t.Errorf("%+v", b)
	}
	if f := s.At(5); f.BeforePeak != (Ratio{1, 2}) || f.Late != 0 || f.Lead.Mean != 3.5 || f.False.Count != 2 || f.Delay.Median != 3 {
		t.Errorf("%+v", f)
	}
	if f := s.At(8); f.Late != 1 || f.Missed != 1 || f.False.Count != 0 {
		t.Errorf("%+v", f)
	}
}

// Where even the highest score is too many the threshold lies just above it.
func TestThresholdAboveEverything(t *testing.T) {
	s := Sweep{False: []FalseDay{{3, "bot"}, {3, "bot"}}, Days: 1, Platforms: 1}
	if got := s.Threshold(1); !(got > 3) || s.At(got).False.Count != 0 {
		t.Errorf("threshold %v", got)
	}
}

func TestRoundBudgets(t *testing.T) {
	s := Sweep{False: make([]FalseDay, 30), Days: 100}
	for i := range s.False {
		s.False[i].Score = float64(i)
	}
	if got := s.Threshold(0.29); got != 1 {
		t.Errorf("threshold %v leaves %v of 29 false alarms", got, 30-got)
	}
}

func TestLists(t *testing.T) {
	set := truth.Set{Rows: []truth.Row{trendRow("a", 100), trendRow("b", 105), trendRow("late", 100)}}
	listed := func(keys ...string) []Listed {
		var terms []Listed
		for _, key := range keys {
			terms = append(terms, Listed{Kind: 1, Key: key, Platform: "x"})
		}
		return terms
	}
	r := EvaluateLists([]List{
		{At: h(99), Terms: listed("a", "b")},             // nothing alive
		{At: h(100), Terms: listed("n", "a", "late")},    // a; two alive, k is two
		{At: h(110), Terms: listed("late", "b", "a")},    // late and b; a does not fit
		{At: h(140), Terms: listed("a")},                 // a at its end, with late
		{At: h(145), Terms: listed("b", "b")},            // b at its end, once
		{At: h(99 + 1000), Terms: listed("a", "b", "n")}, // outside
	}, 2, set, stream(20))
	want := ListReport{K: 2, Lists: 5, Precision: 5. / 10, Ceiling: 7. / 10, BeforePeak: Ratio{2, 3}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestCalibrate(t *testing.T) {
	r := Calibrate([]Forecast{{0.1, false}, {0.3, true}, {0.75, true}, {1, true}, {0.5, false}, {math.NaN(), true}, {1.1, true}}, 2)
	// Below one half: 0.2 given, one half happened. Above: 0.75 given, two thirds happened.
	want := Reliability{
		N: 5, Brier: (0.01 + 0.49 + 0.0625 + 0 + 0.25) / 5, ECE: (2*0.3 + 3*(0.75-2./3)) / 5,
		Bins: []Bin{{0, 0.5, 2, 0.2, 0.5}, {0.5, 1, 3, 0.75, 2. / 3}},
	}
	if diff := cmp.Diff(want, r, near()); diff != "" {
		t.Error(diff)
	}
	if r := Calibrate(nil, 0); r.N != 0 || r.Brier != 0 || len(r.Bins) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestCover(t *testing.T) {
	c := Cover([]Outcome{{Interval{1, 2, 4}, 1}, {Interval{1, 2, 4}, 4}, {Interval{0, 0, 0}, 3}, {Interval{5, 6, 8}, 1}})
	want := Coverage{N: 4, Within: Ratio{2, 4}, Below: Ratio{1, 4}, Above: Ratio{1, 4}, Width: 9. / 4, Error: 11. / 4}
	if diff := cmp.Diff(want, c, near()); diff != "" {
		t.Error(diff)
	}
	if c := Cover(nil); c != (Coverage{}) {
		t.Errorf("%+v", c)
	}
}

func near() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
}
