package detect

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawUsual returns what is usual of some term on some platform.
func drawUsual(t *rapid.T) Usual {
	f := &Frame{
		Pane: rapid.Int64Range(2_900_000, 2_900_200).Draw(t, "pane"), Age: rapid.Float64Range(0, 1000).Draw(t, "age"),
		Level: rapid.Float64Range(0, 1e6).Draw(t, "level"),
	}
	f.Hour = HourOf(f.Pane)
	f.Elapsed = int(f.Pane-f.Hour*PanesPerHour) + 1
	for i := range f.expected {
		f.expected[i] = float32(rapid.Float64Range(0, 1e6).Draw(t, "expected"))
		f.covered[i] = 1
	}
	for i := range f.ahead {
		f.ahead[i] = float32(rapid.Float64Range(0, 1e6).Draw(t, "ahead"))
	}
	return Habit{Rate: rapid.Float64Range(0, 0.1).Draw(t, "rate"), Share: rapid.Float64Range(0.1, 5).Draw(t, "share"), Scatter: rapid.Float64Range(minPhi, maxPhi).Draw(t, "scatter")}.In(f)
}

func drawOpen(t *rapid.T) Trend {
	var tr Trend
	tr.Phase = Phase(rapid.IntRange(int(Emerging), int(Fading)).Draw(t, "phase"))
	tr.PostsPerHour = float64(rapid.IntRange(0, 1_000_000).Draw(t, "posts"))
	tr.ExpectedPerHour = rapid.Float64Range(0, 1e5).Draw(t, "expected posts")
	return tr
}

// Whatever comes in, the bounds are in order, no post less than none or than came already, and
// the hours follow each other from the running one on.
func TestForecastIsSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, tr := drawUsual(t), drawOpen(t)
		posts := float64(rapid.IntRange(0, 1000).Draw(t, "so far"))
		first := u.frame.Hour
		if u.frame.Elapsed == PanesPerHour {
			first++
		}
		got := u.Forecast(&tr, posts)
		if len(got) != ForecastHours {
			t.Fatalf("%d hours", len(got))
		}
		for i, o := range got {
			if !(o.Low >= 0 && o.Low <= o.Mid && o.Mid <= o.High && o.High < 1e12) || o.Hour != first+int64(i) || o.Hour == u.frame.Hour && o.Low < posts {
				t.Fatalf("hour %d after %v: %+v, %v posts so far", i, u.frame.Hour, o, posts)
			}
		}
	})
}

func TestChangeAndPostsAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Ahead{
			Usual: rapid.Float64Range(0, 1e4).Draw(t, "usual"), Excess: rapid.Float64Range(0, 1e4).Draw(t, "excess"),
			Pad: rapid.Float64Range(leastPad, 1e3).Draw(t, "pad"),
		}
		posts := max(0, a.Usual-0.9*a.Pad) + rapid.Float64Range(0, 1e5).Draw(t, "posts")
		if got := a.Posts(a.Change(posts)); math.Abs(got-posts) > 1e-6*(1+posts) {
			t.Fatalf("%v posts came back as %v", posts, got)
		}
	})
}

// What fades goes on to fall; and while nothing changes in the time of day, what rises has more
// before it than what fades, but for the smallest: few posts that rise are mostly luck.
func TestFadingFalls(t *testing.T) {
	f := &Frame{Pane: 6*1000 + 5, Hour: 1000, Elapsed: 6, Level: 100}
	for i := range f.expected {
		f.expected[i], f.covered[i] = 100, 1
	}
	for i := range f.ahead {
		f.ahead[i] = 100
	}
	u := Habit{Rate: 0.001, Share: 1, Scatter: 0.06}.In(f)
	for _, posts := range []float64{3, 15, 200} {
		var tr Trend
		tr.PostsPerHour, tr.ExpectedPerHour, tr.Phase = posts, 0.1, Fading
		fading := u.Forecast(&tr, 0)
		tr.Phase = Rising
		rising := u.Forecast(&tr, 0)
		var fall, rise float64
		for i := range fading {
			if i > 0 && fading[i].Mid > fading[i-1].Mid {
				t.Errorf("%v posts: hour %d of what fades has more than the one before: %v, %v", posts, i, fading[i].Mid, fading[i-1].Mid)
			}
			if i < 12 {
				fall, rise = fall+fading[i].Mid, rise+rising[i].Mid
			}
		}
		if fading[0].Mid > posts || posts >= 5 && rise <= fall {
			t.Errorf("%v posts: fading brings %v at first and %v in twelve hours, rising %v", posts, fading[0].Mid, fall, rise)
		}
	}
}

// Nothing is told of what is over, held back, found in gauges, or of which the last hour was not
// seen.
func TestForecastOfNothing(t *testing.T) {
	f := &Frame{Pane: 6005, Hour: 1000, Elapsed: 6, Level: 100}
	u := Habit{Rate: 0.001, Share: 1, Scatter: 0.06}.In(f)
	for _, tr := range []Trend{
		{Phase: Over}, {Phase: Unconfirmed}, {},
		{Phase: Rising, Candidate: Candidate{Evidence: Evidence{Flags: FlagGauge}}},
		{Phase: Rising, Candidate: Candidate{Evidence: Evidence{Flags: FlagBlind}}},
	} {
		if got := u.Forecast(&tr, 0); len(got) > 0 {
			t.Errorf("%v, flags %b: %d hours are told", tr.Phase, tr.Flags, len(got))
		}
	}
}

// A frame expects of the hours to come what was usual at their time of day.
func TestFrameLooksAhead(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	start := int64(2_900_016) / PanesPerDay * PanesPerDay
	volume := func(hour int64) uint64 { return 60 + 20*uint64(hourOfDay(hour)) } // fresh, in halves, a pane
	for p := start; p < start+21*PanesPerDay; p++ {
		r.Close(p, Volume{Posts: volume(HourOf(p)), Fresh: volume(HourOf(p))}, false)
	}
	f := r.Frame(&opt)
	for i, got := range f.ahead {
		want := float64(volume(f.Hour+1+int64(i))) / 2 * PanesPerHour
		if math.Abs(float64(got)-want) > 0.2*want {
			t.Errorf("%d hours ahead %v authors are expected, %v come", i+1, got, want)
		}
	}
}
