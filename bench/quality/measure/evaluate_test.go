package measure

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/bench/quality/truth"
	"github.com/swell-radar/swell/term"
)

// h is a time in hours after the streams of these tests begin, which is at the
// beginning of a UTC day.
func h(hours float64) int64 { return 20000*day + int64(hours*hour) }

// trendRow peaks ten hours after its onset and ends forty after.
func trendRow(key string, onset float64) truth.Row {
	return truth.Row{Kind: term.Hashtag, Key: key, Platform: "x", Type: truth.Trend, Shape: "slow",
		Onset: h(onset), Peak: h(onset + 10), End: h(onset + 40)}
}

func raise(key string, at float64) Alarm {
	return Alarm{At: h(at), Kind: term.Hashtag, Key: key, Platform: "x", Score: 1}
}

func stream(days float64) Options { return Options{From: h(0), To: h(24 * days)} }

// TestDefinitions has a case for each definition: a trend of "a" from 100 to 140
// with its peak at 110, in a stream of 20 days.
func TestDefinitions(t *testing.T) {
	for _, c := range []struct {
		name   string
		alarms []float64
		want   string // before, late, missed; right, spared, false; lead, delay in hours
	}{
		{"at the onset", []float64{100}, "1 0 0; 1 0 0; 10.0 0.0"},
		{"between onset and peak", []float64{104}, "1 0 0; 1 0 0; 6.0 4.0"},
		{"just before the peak", []float64{110 - 1./3600}, "1 0 0; 1 0 0; 0.0 10.0"},
		{"at the peak", []float64{110}, "0 1 0; 1 0 0; 0.0 10.0"},
		{"at the end", []float64{140}, "0 1 0; 1 0 0; 0.0 40.0"},
		{"no alarm", nil, "0 0 1; 0 0 0; 0.0 0.0"},
		{"only the first counts", []float64{107, 105, 112}, "1 0 0; 3 0 0; 5.0 5.0"},
		{"an hour early is spared, and finds nothing", []float64{99}, "0 0 1; 0 1 0; 0.0 0.0"},
		{"too early", []float64{99 - 1./3600}, "0 0 1; 0 0 1; 0.0 0.0"},
		{"a day after the end is spared", []float64{164}, "0 0 1; 0 1 0; 0.0 0.0"},
		{"too late", []float64{164 + 1./3600}, "0 0 1; 0 0 1; 0.0 0.0"},
		{"false, then right", []float64{10, 103}, "1 0 0; 1 0 1; 7.0 3.0"},
		{"outside of the stream", []float64{-1, 480}, "0 0 1; 0 0 0; 0.0 0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var alarms []Alarm
			for _, at := range c.alarms {
				alarms = append(alarms, raise("a", at))
			}
			r := Evaluate(alarms, truth.Set{Rows: []truth.Row{trendRow("a", 100)}}, stream(20))
			got := fmt.Sprintf("%d %d %d; %d %d %d; %.1f %.1f", r.BeforePeak.Count, r.Late, r.Missed,
				r.Alarms.Right, r.Alarms.Spared, r.Alarms.False, r.Lead.Mean, r.Delay.Mean)
			if got != c.want || r.Recall.Count != r.BeforePeak.Count+r.Late || r.False.Count != r.Alarms.False {
				t.Errorf("got %s, want %s\n%+v", got, c.want, r)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	row := func(key string, typ truth.Type, onset, end float64) truth.Row {
		return truth.Row{Kind: term.Hashtag, Key: key, Type: typ, Onset: h(onset), End: h(end)}
	}
	near := row("near", truth.Bot, 10, 20)
	near.Near = true
	set := truth.Set{Rows: []truth.Row{
		row("both", truth.Regular, 0, 300), row("bot", truth.Bot, 10, 20), near,
		row("both", truth.Flood, 50, 51), row("trend", truth.Flood, 50, 60), row("trend", truth.Trend, 70, 80),
	}}
	for _, c := range []struct {
		key  string
		at   float64
		want Cause // empty: not false
	}{
		{"unknown", 10, Background},
		{"bot", 10, "bot"},
		{"bot", 44, "bot"},
		{"bot", 45, Background},
		{"bot", 9.5, Background},
		{"both", 49, "regular"},
		{"both", 50, "flood"},
		{"both", 80, "regular"},
		{"near", 15, ""},
		{"near", 45, Background},
		{"trend", 60, "flood"},
		{"trend", 69, ""},
		{"trend", 75, ""},
	} {
		r := Evaluate([]Alarm{raise(c.key, c.at)}, set, stream(20))
		got := Cause("")
		for _, n := range r.False.Causes {
			if n.Count > 0 {
				got = n.Cause
			}
		}
		if got != c.want {
			t.Errorf("%s at %v: cause %q, want %q", c.key, c.at, got, c.want)
		}
	}
}

// Which term a row is about: kind and platform count, and no name stands for any.
func TestRowsAndTerms(t *testing.T) {
	any := trendRow("a", 100)
	any.Kind, any.Platform = 0, ""
	sound := trendRow("a", 100)
	sound.Kind = term.Sound
	for _, c := range []struct {
		row      truth.Row
		platform string
		want     int
	}{
		{trendRow("a", 100), "x", 1},
		{trendRow("a", 100), "y", 0},
		{trendRow("b", 100), "x", 0},
		{sound, "x", 0},
		{any, "y", 1},
	} {
		a := raise("a", 105)
		a.Platform = c.platform
		r := Evaluate([]Alarm{a}, truth.Set{Rows: []truth.Row{c.row}}, stream(20))
		if r.BeforePeak != (Ratio{c.want, 1}) || r.Alarms.False != 1-c.want {
			t.Errorf("%+v on %s: %+v", c.row, c.platform, r)
		}
	}
}

func TestWhatCounts(t *testing.T) {
	set := truth.Set{Rows: []truth.Row{
		trendRow("before", -5), trendRow("whole", 100), trendRow("unfinished", 235), trendRow("after", 240),
	}}
	other := trendRow("whole", 100)
	other.Platform = "y"
	near := trendRow("near", 50)
	near.Near = true
	open := trendRow("open", 60)
	open.Peak, open.End = 0, 0
	set.Rows = append(set.Rows, other, near, open)
	opt := stream(10)
	opt.Platforms = []string{"x", "z"}
	alarms := []Alarm{raise("before", 1), raise("unfinished", 239), raise("near", 55), raise("open", 65), raise("open", 130), raise("noise", 1)}
	alarms = append(alarms, Alarm{At: h(9), Kind: term.Hashtag, Key: "noise", Platform: "y"})
	r := Evaluate(alarms, set, opt)
	if r.BeforePeak != (Ratio{0, 1}) || r.Recall != (Ratio{1, 2}) || r.Unfinished != 1 || r.Missed != 1 || r.Late != 0 || r.Lead.N != 1 || r.Delay.Median != 5 {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(Alarms{Count: 6, Right: 4, Spared: 1, False: 1}, r.Alarms); diff != "" {
		t.Error(diff)
	}
	if r.Precision != (Ratio{4, 5}) || r.Days != 10 || r.False.PerDay != 0.1 || r.False.PerPlatformDay != 0.05 {
		t.Errorf("%+v", r)
	}
}

func TestShapes(t *testing.T) {
	fast := trendRow("b", 100)
	fast.Shape = "fast"
	r := Evaluate([]Alarm{raise("b", 101), raise("c", 105)}, truth.Set{Rows: []truth.Row{trendRow("a", 100), fast, trendRow("c", 100)}}, stream(20))
	want := []Shape{
		{"fast", Ratio{1, 1}, Ratio{1, 1}, Summary{1, 9, 9, 9, 9}, Summary{1, 1, 1, 1, 1}},
		{"slow", Ratio{1, 2}, Ratio{1, 2}, Summary{2, 2.5, 1.25, 2.5, 3.75}, Summary{1, 5, 5, 5, 5}},
	}
	if diff := cmp.Diff(want, r.Shapes); diff != "" {
		t.Error(diff)
	}
}

func TestNothing(t *testing.T) {
	for _, oracle := range []bool{false, true} {
		r := Evaluate(nil, truth.Set{Oracle: oracle}, Options{})
		if r.Recall.Share() != 0 || r.False.PerDay != 0 || len(r.False.Causes) != len(Causes()) {
			t.Errorf("%+v", r)
		}
		s := Collect(nil, truth.Set{Oracle: oracle}, Options{})
		if s.Threshold(5) != 0 || len(s.Curve()) != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestOracle goes through the hit rule: events 1 (a and b) and 2 (c), a row that is
// near, and the first row at hour 200.
func TestOracle(t *testing.T) {
	row := func(key string, event int, onset float64, near bool) truth.Row {
		return truth.Row{Key: key, Type: truth.Trend, Shape: "spike", Onset: h(onset), Peak: h(onset + 3), Event: event, Near: near}
	}
	set := truth.Set{Oracle: true, Rows: []truth.Row{
		row("near", 9, 200, true), row("a", 1, 210, false), row("b", 1, 212, false), row("c", 2, 300, false), row("b", 3, 400, true),
	}}
	for _, c := range []struct {
		name   string
		alarms []Alarm
		want   string // events found before the hour of the peak is over, late, missed; hits, near, wrong; lead
	}{
		{"an hour before the onset", []Alarm{raise("a", 209)}, "1 0 1; 1 0 0; 2.5"},
		{"the peak's hour", []Alarm{raise("a", 213.5)}, "1 0 1; 1 0 0; 0.2"},
		{"behind the peak's hour", []Alarm{raise("a", 214)}, "0 1 1; 1 0 0; 0.0"},
		{"a day behind the onset", []Alarm{raise("c", 324)}, "0 1 1; 1 0 0; 0.0"},
		{"later", []Alarm{raise("c", 324.1)}, "0 0 2; 0 0 1; 0.0"},
		{"too early", []Alarm{raise("a", 208.9)}, "0 0 2; 0 0 1; 0.0"},
		{"near", []Alarm{raise("near", 201), raise("b", 400)}, "0 0 2; 0 2 0; 0.0"},
		{"one event, two terms", []Alarm{raise("b", 215), raise("a", 212)}, "1 0 1; 2 0 0; 1.0"},
		{"warm-up", []Alarm{raise("noise", 199.9)}, "0 0 2; 0 0 0; 0.0"},
		{"the second in 72 hours", []Alarm{raise("a", 140), raise("a", 211)}, "0 0 2; 0 0 0; 0.0"},
		{"after 72 hours", []Alarm{raise("a", 140), raise("a", 212)}, "1 0 1; 1 0 0; 1.0"},
		{"repeats in a row", []Alarm{raise("n", 210), raise("n", 250), raise("n", 282)}, "0 0 2; 0 0 2; 0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Evaluate(c.alarms, set, stream(40))
			got := fmt.Sprintf("%d %d %d; %d %d %d; %.1f", r.BeforePeak.Count, r.Late, r.Missed,
				r.Alarms.Right, r.Alarms.Spared, r.Alarms.False, r.Lead.Mean)
			if got != c.want {
				t.Errorf("got %s, want %s\n%+v", got, c.want, r)
			}
			if want := (960 - 200) / 24.; r.Days != want {
				t.Errorf("%v days, want %v", r.Days, want)
			}
		})
	}
}

func TestQuartiles(t *testing.T) {
	var seconds []int64
	for _, hours := range []int64{9, 1, 4, 2} {
		seconds = append(seconds, hours*hour)
	}
	if got, want := summarise(seconds), (Summary{4, 4, 1.75, 3, 5.25}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := summarise([]int64{7 * hour}); got != (Summary{1, 7, 7, 7, 7}) {
		t.Errorf("got %+v", got)
	}
}

func TestRatioAsJSON(t *testing.T) {
	for r, want := range map[Ratio]string{
		{1, 4}: `{"count":1,"of":4,"share":0.25}`, {}: `{"count":0,"of":0,"share":null}`,
	} {
		if got, err := r.MarshalJSON(); err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("got %s (%v), want %s", got, err, want)
		}
	}
}
