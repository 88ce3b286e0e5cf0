package detect

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// feed closes every pane of the hours [from, to) with an even share of volume.
func feed(r *Rhythm, from, to int64, perHour func(hour int64) float64, down func(hour int64) bool) {
	for h := from; h < to; h++ {
		for i := range int64(PanesPerHour) {
			n := uint64(math.Round(perHour(h) / PanesPerHour))
			r.Close(h*PanesPerHour+i, Volume{Posts: n, Fresh: 2 * n}, down != nil && down(h))
		}
	}
}

func weekShape(hour int64) float64 {
	x := 1200 * (1 + 0.8*math.Sin(2*math.Pi*float64(hourOfDay(hour))/24))
	if weekday(hour) >= 5 {
		x /= 2
	}
	return x
}

func TestRhythmLearnsTheWeek(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	feed(&r, planStart, planStart+5*7*24, weekShape, nil)
	f := r.Frame(&opt)
	for i := range int64(72) {
		h := f.Hour - i
		if got, want := f.Expected(h), weekShape(h); math.Abs(got-want) > 0.1*want+20 {
			t.Errorf("hour %d of weekday %d: %.0f expected, %.0f true", hourOfDay(h), weekday(h), got, want)
		}
	}
}

func TestRhythmIsOfUseOnTheSecondDay(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	feed(&r, planStart, planStart+24, weekShape, nil)
	for h := int64(planStart + 24); h < planStart+48; h++ {
		feed(&r, h, h+1, weekShape, nil)
		if got, want := r.Frame(&opt).Expected(h), weekShape(h); math.Abs(got-want) > 0.35*want+60 {
			t.Errorf("hour %d: %.0f expected, %.0f true", hourOfDay(h), got, want)
		}
	}
}

func TestRhythmFollowsADoubling(t *testing.T) {
	opt := DefaultOptions()
	double := func(h int64) float64 {
		if h >= planStart+14*24 {
			return 2 * weekShape(h)
		}
		return weekShape(h)
	}
	var r Rhythm
	feed(&r, planStart, planStart+14*24+6, double, nil)
	h := int64(planStart + 14*24 + 5)
	if got, want := r.Frame(&opt).Expected(h), double(h); got < 0.8*want || got > 1.2*want {
		t.Errorf("six hours after the doubling %.0f are expected, %.0f true", got, want)
	}
	feed(&r, h+1, h+2, func(int64) float64 { return 20 * weekShape(h) }, nil)
	if got, most := r.Frame(&opt).Expected(h+1), 3*weekShape(h+1); got > most {
		t.Errorf("a flood moved the expectation to %.0f; at most %.0f is wanted", got, most)
	}
}

func TestOutageIsMissingNotZero(t *testing.T) {
	opt := DefaultOptions()
	var up, down Rhythm
	out := func(h int64) bool { return h >= planStart+300 && h < planStart+310 }
	feed(&up, planStart, planStart+400, weekShape, nil)
	feed(&down, planStart, planStart+300, weekShape, nil)
	feed(&down, planStart+300, planStart+310, weekShape, out)
	f := down.Frame(&opt)
	if c := f.Covered(planStart + 305); c != 0 {
		t.Errorf("coverage of an hour without source is %v; want 0", c)
	}
	if f.Covered(planStart+299) != 1 {
		t.Error("the hour before the outage is not covered")
	}
	feed(&down, planStart+310, planStart+400, weekShape, nil)
	a, b := up.Frame(&opt), down.Frame(&opt)
	if math.Abs(a.Level-b.Level) > 0.05*a.Level {
		t.Errorf("level is %.0f after the outage, %.0f without it", b.Level, a.Level)
	}
	// Panes left out altogether count the same way.
	var gap Rhythm
	feed(&gap, planStart, planStart+300, weekShape, nil)
	feed(&gap, planStart+310, planStart+400, weekShape, nil)
	if g := gap.Frame(&opt); *g != *b {
		t.Error("skipped panes and missing panes give different frames")
	}
}

func TestRhythmStaysFinite(t *testing.T) {
	opt := DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		var r Rhythm
		pane := rapid.Int64Range(-1000, 1<<40).Draw(t, "start")
		for range rapid.IntRange(1, 60).Draw(t, "panes") {
			v := Volume{Posts: uint64(rapid.IntRange(0, 1_000_000).Draw(t, "posts") * rapid.IntRange(0, 1).Draw(t, "heard"))}
			v.Fresh = uint64(rapid.IntRange(0, int(2*v.Posts)).Draw(t, "fresh"))
			r.Close(pane, v, rapid.IntRange(0, 5).Draw(t, "missing") == 0)
			f := r.Frame(&opt)
			for i := range int64(Span) {
				if x := f.Expected(f.Hour - i); !(x >= 0) || math.IsInf(x, 0) {
					t.Fatalf("hour -%d: %v expected", i, x)
				}
				if c := f.Covered(f.Hour - i); c < 0 || c > 1 {
					t.Fatalf("hour -%d: covered %v", i, c)
				}
			}
			if f.Elapsed < 1 || f.Elapsed > PanesPerHour || f.AuthorsPerPost < 0 || f.AuthorsPerPost > 1 {
				t.Fatalf("frame has %d panes elapsed, %v authors per post", f.Elapsed, f.AuthorsPerPost)
			}
			pane += rapid.Int64Range(-2, 40).Draw(t, "step")
		}
	})
}
