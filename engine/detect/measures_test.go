package detect

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// limited returns the frame with limits on the measures, alike in all windows and
// tiers.
func limited(f *Frame, z [measures]float64) *Frame {
	g := *f
	g.Limits = new(Limits)
	for t := range Tiers {
		for m := range measures {
			for w := range maxWindows {
				g.Limits.z[t][markOf(m, w)] = z[m]
			}
		}
	}
	return &g
}

// Each measure decides where the stream showed it to be the one that ordinary
// terms do not get far in.
func TestEachMeasureDecides(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	s := counts(f, [2]uint32{20, 14}, [2]uint32{24, 16}, [2]uint32{30, 20})
	var b Baseline
	const far, near = 40, 2.5
	for m, name := range []string{"voices", "authors", "crowd"} {
		z := [measures]float64{far, far, far}
		if e := Evaluate(s, &b, limited(f, z), &opt); e.Score != 0 || e.Now != 0 {
			t.Errorf("beyond every limit a term scores %.2f, now %.2f", e.Score, e.Now)
		}
		z[m] = near
		e := Evaluate(s, &b, limited(f, z), &opt)
		if e.Score < opt.MinScore || e.Now < opt.MinScore {
			t.Fatalf("%s alone have a limit that is reached: score %.2f, now %.2f", name, e.Score, e.Now)
		}
		var best uint8
		for w := range opt.Windows {
			best = max(best, e.Marks[markOf(measure(m), w)])
		}
		if got := float64(best) * tailWidth; e.Z < got || e.Z >= got+tailWidth {
			t.Errorf("%s decide with z %.2f; their own largest mark is %.2f", name, e.Z, got)
		}
		if e.Seen != 50 || e.Posts != 74 {
			t.Errorf("%s: %v people and %v posts in the deciding window; want 50 and 74", name, e.Seen, e.Posts)
		}
		if e.Expected <= 0 || e.Expected > 5 {
			t.Errorf("%s: %.2f people expected", name, e.Expected)
		}
	}
}

// Without a null there is one measure, voices: nobody knows yet what the others
// are worth here. All are marked all the same, for the null has to learn it.
func TestWithoutLimitsVoicesDecide(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	s := counts(f, [2]uint32{20, 14}, [2]uint32{24, 16}, [2]uint32{30, 20})
	none := Evaluate(s, &Baseline{}, f, &opt)
	if zero := Evaluate(s, &Baseline{}, limited(f, [measures]float64{}), &opt); zero != none {
		t.Errorf("limits of which nothing is known change the evidence: %+v, %+v", zero, none)
	}
	var most uint8
	for m := range measures {
		marked := false
		for w := range opt.Windows {
			k := markOf(m, w)
			marked = marked || none.Marks[k] > 0
			if m == voices {
				most = max(most, none.Marks[k])
			}
		}
		if !marked {
			t.Errorf("measure %d has no mark", m)
		}
	}
	if got := float64(most) * tailWidth; none.Z < got || none.Z >= got+tailWidth {
		t.Errorf("z is %.2f; the voices' largest mark is %.2f", none.Z, got)
	}
}

// Score, Now and Base are what the marks say, as finely as marks are.
func TestScoresFollowFromTheMarks(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		g := *f
		g.Limits = new(Limits)
		for k := range g.Limits.z[0] {
			g.Limits.z[0][k] = rapid.SampledFrom([]float64{0, 0, 1, 2, 3.25, 5, 9}).Draw(t, "limit")
		}
		if rapid.Bool().Draw(t, "young") {
			g.Age = rapid.Float64Range(50, 100).Draw(t, "age")
		}
		var panes [60][2]uint32
		for i := range panes {
			if rapid.IntRange(0, 3).Draw(t, "quiet") > 0 {
				continue
			}
			n := rapid.Uint32Range(0, 6).Draw(t, "authors")
			panes[i] = [2]uint32{n + rapid.Uint32Range(0, 6).Draw(t, "more"), n}
		}
		e := Evaluate(counts(&g, panes[:]...), &Baseline{}, &g, &opt)
		if e.Tier != 0 {
			t.Fatalf("a term never seen is in tier %d", e.Tier)
		}
		doubt := max(0, 1-g.Age/young)
		var low, high struct{ score, now, base float64 }
		for m := range measures {
			for i, w := range opt.Windows {
				k := markOf(m, i)
				limit := g.Limits.z[0][k]
				if m != voices && limit == 0 {
					continue
				}
				z := float64(e.Marks[k]) * tailWidth
				s := z - max(w.Offset, limit-opt.MinScore) - doubt
				base := z - w.Offset - doubt
				low.score, high.score = max(low.score, s), max(high.score, s+tailWidth)
				low.base, high.base = max(low.base, base), max(high.base, base+tailWidth)
				if w.Panes <= PanesPerHour {
					low.now, high.now = max(low.now, s), max(high.now, s+tailWidth)
				}
			}
		}
		within := func(name string, x, low, high float64) {
			if x < low-1e-9 || x > high+1e-9 {
				t.Fatalf("%s is %v; by the marks it lies in %v..%v", name, x, low, high)
			}
		}
		within("Score", e.Score, low.score, high.score)
		within("Now", e.Now, low.now, high.now)
		within("Base", e.Base, low.base, high.base)
		if got := e.Marks[scoreMark]; got != binOf(e.Score) {
			t.Fatalf("a score of %v is marked %d", e.Score, got)
		}
	})
}

