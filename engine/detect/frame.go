package detect

import (
	"math"
	"math/bits"
)

// Frame is what a platform looked like at one tick: the expected activity of
// each of the last [Span] hours. It is immutable, about 900 bytes, and may be
// read by any number of goroutines.
type Frame struct {
	// Pane is the closed pane, Hour the hour that holds it.
	Pane, Hour int64
	// Elapsed is how many panes of Hour have closed, Pane included: 1..6.
	Elapsed int
	// Age is the time since the platform's first pane, in hours.
	Age float64
	// Level is the platform's fresh authors in an average hour.
	Level float64
	// AuthorsPerPost is the platform's usual ratio, 0..1; 1 while unknown.
	AuthorsPerPost float64
	// ThinShare is the platform's usual number of thin observations for each fresh author, at most a half; 1 while
	// unknown.
	ThinShare float64
	// Limits are those of the platform's empirical null; nil while none is known.
	Limits *Limits

	expected [Span]float32       // authors expected in the hour Hour-i, volume included
	ahead    [aheadHours]float32 // authors expected in the hour Hour+1+i
	covered  [Span]float32       // share of expected to hold the hour's counts against
	panes    [Span]uint8         // panes of the hour with a working source
	leaky    [Span]uint8         // panes of the hour that were told to be missing and had posts
	missing  uint64              // bit i: pane Pane-i missing
	told     uint64              // bit i: pane Pane-i told to be missing
	rateKeep float32             // hourly decay of a term's rate
	weigh    weigh
	flat     bool // see Options.Flat
}

// Expected returns the fresh authors that the platform as a whole was expected
// to bring in a full hour, given its rhythm and its volume around that hour. It
// is 0 for hours outside the frame.
func (f *Frame) Expected(hour int64) float64 {
	if i := f.Hour - hour; i >= 0 && i < Span {
		return float64(f.expected[i])
	}
	return 0
}

// Covered returns the share (0..1) of the hour's panes in which the platform's
// source worked and to which its counts belong: 0 where some of the counts are of
// panes that were told to be missing. Of the running hour, which may have only begun,
// it is the share of the last six panes. It is 0 for hours outside the frame.
func (f *Frame) Covered(hour int64) float64 {
	i := f.Hour - hour
	switch {
	case i == 0:
		const last = 1<<PanesPerHour - 1
		return float64(PanesPerHour-bits.OnesCount64(f.missing&last)) / PanesPerHour
	case i > 0 && i < Span && f.leaky[i] == 0:
		return float64(f.panes[i]) / PanesPerHour
	}
	return 0
}

// heard returns the share of the n panes (at most 64) that ended skip panes ago that
// was not told to be missing.
func (f *Frame) heard(skip, n int) float64 {
	told := f.told >> uint(skip) & (1<<uint(n) - 1)
	return 1 - float64(bits.OnesCount64(told))/float64(n)
}

// runOf returns which hour back the pane that closed skip panes ago belongs to,
// and how many of the n panes that end with it lie in that hour.
func (f *Frame) runOf(skip, n int) (back, run int) {
	if skip < f.Elapsed {
		return 0, min(f.Elapsed-skip, n)
	}
	before := skip - f.Elapsed
	return 1 + before/PanesPerHour, min(PanesPerHour-before%PanesPerHour, n)
}

// Frame returns the view after the last closed pane. It allocates the one
// Frame; cost is a few microseconds.
func (r *Rhythm) Frame(opt *Options) *Frame {
	hour := HourOf(r.last)
	f := &Frame{
		Pane: r.last, Hour: hour,
		Elapsed: int(r.last-hour*PanesPerHour) + 1,
		Age:     float64(r.last-r.first+1) / PanesPerHour,
		Level:   r.levelRate(), AuthorsPerPost: 1, ThinShare: 1,
		missing: r.missing, told: r.told, rateKeep: float32(math.Exp2(-1 / opt.RateHalfLife)), weigh: opt.weigh(), flat: opt.Flat,
	}
	if r.posts.weight > 0 {
		f.AuthorsPerPost = min(1, r.posts.sum/r.posts.weight)
		f.ThinShare = min(mostThin, r.thin.sum/max(1, r.posts.sum))
	}
	first := HourOf(r.first)
	for i := range int64(Span) {
		h := hour - i
		if h < first {
			break
		}
		room := &r.recent[slot(h)]
		f.panes[i], f.leaky[i] = room.panes, room.leaky
		// What came in a missing pane is in the counts, so it is held against as much as
		// if all had come.
		counted := f.panes[i] + f.leaky[i]
		f.covered[i] = float32(counted) / PanesPerHour
		if i <= finePanes/PanesPerHour && counted > 0 {
			f.covered[i] = 1 // the window may hold just the panes that worked
		}
		if f.flat {
			f.expected[i] = float32(f.Level)
		} else {
			f.expected[i] = float32(r.momentary(h, opt))
		}
	}
	r.lookAhead(f)
	return f
}

