package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

const week = 7 * 24

// traffic is a made-up platform's volume by pane: a mean by hour, Poisson noise,
// and days and hours that are busier or quieter than usual.
type traffic struct {
	rng    *rand.Rand
	mean   func(hour int64) float64
	days   float64 // standard deviation of the log of a day's factor
	hours  float64 // the same of an hour's
	factor float64
	hour   int64
}

func newTraffic(seed uint64, mean func(hour int64) float64, days, hours float64) *traffic {
	return &traffic{rng: rand.New(rand.NewPCG(seed, 9)), mean: mean, days: days, hours: hours, hour: -1 << 40}
}

func (c *traffic) pane(pane int64) Volume {
	if hour := HourOf(pane); hour != c.hour {
		day := rand.New(rand.NewPCG(uint64(DayOf(pane)), 3)).NormFloat64()
		c.hour, c.factor = hour, math.Exp(c.days*day+c.hours*c.rng.NormFloat64())
	}
	s := stage{rng: c.rng}
	n := uint64(s.poisson(c.mean(HourOf(pane)) / PanesPerHour * c.factor))
	return Volume{Posts: n, Fresh: 2 * n}
}

// play closes the panes of the hours [from, to), empty where out says so.
func (c *traffic) play(r *Rhythm, from, to int64, out func(pane int64) bool) {
	for p := from * PanesPerHour; p < to*PanesPerHour; p++ {
		v := c.pane(p)
		if out != nil && out(p) {
			v = Volume{}
		}
		r.Close(p, v, false)
	}
}

func scaled(by float64) func(int64) float64 {
	return func(hour int64) float64 { return by * weekShape(hour) }
}

// offices is a platform of office hours: 18 posts in an average hour, next to
// nothing at night and at weekends.
func offices(hour int64) float64 {
	h := hourOfDay(hour)
	switch {
	case weekday(hour) >= 5:
		return 3
	case h < 4 || h >= 12:
		return 42
	}
	return 0.4
}

func lostPanes(r *Rhythm) float64 { return r.silence.lost }

func TestQuietNightsAndWeekendsAreNoOutage(t *testing.T) {
	for name, mean := range map[string]func(int64) float64{
		"offices":          offices,
		"half the offices": func(h int64) float64 { return offices(h) / 2 },
		"many offices":     func(h int64) float64 { return 20 * offices(h) },
		"dead nights":      func(h int64) float64 { return max(0, 10*(offices(h)-3)) },
		"a trickle":        func(int64) float64 { return 2 },
	} {
		for seed := range uint64(4) {
			var r Rhythm
			c := newTraffic(seed, mean, 0.5, 0.4)
			c.play(&r, planStart, planStart+6*week, nil)
			if lost := lostPanes(&r); lost > 0 {
				t.Errorf("%s, seed %d: %.1f hours were taken as outages; there was none", name, seed, lost)
			}
		}
	}
}

func TestTheFirstWeekendIsNoOutage(t *testing.T) {
	for day := range int64(7) {
		var r Rhythm
		quiet := func(h int64) float64 {
			if weekday(h) >= 5 || hourOfDay(h) < 6 {
				return 0
			}
			return 3000
		}
		from := planStart + 24*day + 8
		newTraffic(1, quiet, 0.1, 0.1).play(&r, from, from+week, nil)
		if lost := lostPanes(&r); lost > 0 {
			t.Errorf("started on weekday %d: %.1f hours of the first week were taken as outages", day, lost)
		}
	}
}

func TestRoundedTimesAreNoOutage(t *testing.T) {
	for name, every := range map[string]int64{"half an hour": 3, "an hour": 6, "a day": PanesPerDay} {
		var r Rhythm
		for p := int64(planStart) * PanesPerHour; p < (planStart+5*week)*PanesPerHour; p++ {
			var v Volume
			if p%every == 0 {
				v = Volume{Posts: uint64(400 * every), Fresh: uint64(800 * every)}
			}
			r.Close(p, v, false)
		}
		if lost := lostPanes(&r); lost > 0 {
			t.Errorf("times rounded to %s: %.1f hours were taken as outages", name, lost)
		}
	}
}

func TestAQuieterNightIsNoOutage(t *testing.T) {
	mean := func(h int64) float64 {
		if h >= planStart+4*week && hourOfDay(h) >= 16 {
			return weekShape(h) / 50 // five an hour where there were 250
		}
		return weekShape(h)
	}
	var r Rhythm
	newTraffic(2, mean, 0.2, 0.2).play(&r, planStart, planStart+4*week+24, nil)
	if lost := lostPanes(&r); lost > 2 {
		t.Errorf("%.1f of 8 hours with a fiftieth of the usual volume were taken as outages", lost)
	}
}

