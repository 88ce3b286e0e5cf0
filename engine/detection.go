package engine

import (
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Detection is one change of phase of one trend: a line of a detections file.
// Variants give none. A trend whose posts look coordinated begins as
// [detect.Unconfirmed] and is no alarm until it is [detect.Emerging]. Times are Unix
// seconds of event time.
type Detection struct {
	TS       int64 // end of the pane after which it was found
	Term     term.Term
	Platform string
	Phase    detect.Phase
	From     detect.Phase // 0 for a raise
	Score    float64      // surprise, in standard deviations beyond the window's offset
	Rate     float64      // posts in the last hour
	Expected float64      // posts expected in it
	Authors  uint64       // distinct authors of the last 24 hours; 0 for a gauge
	Started  int64        // when the rise began, an estimate

	Confidence float64 // 0..1
	Left       detect.Hours
	Gauge      bool // found in gauges, not in posts
}

// IsRaise reports whether the detection is an alarm: see [detect.Change.IsRaise].
func (d *Detection) IsRaise() bool {
	return d.Phase == detect.Emerging && (d.From == 0 || d.From == detect.Unconfirmed)
}
