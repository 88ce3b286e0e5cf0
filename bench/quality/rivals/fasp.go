package rivals

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// faspHours is the length of both spans. Gains up to faspLeast, three users more
// than the day before, are those of chance.
const (
	faspHours = 24
	faspLeast = leastUses / 24.0
)

// Gain is the score of a hashtag in fediscoverer: its mean hourly score of the
// last 24 hours, less that of the 24 hours before, if above 0.
//
// Source: mastodon/fediscoverer, app/queries/hashtag/trends_query.rb.
func Gain(last, before float64) float64 {
	return max(0, (last-before)/faspHours)
}

// Fediscoverer is the trend list of the Fediverse's reference discovery
// provider. Its hourly score is the distinct users of a UTC hour, plus weights of
// likes, shares and replies, which panes do not know. The two spans of the query
// share the hour that is 24 hours old; it cancels out.
type Fediscoverer struct {
	hour  int64
	begun bool
	ring  [2*faspHours + 1][]amount // by hour
	terms []spans
	live  live
}

type spans struct{ last, before uint32 }

// NewFediscoverer returns the detector for terms below that number.
func NewFediscoverer(terms int) *Fediscoverer {
	return &Fediscoverer{terms: make([]spans, terms), live: newLive(terms)}
}

// Name implements [Detector].
func (f *Fediscoverer) Name() string { return "fediscoverer" }

// Source implements [Detector].
func (f *Fediscoverer) Source() string {
	return "mastodon/fediscoverer, app/queries/hashtag/trends_query.rb, app/models/hashtag_activity.rb"
}

// Step implements [Detector].
func (f *Fediscoverer) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	hour := detect.HourOf(pane)
	if !f.begun {
		f.begun, f.hour = true, hour
	}
	for f.hour < hour {
		f.hour++
		f.enter(f.hour)
	}
	slot := f.slot(hour)
	for i := range cells {
		if users := cells[i].Hour; users > 0 {
			*slot = append(*slot, amount{cells[i].Term, users})
			f.terms[cells[i].Term].last += users
			if f.terms[cells[i].Term].last >= leastUses {
				f.live.add(cells[i].Term)
			}
		}
	}
	f.live.retain(func(term uint32) bool {
		t := &f.terms[term]
		if gain := Gain(float64(t.last), float64(t.before)); gain > faspLeast {
			emit(term, gain, gain)
		}
		return t.last >= leastUses
	})
}

// enter moves the spans on to an hour.
func (f *Fediscoverer) enter(hour int64) {
	for _, a := range *f.slot(hour - faspHours) {
		f.terms[a.term].last -= a.n
	}
	for _, a := range *f.slot(hour - faspHours - 1) {
		f.terms[a.term].before += a.n
	}
	old := f.slot(hour)
	for _, a := range *old {
		f.terms[a.term].before -= a.n
	}
	*old = (*old)[:0]
}

func (f *Fediscoverer) slot(hour int64) *[]amount { return &f.ring[floorMod(hour, int64(len(f.ring)))] }
