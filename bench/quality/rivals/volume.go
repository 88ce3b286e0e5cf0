package rivals

import (
	"fmt"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Volume ranks terms by their posts in the last hours, as a list of "most used"
// does. Terms with fewer than one an hour, or than three, are left out.
type Volume struct {
	hours  int
	window window
}

// NewVolume returns the detector for terms below that number and a window of at
// least one hour.
func NewVolume(terms, hours int) *Volume {
	hours = max(1, hours)
	least := uint32(max(leastUses, hours))
	return &Volume{hours: hours, window: newWindow(terms, hours*detect.PanesPerHour, Posts, least)}
}

// Name implements [Detector].
func (v *Volume) Name() string { return fmt.Sprintf("most used, %d h", v.hours) }

// Source implements [Detector].
func (v *Volume) Source() string { return "plain count of posts in a sliding window" }

// Step implements [Detector].
func (v *Volume) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	v.window.step(pane, cells)
	v.window.each(func(term uint32, posts float64) { emit(term, posts, posts) })
}