// An outage that was inferred leaves what one that was told leaves.
func TestInferredOutageEqualsToldOutage(t *testing.T) {
	opt := DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, 1<<20).Draw(t, "seed")
		by := rapid.Float64Range(0.5, 5).Draw(t, "size")
		start := (planStart+3*week)*PanesPerHour + rapid.Int64Range(0, week*PanesPerHour).Draw(t, "start")
		length := rapid.Int64Range(12, 90*PanesPerHour).Draw(t, "length")
		out := func(p int64) bool { return p >= start && p < start+length }
		var inferred, told Rhythm
		c := newTraffic(seed, scaled(by), 0.1, 0.1)
		compare := func(when string) {
			t.Helper()
			a, b := inferred.Frame(&opt), told.Frame(&opt)
			if a.missing != b.missing {
				t.Errorf("%s: panes %b are missing, %b in truth", when, a.missing, b.missing)
			}
			for i := range int64(Span) {
				h := a.Hour - i
				if a.Covered(h) != b.Covered(h) {
					t.Errorf("%s: hour -%d is covered %v, %v in truth", when, i, a.Covered(h), b.Covered(h))
				}
				if x, y := a.Expected(h), b.Expected(h); math.Abs(x-y) > 0.02*y+1 {
					t.Errorf("%s: %.0f expected in hour -%d, %.0f if told", when, x, i, y)
				}
			}
		}
		for p := int64(planStart) * PanesPerHour; p < start+length+30*PanesPerHour; p++ {
			v := c.pane(p)
			if out(p) {
				v = Volume{}
			}
			inferred.Close(p, v, false)
			told.Close(p, v, out(p))
			if p == start+length-1 {
				compare("when it ends")
			}
		}
		compare("a day later")
		if a, b := inferred.levelRate(), told.levelRate(); math.Abs(a-b) > 0.01*b {
			t.Errorf("level %.1f, %.1f if told", a, b)
		}
	})
}

// insight returns how many panes passed before an outage was taken as one.
func insight(r *Rhythm, c *traffic, start int64) int64 {
	c.play(r, planStart, HourOf(start), nil)
	for p := HourOf(start) * PanesPerHour; p < start; p++ {
		r.Close(p, c.pane(p), false)
	}
	for p := start; p < start+1000; p++ {
		if r.Close(p, Volume{}, false); r.silence.outage {
			return p - start + 1
		}
	}
	return -1
}

func TestInsightIntoAnOutage(t *testing.T) {
	for _, c := range []struct {
		name    string
		size    float64 // of a platform with 1200 posts in an average hour
		hour    int64   // of the first day of the fifth week
		pane    int64
		panes   int64 // at most wanted
		atLeast int64
	}{
		{"at the peak hour", 1, 6, 0, 1, 1},
		{"at the end of the peak hour", 1, 6, 5, 1, 1},
		{"at night", 1, 18, 2, 2, 1},
		{"of a small platform by day", 0.05, 6, 0, 5, 2},
		{"of a small platform over an hour's boundary", 0.05, 6, 4, 5, 2},
		{"of a small platform at night", 0.05, 18, 0, 5 * PanesPerHour, PanesPerHour},
		{"of a tiny platform at night", 0.005, 14, 0, 24 * PanesPerHour, 12 * PanesPerHour},
	} {
		var r Rhythm
		start := (planStart+4*week+c.hour)*PanesPerHour + c.pane
		n := insight(&r, newTraffic(3, scaled(c.size), 0.15, 0.15), start)
		t.Logf("outage %s: seen after %d panes, %.0f authors awaited, φ %.2f", c.name, n, r.silence.await, r.phi(scaleOfRun(n))+r.silence.novel)
		if n < c.atLeast || n > c.panes {
			t.Errorf("outage %s was seen after %d panes; %d to %d are wanted", c.name, n, c.atLeast, c.panes)
		}
		if r.missing&(1<<min(uint(n), 63)-1) != 1<<min(uint(n), 63)-1 || n < 60 && r.missing>>uint(n)&1 != 0 {
			t.Errorf("outage %s: panes %b are missing, the last %d in truth", c.name, r.missing, n)
		}
	}
}

func TestTheFirstDayInfersNothing(t *testing.T) {
	for _, hours := range []int64{1, 5, 20, 30} {
		var r Rhythm
		c := newTraffic(4, scaled(1), 0.1, 0.1)
		out := func(p int64) bool { h := HourOf(p) - planStart; return h >= hours && h < hours+3 }
		c.play(&r, planStart, planStart+48, out)
		if lost := lostPanes(&r); lost > 0 {
			t.Errorf("silence after %d hours: %.1f hours were taken as an outage of a platform nobody knows yet", hours, lost)
		}
		opt := DefaultOptions()
		f := r.Frame(&opt)
		for i := range int64(48) {
			if x, most := f.Expected(f.Hour-i), 4*2160.0; x > most || math.IsNaN(x) {
				t.Errorf("silence after %d hours: %.0f expected in hour -%d", hours, x, i)
			}
		}
	}
}

