package detect

import "math"

// shape measures where the term stands on its curve: growth, the last hour
// against the best of 24, when the rise began.
func (v *view) shape(e *Evidence) {
	last := v.window(PanesPerHour)
	e.LastHour, e.PostsPerHour = last.fresh, last.posts
	e.ExpectedPerHour = last.expected * v.b.postShare()
	e.Growth = v.growth()

	n := len(v.s.HourFresh)
	peak := last.fresh
	day := float64(v.s.HourFresh[n-1]) / 2
	for i := 1; i <= 24; i++ {
		x := float64(v.s.HourFresh[n-1-i]) / 2
		day += x
		peak = max(peak, x)
	}
	e.BestHour, e.Day = peak, day
	e.Excess = day
	for i := range 25 {
		e.Excess -= v.usual(i) * v.b.authorShare()
	}
	e.Lasting = v.lasting()
	if v.f.Covered(v.f.Hour) < 0.75 {
		e.Flags |= FlagBlind
	}
	if v.thin() {
		e.Flags |= FlagThin
	}
	e.Started = v.started()
	v.fall(e)
	if narrow := v.narrowest(); day >= v.opt.MinAuthors && narrow >= 0.8*day {
		e.Flags |= FlagBurst
	}
}

// lasting returns by how many authors the last six full hours are above the usual;
// 0 unless they are twice that.
func (v *view) lasting() float64 {
	n := len(v.s.HourFresh)
	var seen, usual float64
	for i := 1; i <= 6; i++ {
		seen += float64(v.s.HourFresh[n-1-i]) / 2
		usual += v.usual(i) * v.b.authorShare()
	}
	if seen < 2*usual {
		return 0
	}
	return seen - usual
}

// fall compares the last hours with the best ones of the last 24. What rose slowly
// falls slowly, and the best of many single hours is mostly the luckiest: the
// older the rise, the more hours are taken together, up to three.
func (v *view) fall(e *Evidence) {
	n := len(v.s.HourFresh)
	age := int(v.f.Hour - HourOf(e.Started))
	span := max(1, min(age/fallAge, maxFall))
	last := v.window(span * PanesPerHour).fresh
	var season, best, at float64
	for i := range span {
		season += v.season(i)
	}
	season *= v.f.heard(0, span*PanesPerHour)
	for i := 1; i+span <= 25; i++ {
		var sum, when float64
		for k := i; k < i+span; k++ {
			sum += float64(v.s.HourFresh[n-1-k]) / 2
			when += v.season(k)
		}
		if sum > best {
			best, at = sum, when
		}
	}
	e.Share, e.Fall = 1, 0
	if best <= last {
		return
	}
	// The best hours may have been at a busier time of day.
	want := best * min(1, season/at)
	e.Share = min(1, (last+0.5)/(want+0.5))
	e.Fall = max(0, (want-last)/math.Sqrt(want+1))
}

const (
	fallAge = 4 // hours of age for each hour taken together
	maxFall = 3
)

// thin reports whether the authors of the last hour or two are thin far more
// often than the platform's are: by half of what is left to everything, and by two
// standard deviations.
func (v *view) thin() bool {
	n := len(v.s.HourFresh)
	authors := float64(v.s.HourFresh[n-1])/2 + float64(v.s.HourFresh[n-2])/2
	usual := v.f.ThinShare
	excess := min(float64(v.s.Thin), authors) - usual*authors
	return authors >= v.opt.MinAuthors && usual < 1 &&
		excess >= (1-usual)/2*authors && excess >= 2*math.Sqrt(authors*usual*(1-usual)+1)
}

// season returns the platform's relative activity in the hour, padded so that a
// dead hour does not divide by zero.
func (v *view) season(back int) float64 {
	return float64(v.f.expected[back]) + 0.05*v.f.Level + 1
}

// growth is the z of the last two hours against the two before them, both
// relative to what the season expects, with the term's own scatter.
func (v *view) growth() float64 {
	const half = 2 * PanesPerHour
	var now, before float64
	n := len(v.s.PaneFresh)
	for i := range half {
		now += float64(v.s.PaneFresh[n-1-i]) / 2
		before += float64(v.s.PaneFresh[n-1-half-i]) / 2
	}
	heard, heardBefore := v.f.heard(0, half), v.f.heard(half, half)
	if min(heard, heardBefore) < leastHeard {
		return 0
	}
	pad := 0.05*v.f.Level + 1
	tilt := heard * (v.platform(0, half) + pad) / (heardBefore * (v.platform(half, half) + pad))
	want := before * tilt
	sd := math.Sqrt(now + want*tilt + 1)
	return (now - want) / sd
}

// leastHeard is the share of two hours that must not have been told to be missing for
// them to be compared with others.
const leastHeard = 0.5

// platform returns the platform's expected authors in n panes that ended skip
// panes ago.
func (v *view) platform(skip, n int) float64 {
	var sum float64
	for n > 0 {
		back, run := v.f.runOf(skip, n)
		sum += float64(v.f.expected[back]) * float64(run) / PanesPerHour
		skip, n = skip+run, n-run
	}
	return sum
}

// started walks back from the running hour while the term is clearly above what
// is usual, forgiving one hour, for at most 47 hours.
func (v *view) started() int64 {
	n := len(v.s.HourFresh)
	start, misses := v.f.Hour, 0
	for i := 0; i < min(maxWindowHours, n); i++ {
		x := v.f.weigh.voices(float64(v.s.HourFresh[n-1-i])/2, float64(v.s.HourPosts[len(v.s.HourPosts)-1-i]))
		if x > 2*v.usual(i)+0.5 {
			start, misses = v.f.Hour-int64(i), 0
			continue
		}
		if misses++; misses > 2 {
			break
		}
	}
	return max(start*PanesPerHour, floorDiv(v.s.FirstSeen, PaneSeconds))
}

// narrowest returns the most authors within three neighbouring fine panes.
func (v *view) narrowest() float64 {
	var most uint32
	p := v.s.PaneFresh
	for i := 2; i < len(p); i++ {
		most = max(most, p[i]+p[i-1]+p[i-2])
	}
	return float64(most) / 2
}

// rank turns the surprise of the last four hours into a place in the list:
// growing terms first, terms past their peak damped.
func (v *view) rank(e *Evidence) {
	r := v.z4 * (0.5 + 0.5/(1+math.Exp(-e.Growth)))
	if e.Fall > 1 {
		r *= 0.6
	}
	if e.Fall > 2 && e.Share < 0.7 {
		r = min(r, 0.5)
	}
	e.Rank = r
}

// regular reports whether the term only repeats itself.
func (v *view) regular(e *Evidence) bool {
	day := DayOf(v.f.Pane)
	h := &v.b.history
	if h.weekly(day, e.Day) {
		return true
	}
	// A term spread evenly over its days may well have a sudden hour within an
	// ordinary day; one that always comes in bursts may not.
	return v.b.phi(0) >= 1 && h.daily(day, e.Day)
}
