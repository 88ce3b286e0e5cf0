package detect

import "math"

// silence is a run of empty panes, and what speaks for and against it.
//
// A run is an outage of the source when as many authors were expected in it, m,
// that none at all is incredible:
//
//	P(0) = (1 + φ·m)^(−1/φ) < 10⁻⁶,
//
// the negative binomial's chance of a zero (Johnson, Kemp and Kotz, Univariate
// Discrete Distributions, 2005, ch. 5). With φ → 0 it is Poisson's, where 14
// expected authors would do; with φ = 0.1 it takes 30, with φ = 0.5 two thousand
// and with φ = 1 a million. φ adds up what is not known about m: how far the
// platform fell short of its rhythm before, at the run's scale; how rarely this
// hour of day and this weekday have been seen, so that the first night and the
// first weekend prove nothing; and how many hours were taken as outages lately,
// so that a platform that has really become small is believed in the end.
type silence struct {
	since  int64   // first pane of the run
	panes  int64   // empty panes so far, missing ones not counted; 0: no run
	pace   float64 // volume before the run as a share of the usual one, at most 1
	await  float64 // authors expected in the panes
	novel  float64 // largest φ of the places in the week on the way
	outage bool    // the run is taken as an outage
	lost   float64 // hours taken as outages, decayed like the level
}

// incredible is −ln of the chance below which a silence is an outage. A stream
// has about 50,000 panes a year, so this is less than one error in ten years
// even if every pane was tried anew.
var incredible = math.Log(1e6)

// lostHours is how many hours taken as outages make the level so doubtful that
// its standard deviation is the level itself (φ = 1).
const lostHours = 7 * 24

// hush counts the last pane, which was empty, and decides what the silence is.
func (r *Rhythm) hush(room *hourRoom) {
	s, hour := &r.silence, HourOf(r.last)
	if s.panes == 0 {
		room.panes-- // the pace is that of the time before
		seen, usual := r.volume(hour, volumeHrs)
		room.panes++
		s.since, s.await, s.novel = r.last, 0, 0
		s.pace = min(1, padded(seen, usual, volumeHrs))
	}
	s.panes++
	room.silent++
	s.await += s.pace * room.usual / PanesPerHour
	s.novel = max(s.novel, r.novelty(hour))
	phi := r.phi(scaleOfRun(s.panes)) + s.novel + sq(s.lost/lostHours)
	if math.Log1p(phi*s.await) > phi*incredible {
		r.takeBack()
	}
}

// takeBack turns the running silence into an outage.
func (r *Rhythm) takeBack() {
	s, hour := &r.silence, HourOf(r.last)
	for h := max(HourOf(s.since), hour-Span+1); h <= hour; h++ {
		room := &r.recent[slot(h)]
		room.short = max(0, room.short-float64(room.silent)*sq(room.usual/PanesPerHour))
		room.panes -= room.silent
		room.silent = 0
	}
	if n := r.last - s.since + 1; n >= 64 {
		r.missing = ^uint64(0)
	} else {
		r.missing |= 1<<uint(n) - 1
	}
	s.lost += float64(s.panes) / PanesPerHour
	s.outage = true
}

// Outage returns the first pane of a silence that is taken as an outage and lasts up to
// the newest closed pane, and whether there is one.
func (r *Rhythm) Outage() (since int64, down bool) { return r.silence.since, r.silence.outage }

// endSilence is called when somebody is heard again.
func (r *Rhythm) endSilence() {
	s, hour := &r.silence, HourOf(r.last)
	if s.panes == 0 {
		return
	}
	for h := max(HourOf(s.since), hour-Span+1); h <= hour; h++ {
		r.recent[slot(h)].silent = 0
	}
	*s = silence{lost: s.lost}
}

// novelty returns the variance of what is known of a place in the week: that of
// a factor whose standard deviation is 1 while it was never seen, and falls with
// one over the visits, for hour of day and weekday.
func (r *Rhythm) novelty(hour int64) float64 {
	day := 24 * r.levelRate()
	if day == 0 {
		return 2
	}
	h := 1 / (1 + r.hours[hourOfDay(hour)].weight)
	d := 1 / (1 + r.days[weekday(hour)].weight/day)
	return h*h + d*d
}
