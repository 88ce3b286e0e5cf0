package detect

import "math"

// Evaluate measures how surprising the last hours of a term are. b may be the
// zero Baseline (a term never learned). It allocates nothing, keeps nothing and
// costs about half a microsecond for an ordinary term and a few for one that
// stands out: two logarithms for each measure and window that does.
//
// For each window W with x voices seen and m expected (see [Baseline]) the evidence is the
// signed root of the negative-binomial deviance,
//
//	z = sqrt(2·[x·ln(x/m) − (x+k)·ln((x+k)/(m+k))]),  k = 1/φ,
//
// zero while x ≤ m (McCullagh and Nelder, Generalized Linear Models, 1989, ch.
// 11), cut when few authors wrote the posts. The score is the largest z − offset among
// measures and windows with at least Options.MinAuthors and MinPosts, where the offset
// is the window's own or, where that is more, what the empirical null asks for
// beyond Options.MinScore.
func Evaluate(s Series, b *Baseline, f *Frame, opt *Options) Evidence {
	e := Evidence{Pane: f.Pane, Age: f.Age, Started: f.Pane}
	if len(s.PaneFresh) < finePanes || len(s.PanePosts) < finePanes || len(s.HourFresh) < 25 || len(s.HourPosts) < 25 {
		return e
	}
	v := view{s: s, b: b, f: f, opt: opt, rate: b.rate(f)}
	e.Tier = TierOf(b.Rate(f) * 24)
	if f.Pane-floorDiv(s.FirstSeen, PaneSeconds) < 72*PanesPerHour {
		e.Flags |= FlagNew
	}
	v.windows(&e)
	if e.Marks.Empty() && !s.Open {
		return e // an ordinary term: most are
	}
	v.shape(&e)
	v.rank(&e)
	if v.regular(&e) {
		e.Flags |= FlagRegular
		e.Marks = Marks{} // never raised, so it says nothing about alarms
	}
	return e
}

// view is one term at one tick.
type view struct {
	s   Series
	b   *Baseline
	f   *Frame
	opt *Options

	rate  float64                     // expected voices for one author of the platform
	mu    [maxWindowHours + 1]float64 // expected voices of the full hour Hour-i
	known int                         // entries of mu that are filled in
	z4    float64                     // largest z over windows of at most 4 hours
}

// usual returns the voices expected in the full hour that lies back hours back.
func (v *view) usual(back int) float64 {
	for ; v.known <= back; v.known++ {
		h := v.f.Hour - int64(v.known)
		v.mu[v.known] = v.rate * float64(v.f.expected[v.known]) * float64(v.f.covered[v.known]) * v.b.factor(h)
	}
	return v.mu[back]
}

// window holds what one time scale saw.
type window struct {
	fresh, posts float64
	expected     float64 // voices
	cut          float64 // factor on the evidence where few accounts posted much
}

func (v *view) window(panes int) window {
	if panes > finePanes {
		return v.hourWindow(panes / PanesPerHour)
	}
	var w window
	v.extend(&w, 0, panes)
	return w
}

// extend adds the panes from..to, counted back from the closed one.
func (v *view) extend(w *window, from, to int) {
	nf, np := len(v.s.PaneFresh)-1, len(v.s.PanePosts)-1
	var fresh, posts uint64
	for i := from; i < to; i++ {
		fresh += uint64(v.s.PaneFresh[nf-i])
		posts += uint64(v.s.PanePosts[np-i])
	}
	w.fresh += float64(fresh) / 2
	w.posts += float64(posts)
	w.expected += v.expectedPanes(from, to-from)
}

// expectedPanes returns the voices expected in n panes that end skip panes ago.
func (v *view) expectedPanes(skip, n int) float64 {
	var sum float64
	for n > 0 {
		back, run := v.f.runOf(skip, n)
		sum += v.usual(back) * float64(run) / PanesPerHour
		skip, n = skip+run, n-run
	}
	return sum
}

func (v *view) hourWindow(hours int) window {
	var w window
	for i := range min(hours, len(v.s.HourFresh)) {
		w.fresh += float64(v.s.HourFresh[len(v.s.HourFresh)-1-i]) / 2
		w.posts += float64(v.s.HourPosts[len(v.s.HourPosts)-1-i])
		if i == 0 {
			w.expected += v.usual(0) * float64(v.f.Elapsed) / PanesPerHour
		} else {
			w.expected += v.usual(i)
		}
	}
	return w
}

