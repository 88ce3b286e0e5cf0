package detect

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// flat returns the frame of a platform with 600 authors every hour, three weeks
// old, at the end of an hour.
func flat() *Frame {
	opt := DefaultOptions()
	var r Rhythm
	feed(&r, planStart, planStart+21*24, func(int64) float64 { return 600 }, nil)
	return r.Frame(&opt)
}

// counts builds a series from panes, newest last, each with posts and authors.
func counts(f *Frame, panes ...[2]uint32) Series {
	r := ring{pane: f.Pane, firstSeen: PaneStart(f.Pane) - 1e6}
	for i, p := range panes {
		back := len(panes) - 1 - i
		if back < 60 {
			r.panePosts[59-back], r.paneFresh[59-back] = p[0], 2*p[1]
		}
		hour := int64(71) - (f.Hour - HourOf(f.Pane-int64(back)))
		r.hourPosts[hour] += p[0]
		r.hourFresh[hour] += 2 * p[1]
	}
	return r.series()
}

func TestEvaluateRaisesPeopleNotPosts(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	var b Baseline
	score := func(panes ...[2]uint32) float64 {
		e := Evaluate(counts(f, panes...), &b, f, &opt)
		return e.Score
	}
	crowd := score([2]uint32{8, 8}, [2]uint32{12, 12}, [2]uint32{20, 20})
	if crowd < opt.MinScore {
		t.Errorf("40 new people within half an hour score %.2f; at least %.2f is wanted", crowd, opt.MinScore)
	}
	if s := score([2]uint32{400, 3}); s != 0 {
		t.Errorf("400 posts by 3 people score %.2f; want 0", s)
	}
	if s := score([2]uint32{400, 6}); s >= opt.MinScore {
		t.Errorf("400 posts by 6 people score %.2f; that is a flood", s)
	}
	if s := score([2]uint32{4, 4}); s != 0 {
		t.Errorf("4 people score %.2f; that is too few", s)
	}
	if again := score([2]uint32{16, 8}, [2]uint32{24, 12}, [2]uint32{40, 20}); again <= crowd {
		t.Errorf("people who come back lower the score from %.2f to %.2f", crowd, again)
	}
}

func TestEvaluateCountsAuthorsOfReposts(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	s := counts(f, [2]uint32{30, 30})
	full := Evaluate(s, &Baseline{}, f, &opt)
	half := counts(f, [2]uint32{30, 15}) // thirty authors of reposts: a half unit each
	if e := Evaluate(half, &Baseline{}, f, &opt); e.Score >= full.Score || e.Seen != 15 {
		t.Errorf("thirty reposts score %.2f with %.1f seen; thirty originals %.2f", e.Score, e.Seen, full.Score)
	}
}

func TestEvaluateIsMonotoneInPeople(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		var panes [60][2]uint32
		for i := range panes {
			n := rapid.Uint32Range(0, 20).Draw(t, "authors")
			panes[i] = [2]uint32{n + rapid.Uint32Range(0, 20).Draw(t, "more"), n}
		}
		before := Evaluate(counts(f, panes[:]...), &Baseline{}, f, &opt)
		// The same posts by more people, in the closed pane.
		more := rapid.Uint32Range(0, panes[59][0]-panes[59][1]).Draw(t, "found")
		panes[59][1] += more
		after := Evaluate(counts(f, panes[:]...), &Baseline{}, f, &opt)
		if after.Score < before.Score-1e-9 {
			t.Fatalf("%d more people among the same posts lower the score from %v to %v", more, before.Score, after.Score)
		}
		finite(t, &after)
	})
}

func finite(t interface{ Fatalf(string, ...any) }, e *Evidence) {
	for i, x := range e.floats() {
		if math.IsNaN(*x) || math.IsInf(*x, 0) {
			t.Fatalf("number %d of the evidence is %v: %+v", i, *x, *e)
		}
	}
}