// lookAhead fills in what is expected of the hours to come: what is usual then, while the
// volume returns to it from what it is now.
func (r *Rhythm) lookAhead(f *Frame) {
	volume := 1.0
	if own := r.recent[slot(f.Hour)].usual; own > 0 {
		volume = float64(f.expected[0]) / own
	}
	for i := range f.ahead {
		f.ahead[i] = f.expected[0]
		if usual := r.usual(f.Hour + 1 + int64(i)); usual > 0 && !f.flat {
			f.ahead[i] = float32(usual * (1 + (volume-1)*math.Exp2(-float64(i+1)/volumeLasts)))
		}
	}
}

// volumeLasts is after how many hours half of what the volume is off is expected to be left.
const volumeLasts = 6

// momentary returns the expected authors of a full hour: the usual ones times
// how the last hours' volume compares with theirs. Hours from before anything
// was usual are taken as they were.
func (r *Rhythm) momentary(hour int64, opt *Options) float64 {
	own := r.recent[slot(hour)]
	if own.usual == 0 {
		if own.panes == 0 {
			return 0
		}
		return own.authors * PanesPerHour / float64(own.panes)
	}
	seen, usual := r.volume(hour, volumeHrs)
	return own.usual * r.clipped(hour, padded(seen, usual, volumeHrs), opt.VolumeClip)
}

// clipped bounds the momentary volume, a factor, by the clip: a platform-wide
// trend must not explain itself away. Before the place in the day has been seen
// the bound is wider: an unknown day shape is no trend.
//
// There is no bound downwards where a source clearly delivers only a part: no
// trend makes all others fall silent. It does so from one pane to the next, and
// so it ends: while there is such an hour in the sum, the hour itself and the
// running pane may say that the volume is back.
func (r *Rhythm) clipped(hour int64, factor, clip float64) float64 {
	clip *= 1 + 3*math.Exp(-r.hours[hourOfDay(hour)].weight)
	if factor >= 1 || !r.partial(hour, 1/clip) {
		return max(1/clip, min(clip, factor))
	}
	seen, usual := r.volume(hour, 1)
	factor = max(factor, padded(seen, usual, 1))
	if hour == HourOf(r.last) && r.missing&1 == 0 {
		const pane = 1.0 / PanesPerHour
		factor = max(factor, padded(r.newest, pane*r.recent[slot(hour)].usual, pane))
	}
	return min(1, factor)
}

// partial reports whether one of the hours that momentary volume is taken over
// brought less than the share of its usual authors, and less than chance allows:
// three standard deviations by the platform's dispersion.
func (r *Rhythm) partial(hour int64, share float64) bool {
	for h := hour; h > hour-volumeHrs; h-- {
		seen, usual := r.volume(h, 1)
		if seen < share*usual && deviance(seen, usual, 1/r.phi(1)) > 3*3 {
			return true
		}
	}
	return false
}

// deviance is the negative binomial's for x seen with mean m > 0 and shape k.
func deviance(x, m, k float64) float64 {
	d := -(x + k) * math.Log((x+k)/(m+k))
	if x > 0 {
		d += x * math.Log(x/m)
	}
	return 2 * d
}

// volume returns the authors seen in the hours up to the given one, and the
// usual ones of the panes in which the source worked.
func (r *Rhythm) volume(hour, hours int64) (seen, usual float64) {
	for h := hour; h > hour-hours && HourOf(r.last)-h < Span; h-- {
		if room := &r.recent[slot(h)]; room.usual > 0 {
			seen += room.authors
			usual += room.usual * float64(room.panes) / PanesPerHour
		}
	}
	return seen, usual
}

// padded returns the ratio of seen to usual authors over so many hours, shrunk
// to 1.
func padded(seen, usual, hours float64) float64 {
	pad := volumePad * hours
	return (seen + pad) / (usual + pad)
}

// mostThin is the largest usual share of thin observations: a platform that is full of
// copies for a while shall not teach that all may be.
const mostThin = 0.5