// windows finds the deciding window.
func (v *view) windows(e *Evidence) {
	floor := 1 + (v.opt.NewFloor-1)/(1+float64(v.b.voices)/3)
	var w window
	done := 0
	for i, win := range v.opt.Windows {
		if win.Panes <= finePanes {
			v.extend(&w, done, win.Panes)
			done = win.Panes
		} else {
			w = v.hourWindow(win.Panes / PanesPerHour)
		}
		expected := w.expected
		if v.f.Age < young {
			if !v.comparable(win.Panes) {
				break
			}
			expected = max(expected, v.earlier(win.Panes))
		}
		if w.fresh < v.opt.MinAuthors || w.posts < v.opt.MinPosts {
			continue
		}
		hours := float64(win.Panes) / PanesPerHour
		extra := floor * hours
		if hours >= 1 {
			extra = floor * math.Sqrt(hours)
		}
		w.cut = min(1, v.opt.Concentration*w.fresh/w.posts)
		share := v.b.authorShare()
		v.weigh(e, i, voices, w, v.f.weigh.voices(w.fresh, w.posts), expected+extra, share)
		v.weigh(e, i, authors, w, w.fresh, expected*share+extra, 1)
		ratio := v.b.authorRatio(v.f.AuthorsPerPost)
		v.weigh(e, i, crowd, w, w.fresh*min(1, w.fresh/w.posts), (expected*share+extra)*ratio, 1/ratio)
	}
	e.Score = max(0, e.Score)
	e.Marks[scoreMark] = binOf(e.Score)
}

// measure is what is counted in a window. Voices see people who come back, which
// tells much where few people write; authors alone tell more where bursts of a
// few who talk much are ordinary. What either is worth on a platform, its
// empirical null says.
type measure int

const (
	voices measure = iota
	authors
	crowd
	measures
)

// weigh takes the window into the evidence, where x were seen and m expected. share
// is how many authors stand behind one of m.
func (v *view) weigh(e *Evidence, i int, what measure, w window, x, m, share float64) {
	if x < v.opt.MinLift*m {
		return
	}
	win := v.opt.Windows[i]
	shape := 1 / v.b.phi(scaleOf(win.Panes))
	if v.opt.Poisson {
		shape = poissonShape
	}
	z := w.cut * devianceZ(x, m, shape)
	if z <= 0 {
		return
	}
	if win.Panes <= 4*PanesPerHour {
		v.z4 = max(v.z4, z)
	}
	k := markOf(what, i)
	e.Marks[k] = binOf(z)
	limit := 0.0
	if v.f.Limits != nil {
		limit = v.f.Limits.z[e.Tier][k]
	}
	if what != voices && limit == 0 {
		return
	}
	s := z - max(win.Offset, limit-v.opt.MinScore) - v.doubt()
	e.Base = max(e.Base, z-win.Offset-v.doubt())
	if win.Panes <= PanesPerHour {
		e.Now = max(e.Now, s)
	}
	if s <= e.Score && e.Window != 0 {
		return
	}
	e.Score, e.Z, e.Window = s, z, win.Panes
	e.Seen, e.Expected, e.Posts = w.fresh, m*share, w.posts
	e.Flags &^= FlagFew
	if w.cut < 1 {
		e.Flags |= FlagFew
	}
}

// poissonShape is so large that the negative binomial is a Poisson distribution.
const poissonShape = 1e6

// scaleOf returns the dispersion scale of a window.
func scaleOf(panes int) int {
	switch {
	case panes <= 2*PanesPerHour:
		return 0
	case panes <= 12*PanesPerHour:
		return 1
	}
	return 2
}

// devianceZ is the signed root of the negative-binomial deviance of x seen with
// mean m and shape k; 0 for x <= m.
func devianceZ(x, m, k float64) float64 {
	if x <= m {
		return 0
	}
	d := x*math.Log(x/m) - (x+k)*math.Log((x+k)/(m+k))
	return math.Sqrt(max(0, 2*d))
}
