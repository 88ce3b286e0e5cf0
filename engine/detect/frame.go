package detect

import "math"

// Frame is what a platform looked like at one tick: the expected activity of
// each of the last [Span] hours. It is immutable, about 700 bytes, and may be
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

	expected [Span]float32 // authors expected in the hour Hour-i, volume included
	covered  [Span]float32 // share of the hour's closed panes with a working source
	missing  uint64        // bit i: pane Pane-i missing
	rateKeep float32       // hourly decay of a term's rate
	weigh    weigh
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

// Covered returns the share (0..1) of the hour's closed panes in which the
// platform's source worked. It is 0 for hours outside the frame.
func (f *Frame) Covered(hour int64) float64 {
	if i := f.Hour - hour; i >= 0 && i < Span {
		return float64(f.covered[i])
	}
	return 0
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
		Level:   r.levelRate(), AuthorsPerPost: 1,
		missing: r.missing, rateKeep: float32(math.Exp2(-1 / opt.RateHalfLife)), weigh: opt.weigh(),
	}
	if r.posts.weight > 0 {
		f.AuthorsPerPost = min(1, r.posts.sum/r.posts.weight)
	}
	first := HourOf(r.first)
	for i := range int64(Span) {
		h := hour - i
		if h < first {
			break
		}
		closed := PanesPerHour
		if i == 0 {
			closed = f.Elapsed
		}
		f.covered[i] = float32(r.recent[slot(h)].panes) / float32(closed)
		f.expected[i] = float32(r.momentary(h, opt))
	}
	return f
}

// momentary returns the expected authors of a full hour: the usual ones times
// how the last hours' volume compares with theirs. The factor is clipped, for a
// platform-wide trend must not explain itself away, but not before the place in
// the day has been seen: an unknown day shape is no trend. Hours from before
// anything was usual are taken as they were.
func (r *Rhythm) momentary(hour int64, opt *Options) float64 {
	own := r.recent[slot(hour)]
	if own.usual == 0 {
		if own.panes == 0 {
			return 0
		}
		return own.authors * PanesPerHour / float64(own.panes)
	}
	var seen, usual float64
	for h := hour; h > hour-volumeHrs && HourOf(r.last)-h < Span; h-- {
		if room := r.recent[slot(h)]; room.usual > 0 {
			seen += room.authors
			usual += room.usual * float64(room.panes) / PanesPerHour
		}
	}
	clip := opt.VolumeClip * (1 + 3*math.Exp(-r.hours[hourOfDay(hour)].weight))
	return own.usual * max(1/clip, min(clip, (seen+volumePad)/(usual+volumePad)))
}
