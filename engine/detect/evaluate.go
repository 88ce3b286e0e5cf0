package detect

import "math"

// Evaluate measures how surprising the last hours of a term are. b may be the
// zero Baseline (a term never learned). It allocates nothing, keeps nothing and
// costs a microsecond or two: about 20 logarithms.
//
// For each window W with x voices seen and m expected (see [Baseline]) the evidence is the
// signed root of the negative-binomial deviance,
//
//	z = sqrt(2·[x·ln(x/m) − (x+k)·ln((x+k)/(m+k))]),  k = 1/φ,
//
// zero while x ≤ m (McCullagh and Nelder, Generalized Linear Models, 1989, ch.
// 11), cut when few authors wrote the posts, and the score is the largest z −
// offset among windows with at least Options.MinAuthors and MinPosts.
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
	v.shape(&e)
	v.rank(&e)
	if v.regular(&e) {
		e.Flags |= FlagRegular
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
	best := math.Inf(-1)
	var w window
	done := 0
	for _, win := range v.opt.Windows {
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
		hours := float64(win.Panes) / PanesPerHour
		m := expected + floor*math.Sqrt(hours)
		if hours < 1 {
			m = expected + floor*hours
		}
		x := v.f.weigh.voices(w.fresh, w.posts)
		z := devianceZ(x, m, 1/v.b.phi(scaleOf(win.Panes)))
		cut := 1.0
		if w.posts > 0 {
			cut = min(1, v.opt.Concentration*w.fresh/w.posts)
		}
		z *= cut
		if win.Panes <= 4*PanesPerHour {
			v.z4 = max(v.z4, z)
		}
		if w.fresh < v.opt.MinAuthors || w.posts < v.opt.MinPosts || x < v.opt.MinLift*m {
			continue
		}
		if s := z - win.Offset - v.doubt(); z > 0 && s > best {
			best = s
			e.Score, e.Z, e.Window = s, z, win.Panes
			e.Seen, e.Expected, e.Posts = w.fresh, m*v.b.authorShare(), w.posts
			e.Flags &^= FlagFew
			if cut < 1 {
				e.Flags |= FlagFew
			}
		}
	}
	e.Score = max(0, e.Score)
}

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