func TestEvaluateTakesAnySeries(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		slice := func(name string, most int) []uint32 {
			return rapid.SliceOfN(rapid.Uint32(), 0, most).Draw(t, name)
		}
		s := Series{
			PanePosts: slice("pane posts", 70), PaneFresh: slice("pane fresh", 70),
			HourPosts: slice("hour posts", 80), HourFresh: slice("hour fresh", 80),
			FirstSeen: rapid.Int64().Draw(t, "first seen"),
		}
		e := Evaluate(s, &Baseline{}, f, &opt)
		finite(t, &e)
	})
}

func TestEvaluateNeedsALift(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	var b Baseline
	school(&b, 20*24, func(int64) (uint32, uint32) { return 300, 300 })
	var panes [60][2]uint32
	for i := range panes {
		panes[i] = [2]uint32{75, 75} // 450 an hour where 300 are usual
	}
	if e := Evaluate(counts(f, panes[:]...), &b, f, &opt); e.Score != 0 {
		t.Errorf("half as many again on a large term scores %.2f; want 0", e.Score)
	}
}

func TestExpectedPanes(t *testing.T) {
	opt := DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		v := view{f: &Frame{Pane: rapid.Int64Range(1_000_000, 1_000_200).Draw(t, "pane")}, opt: &opt}
		v.f.Hour = HourOf(v.f.Pane)
		v.f.Elapsed = int(v.f.Pane-v.f.Hour*PanesPerHour) + 1
		v.known = len(v.mu)
		for i := range v.mu {
			v.mu[i] = float64(rapid.IntRange(0, 600).Draw(t, "mu"))
		}
		skip, n := rapid.IntRange(0, 20).Draw(t, "skip"), rapid.IntRange(0, 48).Draw(t, "n")
		var want float64
		for i := skip; i < skip+n; i++ {
			want += v.mu[v.f.Hour-HourOf(v.f.Pane-int64(i))] / PanesPerHour
		}
		if got := v.expectedPanes(skip, n); math.Abs(got-want) > 1e-9*(1+want) {
			t.Fatalf("%d panes ending %d ago: %v expected, pane by pane %v", n, skip, got, want)
		}
	})
}

func TestDevianceZ(t *testing.T) {
	// With a large k the negative binomial is a Poisson distribution.
	for _, c := range []struct{ x, m float64 }{{10, 2}, {30, 20}, {5, 4.9}} {
		poisson := math.Sqrt(2 * (c.x*math.Log(c.x/c.m) - (c.x - c.m)))
		if z := devianceZ(c.x, c.m, 1e9); math.Abs(z-poisson) > 1e-3 {
			t.Errorf("z(%v of %v) is %v; the Poisson limit is %v", c.x, c.m, z, poisson)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.Float64Range(0.01, 1000).Draw(t, "m")
		x := rapid.Float64Range(0, 10_000).Draw(t, "x")
		k := rapid.Float64Range(0.2, 100).Draw(t, "k")
		z := devianceZ(x, m, k)
		if x <= m && z != 0 || z < 0 || math.IsNaN(z) {
			t.Fatalf("z(%v of %v, k %v) is %v", x, m, k, z)
		}
		if wider := devianceZ(x, m, k/2); wider > z+1e-6 {
			t.Fatalf("more scatter raises z(%v of %v) from %v to %v", x, m, z, wider)
		}
		if up := devianceZ(x+1, m, k); up < z-1e-6 {
			t.Fatalf("one more lowers z(%v of %v, k %v) from %v to %v", x, m, k, z, up)
		}
	})
}