// Authors who post more than three times each on average add nothing by it, and
// the evidence is cut in proportion.
func TestEvidenceIsCutWhereFewPostMuch(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	at := func(posts uint32) Evidence {
		return Evaluate(counts(f, [2]uint32{posts, 20}), &Baseline{}, f, &opt)
	}
	full, half := at(60), at(120)
	if full.Flags.Has(FlagFew) || !half.Flags.Has(FlagFew) {
		t.Errorf("20 people with 60 posts: few %v; with 120: few %v", full.Flags.Has(FlagFew), half.Flags.Has(FlagFew))
	}
	if math.Abs(half.Z-full.Z/2) > 1e-9 {
		t.Errorf("twice the posts of the same people take z from %.3f to %.3f; half is wanted", full.Z, half.Z)
	}
}

func TestNowKnowsOnlyTheLastHour(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	var panes [14][2]uint32
	for i := range 6 {
		panes[i] = [2]uint32{30, 30} // two hours ago
	}
	e := Evaluate(counts(f, panes[:]...), &Baseline{}, f, &opt)
	if e.Score < opt.MinScore || e.Now != 0 {
		t.Errorf("180 people, the last more than an hour ago: score %.2f, now %.2f", e.Score, e.Now)
	}
	panes[13] = [2]uint32{40, 40}
	if e := Evaluate(counts(f, panes[:]...), &Baseline{}, f, &opt); e.Now < opt.MinScore || e.Now > e.Score {
		t.Errorf("40 people in the last pane: score %.2f, now %.2f", e.Score, e.Now)
	}
}

func TestLastingIsOfTheSixFullHours(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	var b Baseline
	usual := b.Rate(f) // authors an hour
	for back := range 8 {
		panes := make([][2]uint32, 6*back+1)
		panes[0] = [2]uint32{50, 40} // in the hour that lies so far back
		want := 0.0
		if back >= 1 && back <= 6 {
			want = 40 - 6*usual
		}
		if e := Evaluate(counts(f, panes...), &b, f, &opt); math.Abs(e.Lasting-want) > 0.1 {
			t.Errorf("40 people %d hours ago: Lasting is %.2f; want %.2f", back, e.Lasting, want)
		}
	}
}

func TestFlagThinByTheNumbers(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	for _, c := range []struct {
		usual         float64
		authors, thin uint32
		want          bool
	}{
		{1, 20, 20, false},     // nobody knows what is usual
		{0.2, 20, 11, false},   // a share of 0.55
		{0.2, 20, 12, true},    // 0.6: half of what 0.2 leaves
		{0.2, 20, 900, true},   // echoes by the same people
		{0.2, 5, 3, false},     // within two standard deviations
		{0.2, 5, 4, true},      //
		{0.2, 4, 4, false},     // too few people to say
		{0.9, 40, 40, false},   // most are thin on this platform
		{0.9, 400, 400, true},  // but not all of so many
		{0, 20, 10, true},      // thin posts do not exist here
		{0, 20, 9, false},      //
		{0.95, 30, 30, false},  //
		{0.2, 200, 119, false}, //
		{0.2, 200, 120, true},  //
	} {
		g := *f
		g.ThinShare = c.usual
		// Half in the running hour, half in the one before.
		panes := make([][2]uint32, 7)
		panes[0] = [2]uint32{c.authors / 2, c.authors / 2}
		panes[6] = [2]uint32{c.authors - c.authors/2, c.authors - c.authors/2}
		s := counts(&g, panes...)
		s.Thin = c.thin
		if e := Evaluate(s, &Baseline{}, &g, &opt); e.Flags.Has(FlagThin) != c.want {
			t.Errorf("%d of %d thin where %.2f is usual: flag %v; want %v", c.thin, c.authors, c.usual, !c.want, c.want)
		}
	}
}

// Whatever is usual on a platform, evidence stays finite: it is stored and served.
func TestEvidenceIsFiniteOnAnyPlatform(t *testing.T) {
	f, opt := flat(), DefaultOptions()
	rapid.Check(t, func(t *rapid.T) {
		g := limited(f, [measures]float64{0.25, 0.25, 0.25})
		g.AuthorsPerPost = rapid.SampledFrom([]float64{0, 1e-9, 0.01, 1}).Draw(t, "authors per post")
		g.ThinShare = rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "thin")
		g.Level = rapid.SampledFrom([]float64{0, 1e-6, 600, 1e9}).Draw(t, "level")
		some := func(name string) float32 {
			return rapid.SampledFrom([]float32{0, 1e-20, 0.5, 10, 1e9}).Draw(t, name)
		}
		b := Baseline{authors: some("authors"), posts: some("posts"), voices: some("voices"), exposure: some("exposure")}
		e := Evaluate(counts(g, [2]uint32{200, rapid.Uint32Range(0, 200).Draw(t, "now")}), &b, g, &opt)
		finite(t, &e)
	})
}
