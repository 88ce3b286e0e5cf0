package rivals

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Featured is the score of a hashtag on Misskey: its users in the running hour,
// averaged with those of the hour before where it has both.
//
// Source: misskey-dev/misskey, packages/backend/src/core/FeaturedService.ts,
// getRankingOf.
func Featured(now, before float64) float64 {
	if now > 0 && before > 0 {
		return (now + before) / 2
	}
	return max(now, before)
}

// Misskey is the hashtag list of Misskey: [Featured] over windows of one hour.
type Misskey struct {
	terms []featured
	live  live
}

type featured struct {
	hour        int64
	now, before uint32
}

// NewMisskey returns the detector for terms below that number.
func NewMisskey(terms int) *Misskey {
	return &Misskey{terms: make([]featured, terms), live: newLive(terms)}
}

// Name implements [Detector].
func (m *Misskey) Name() string { return "Misskey" }

// Source implements [Detector].
func (m *Misskey) Source() string {
	return "misskey-dev/misskey, packages/backend/src/core/FeaturedService.ts (getRankingOf)"
}

// Step implements [Detector].
func (m *Misskey) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	hour := detect.HourOf(pane)
	for i := range cells {
		t := &m.terms[cells[i].Term]
		t.roll(hour)
		t.now += cells[i].Hour
		if t.now >= leastUses {
			m.live.add(cells[i].Term)
		}
	}
	m.live.retain(func(term uint32) bool {
		t := &m.terms[term]
		t.roll(hour)
		if max(t.now, t.before) < leastUses {
			return false
		}
		score := Featured(float64(t.now), float64(t.before))
		emit(term, score, score)
		return true
	})
}

func (t *featured) roll(hour int64) {
	switch hour - t.hour {
	case 0:
		return
	case 1:
		t.before = t.now
	default:
		t.before = 0
	}
	t.hour, t.now = hour, 0
}
