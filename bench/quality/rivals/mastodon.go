package rivals

import (
	"math"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// The options of Trends::Tags.
const (
	mastodonThreshold = 5  // accounts today, at least
	mastodonHalfLife  = 4  // hours
	mastodonCooldown  = 48 // hours after which the best score is forgotten
	mastodonDrop      = 1  // decayed scores below leave the list
)

// Chi2 is the score of a hashtag on Mastodon: the chi-square of the accounts
// that used it so far today against those of the whole day before, a day
// without any counted as one account. It is 0 while fewer used it than the day
// before, or fewer than five.
//
// Source: mastodon/mastodon, app/models/trends/tags.rb, calculate_scores.
func Chi2(observed, expected float64) float64 {
	if expected == 0 {
		expected = 1
	}
	if expected > observed || observed < mastodonThreshold {
		return 0
	}
	return (observed - expected) * (observed - expected) / expected
}

// Mastodon is the hashtag trends of Mastodon, refreshed every pane (the original:
// every five minutes). The score is [Chi2] as of now; the rank is the best score
// yet, halved every four hours since, off the list below 1, forgotten after two
// days.
type Mastodon struct {
	terms []mastodonTag
	live  live
}

type mastodonTag struct {
	day       int64 // that today counts
	today     uint32
	yesterday uint32
	best      float64
	bestAt    int64 // pane
}

// NewMastodon returns the detector for terms below that number.
func NewMastodon(terms int) *Mastodon {
	return &Mastodon{terms: make([]mastodonTag, terms), live: newLive(terms)}
}

// Name implements [Detector].
func (m *Mastodon) Name() string { return "Mastodon" }

// Source implements [Detector].
func (m *Mastodon) Source() string {
	return "mastodon/mastodon, app/models/trends/tags.rb (calculate_scores)"
}

// Step implements [Detector].
func (m *Mastodon) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	day := detect.DayOf(pane)
	for i := range cells {
		c := &cells[i]
		t := &m.terms[c.Term]
		t.roll(day)
		t.today += c.Day
		if t.today >= mastodonThreshold {
			m.live.add(c.Term)
		}
	}
	m.live.retain(func(term uint32) bool {
		t := &m.terms[term]
		t.roll(day)
		score := Chi2(float64(t.today), float64(t.yesterday))
		rank := t.decayed(pane, score)
		if score > 0 || rank > 0 {
			emit(term, score, rank)
		}
		return score > 0 || rank > 0
	})
}

func (t *mastodonTag) roll(day int64) {
	switch day - t.day {
	case 0:
		return
	case 1:
		t.yesterday = t.today
	default:
		t.yesterday = 0
	}
	t.day, t.today = day, 0
}

// decayed notes a score and returns the place in the list: 0 if off it.
func (t *mastodonTag) decayed(pane int64, score float64) float64 {
	if hours(pane-t.bestAt) > mastodonCooldown {
		t.best = 0
	}
	if score > t.best {
		t.best, t.bestAt = score, pane
	}
	rank := t.best * math.Exp2(-hours(pane-t.bestAt)/mastodonHalfLife)
	if rank < mastodonDrop {
		return 0
	}
	return rank
}