func TestShapeOfARise(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	rise := make([][2]uint32, 24)
	for i := range rise {
		n := uint32(math.Round(math.Exp(float64(i) / 7)))
		rise[i] = [2]uint32{n, n}
	}
	up := Evaluate(counts(f, rise...), &Baseline{}, f, &opt)
	if up.Growth < 2 || up.Fall != 0 || up.Share != 1 {
		t.Errorf("a rise has growth %.1f, fall %.1f, share %.2f", up.Growth, up.Fall, up.Share)
	}
	fall := make([][2]uint32, 24)
	for i := range fall {
		fall[i] = rise[len(rise)-1-i]
	}
	down := Evaluate(counts(f, fall...), &Baseline{}, f, &opt)
	if down.Growth > -2 || down.Fall < fallen || down.Share > fallenTo || down.Rank > 0.5 {
		t.Errorf("a fall has growth %.1f, fall %.1f, share %.2f, rank %.2f", down.Growth, down.Fall, down.Share, down.Rank)
	}
	if hours := float64(f.Pane-up.Started) / PanesPerHour; hours < 2 || hours > 4 {
		t.Errorf("the rise of four hours is taken to have begun %.1f hours ago", hours)
	}
}

func TestBurstIsFlagged(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	e := Evaluate(counts(f, [2]uint32{50, 50}, [2]uint32{60, 60}), &Baseline{}, f, &opt)
	if !e.Flags.Has(FlagBurst) {
		t.Error("110 people within twenty minutes and nobody else are no burst")
	}
	wave := make([][2]uint32, 18)
	for i := range wave {
		wave[i] = [2]uint32{10, 10}
	}
	if e := Evaluate(counts(f, wave...), &Baseline{}, f, &opt); e.Flags.Has(FlagBurst) {
		t.Error("three hours of people are taken for a burst")
	}
}

func TestEvaluateAllocatesNothing(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	var b Baseline
	s := counts(f, [2]uint32{50, 40}, [2]uint32{60, 50})
	var sum float64
	if n := testing.AllocsPerRun(100, func() { e := Evaluate(s, &b, f, &opt); sum += e.Score }); n != 0 {
		t.Errorf("Evaluate allocates %v times", n)
	}
	hour := f.Hour - Guard - 60
	if n := testing.AllocsPerRun(100, func() { hour++; b.Learn(f, min(hour, f.Hour), 3, 4) }); n != 0 {
		t.Errorf("Learn allocates %v times", n)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	f, opt := flat(), DefaultOptions()
	var base Baseline
	school(&base, 20*24, func(int64) (uint32, uint32) { return 5, 5 })
	panes := make([][2]uint32, 60)
	for i := range panes {
		panes[i] = [2]uint32{4, 3}
	}
	s := counts(f, panes...)
	for b.Loop() {
		Evaluate(s, &base, f, &opt)
	}
}

// BenchmarkTouched is a pane in which 100,000 terms were used: most as always, one in
// twenty more than usual, one in a hundred an open trend.
func BenchmarkTouched(b *testing.B) {
	const terms = 100_000
	f, opt := flat(), DefaultOptions()
	bases := make([]Baseline, terms)
	school(&bases[0], 20*24, func(h int64) (uint32, uint32) { return 3, 6 })
	for i := range bases {
		bases[i] = bases[0]
	}
	var series [100]Series
	for i := range series {
		panes := make([][2]uint32, 60)
		for k := range panes {
			if (i+k)%2 == 0 {
				panes[k] = [2]uint32{1, 1}
			}
			if i%20 == 7 && k < 12 {
				panes[k] = [2]uint32{5, 5}
			}
		}
		series[i] = counts(f, panes...)
		series[i].Open = i == 7
	}
	for b.Loop() {
		for i := range bases {
			Evaluate(series[i%len(series)], &bases[i], f, &opt)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/terms, "ns/term")
}

func BenchmarkLearn(b *testing.B) {
	f := flat()
	var base Baseline
	for b.Loop() {
		base.last = 0
		base.Learn(f, f.Hour-Guard, 3, 4)
	}
}

func BenchmarkFrame(b *testing.B) {
	opt := DefaultOptions()
	var r Rhythm
	feed(&r, planStart, planStart+21*24, func(int64) float64 { return 600 }, nil)
	for b.Loop() {
		r.Frame(&opt)
	}
}
