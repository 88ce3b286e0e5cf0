package rivals

import (
	"fmt"
	"math"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// SpikeThresholds are the absolute parts of the spike test.
type SpikeThresholds struct {
	Posts, Authors float64 // in an hour, at least; above 0
}

// Factor is the largest number by which all thresholds of the spike test can be
// multiplied so that it still fires: it fires at 1. An hour is a spike if it has
// at least so many posts and authors, twice the posts of the largest hour of the
// week before (without the last six hours), and mean + 4·√(mean+1) of that
// week's hours.
//
// Source: the definition of a spike in docs/quality.md, without what looks at
// the hours after.
func (t SpikeThresholds) Factor(posts, authors, mean, largest float64) float64 {
	f := min(posts/t.Posts, authors/t.Authors, posts/(mean+float64(4*math.Sqrt(mean+1))))
	if largest > 0 {
		f = min(f, posts/(2*largest))
	}
	return f
}

// spikeLeast is the least factor that is looked at.
const spikeLeast = 0.25

// SpikeTest applies the spike test to the running UTC hour, at every pane: the
// score is the factor, from a quarter on.
type SpikeTest struct {
	set     SpikeThresholds
	history history
	live    live
}

// NewSpikeTest returns the detector for terms below that number. Thresholds of
// less than 1 are taken as 1.
func NewSpikeTest(terms int, set SpikeThresholds) *SpikeTest {
	set.Posts, set.Authors = max(1, set.Posts), max(1, set.Authors)
	return &SpikeTest{set: set, history: newHistory(terms), live: newLive(terms)}
}

// Name implements [Detector].
func (s *SpikeTest) Name() string {
	return fmt.Sprintf("spike test, %g posts, %g authors", s.set.Posts, s.set.Authors)
}

// Source implements [Detector].
func (s *SpikeTest) Source() string { return "docs/quality.md, spike, without the look ahead" }

// Step implements [Detector].
func (s *SpikeTest) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	s.history.step(pane, cells)
	hour := detect.HourOf(pane)
	for i := range cells {
		s.live.add(cells[i].Term)
	}
	s.live.retain(func(term uint32) bool {
		p := &s.history.terms[term]
		if p.hour != hour {
			return false
		}
		if float64(p.posts) < spikeLeast*s.set.Posts || float64(p.authors) < spikeLeast*s.set.Authors {
			return true
		}
		w := s.history.weekBefore(term, hour)
		f := s.set.Factor(float64(p.posts), float64(p.authors), w.mean, w.largest)
		if f >= spikeLeast {
			emit(term, f, f)
		}
		return true
	})
}
