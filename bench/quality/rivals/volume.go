package rivals

import (
	"fmt"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// volumeFloor is how many posts a term needs to be ranked by volume: what has
// fewer is never near the top, and most terms have fewer.
const volumeFloor = 5

// Volume ranks terms by their posts in the last hours, as a list of "most used"
// does. Terms with fewer than five are left out.
type Volume struct {
	hours  int
	window window
}

// NewVolume returns the detector for terms below that number and a window of at
// least one hour.
func NewVolume(terms, hours int) *Volume {
	hours = max(1, hours)
	return &Volume{hours: hours, window: newWindow(terms, hours*detect.PanesPerHour, Posts)}
}

// Name implements [Detector].
func (v *Volume) Name() string { return fmt.Sprintf("most used, %d h", v.hours) }

// Source implements [Detector].
func (v *Volume) Source() string { return "plain count of posts in a sliding window" }

// Step implements [Detector].
func (v *Volume) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	v.window.step(pane, cells)
	v.window.each(func(term uint32, posts float64) {
		if posts >= volumeFloor {
			emit(term, posts, posts)
		}
	})
}