func TestPlatformThatDiesForGood(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	end := int64(planStart + 4*week)
	c := newTraffic(5, scaled(1), 0.1, 0.1)
	c.play(&r, planStart, end, nil)
	never := func(int64) bool { return true }
	c.play(&r, end, end+1, never) // the last hour is learned on the way
	level := r.levelRate()
	c.play(&r, end+1, end+8*week, never)
	f := r.Frame(&opt)
	if f.Level != level {
		t.Errorf("level went from %.1f to %.1f without a post", level, f.Level)
	}
	for i := range int64(Span) {
		h := f.Hour - i
		if x, want := f.Expected(h), weekShape(h); x < 0.5*want || x > 2*want || f.Covered(h) != 0 {
			t.Errorf("two months after the end %.0f are expected in hour -%d, covered %v; %.0f would be usual", x, i, f.Covered(h), want)
		}
	}
}

func TestPlatformThatNearlyDiesIsBelieved(t *testing.T) {
	opt := DefaultOptions()
	var r Rhythm
	end := int64(planStart + 4*week)
	mean := func(h int64) float64 {
		if h >= end {
			return weekShape(h) / 1000
		}
		return weekShape(h)
	}
	c := newTraffic(6, mean, 0.1, 0.1)
	c.play(&r, planStart, end+8*week, nil)
	if f := r.Frame(&opt); f.Level > 30 {
		t.Errorf("eight weeks after the fall from 1029 to 1 an hour the level is %.1f", f.Level)
	}
	before := r.silence.lost
	c.play(&r, end+8*week, end+9*week, nil)
	if r.silence.lost > before {
		t.Errorf("hours are still taken as outages nine weeks after the fall: %.1f, %.1f a week ago", r.silence.lost, before)
	}
}

func TestDoublingOvernightIsNoOutage(t *testing.T) {
	opt := DefaultOptions()
	double := int64(planStart + 4*week)
	mean := func(h int64) float64 {
		if h >= double {
			return 2 * weekShape(h)
		}
		return weekShape(h)
	}
	var r Rhythm
	c := newTraffic(7, mean, 0.1, 0.1)
	c.play(&r, planStart, double+2*week, nil)
	if lost := lostPanes(&r); lost > 0 {
		t.Errorf("%.1f hours were taken as outages", lost)
	}
	f := r.Frame(&opt)
	if x, want := f.Expected(f.Hour), mean(f.Hour); math.Abs(x-want) > 0.3*want {
		t.Errorf("two weeks after the doubling %.0f are expected, %.0f true", x, want)
	}
	// And an outage after it is seen as fast as before.
	for range 2 {
		r.Close(r.last+1, Volume{}, false)
	}
	if !r.silence.outage {
		t.Error("two silent panes of a doubled platform are not seen as an outage")
	}
}

func TestToldPanesDoNotCountAsSilence(t *testing.T) {
	var r Rhythm
	c := newTraffic(8, scaled(0.05), 0.1, 0.1)
	end := int64(planStart + 4*week + 6)
	c.play(&r, planStart, end, nil)
	p := end * PanesPerHour
	r.Close(p, Volume{}, false)
	for i := range int64(30) {
		r.Close(p+1+i, Volume{}, true)
	}
	if r.silence.outage || r.silence.panes != 1 {
		t.Errorf("one silent pane and 30 of which the source said that it was down count as %d of silence", r.silence.panes)
	}
	c.play(&r, end+6, end+7, nil)
	if r.silence.panes != 0 || lostPanes(&r) != 0 {
		t.Error("the silence goes on while posts come")
	}
}

func TestPartialOutage(t *testing.T) {
	opt := DefaultOptions()
	const hours = 6
	start := int64(planStart + 4*week + 2)
	var before Rhythm
	newTraffic(10, scaled(1), 0, 0).play(&before, planStart, start, nil)
	for _, c := range []struct{ part, during, after float64 }{
		{0.7, 0.1, 0.35}, {0.4, 0.3, 0.6}, {0.2, 0.2, 0.4}, {0.1, 0.3, 0.4}, {0.02, 1.5, 0.4},
	} {
		for offset := range int64(PanesPerHour) {
			from, to := start*PanesPerHour+offset, (start+hours)*PanesPerHour+offset
			r := before
			tr := newTraffic(11, scaled(1), 0, 0)
			for p := start * PanesPerHour; p < to+4*PanesPerHour; p++ {
				v := tr.pane(p)
				part := 1.0
				if p >= from && p < to {
					part = c.part
					v.Posts = uint64(math.Round(part * float64(v.Posts)))
					v.Fresh = 2 * v.Posts
				}
				r.Close(p, v, false)
				f := r.Frame(&opt)
				got, want := f.Expected(f.Hour), part*weekShape(f.Hour)
				if p >= from+3*PanesPerHour && p < to && math.Abs(got-want) > c.during*want {
					t.Fatalf("%.0f in hour %d of an outage of all but %v; %.0f come", got, HourOf(p-from), part, want)
				}
				if p >= to && got < (1-c.after)*want {
					t.Fatalf("%.0f expected %d panes after an outage of all but %v; %.0f come", got, p-to, c.part, want)
				}
			}
		}
	}
}
