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
	v := view{s: s, b: b, f: f, opt: opt}
	v.expect()
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

	mu [maxWindowHours + 1]float64 // expected voices of the full hour Hour-i
	z4 float64                     // largest z over windows of at most 4 hours
}

func (v *view) expect() {
	rate := v.b.rate(v.f)
	for i := range v.mu {
		h := v.f.Hour - int64(i)
		v.mu[i] = rate * v.f.Expected(h) * v.f.Covered(h) *
			(1 + float64(v.b.hours[hourOfDay(h)])) * (1 + float64(v.b.days[weekday(h)]))
	}
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
	n := len(v.s.PaneFresh)
	for i := range panes {
		w.fresh += float64(v.s.PaneFresh[n-1-i]) / 2
		w.posts += float64(v.s.PanePosts[len(v.s.PanePosts)-1-i])
	}
	w.expected = v.expectedPanes(0, panes)
	return w
}

// expectedPanes returns the voices expected in n panes that end skip panes ago.
func (v *view) expectedPanes(skip, n int) float64 {
	var sum float64
	for i := skip; i < skip+n; {
		hour := HourOf(v.f.Pane - int64(i))
		run := min(int(v.f.Pane-int64(i)-hour*PanesPerHour)+1, skip+n-i)
		sum += v.mu[v.f.Hour-hour] * float64(run) / PanesPerHour
		i += run
	}
	return sum
}

func (v *view) hourWindow(hours int) window {
	var w window
	for i := range min(hours, len(v.s.HourFresh)) {
		w.fresh += float64(v.s.HourFresh[len(v.s.HourFresh)-1-i]) / 2
		w.posts += float64(v.s.HourPosts[len(v.s.HourPosts)-1-i])
		if i == 0 {
			w.expected += v.mu[0] * float64(v.f.Elapsed) / PanesPerHour
		} else {
			w.expected += v.mu[i]
		}
	}
	return w
}

// windows finds the deciding window.
func (v *view) windows(e *Evidence) {
	floor := 1 + (v.opt.NewFloor-1)/(1+float64(v.b.voices)/3)
	best := math.Inf(-1)
	for _, win := range v.opt.Windows {
		w := v.window(win.Panes)
		hours := float64(win.Panes) / PanesPerHour
		m := w.expected + floor*math.Sqrt(hours)
		if hours < 1 {
			m = w.expected + floor*hours
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
		if s := z - win.Offset; z > 0 && s > best {
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
