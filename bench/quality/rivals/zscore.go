package rivals

import (
	"math"

	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// ZScore is how many standard deviations x lies above the mean; a deviation of
// less than one post counts as one, and nothing is below 0.
func ZScore(x, mean, sd float64) float64 {
	return max(0, (x-mean)/max(sd, 1))
}

// HourlyZScore is the alert of monitoring suites: the posts of the last 60
// minutes against mean and standard deviation of the hours of the seven days
// before.
type HourlyZScore struct {
	window  window
	history history
}

// NewHourlyZScore returns the detector for terms below that number.
func NewHourlyZScore(terms int) *HourlyZScore {
	return &HourlyZScore{
		window:  newWindow(terms, detect.PanesPerHour, Posts, leastUses),
		history: newHistory(terms),
	}
}

// Name implements [Detector].
func (z *HourlyZScore) Name() string { return "z-score, 1 h against 7 days" }

// Source implements [Detector].
func (z *HourlyZScore) Source() string {
	return "plain z-score, as in the volume alerts of social listening suites"
}

// Step implements [Detector].
func (z *HourlyZScore) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	z.window.step(pane, cells)
	z.history.step(pane, cells)
	// The hour in which the window begins: the newest whole hour before it is the last one compared with.
	begins := detect.HourOf(pane - detect.PanesPerHour + 1)
	z.window.each(func(term uint32, posts float64) {
		w := z.history.weekBefore(term, begins)
		sd := math.Sqrt(max(0, w.mean2-float64(w.mean*w.mean)))
		if score := ZScore(posts, w.mean, sd); score > 0 {
			emit(term, score, score)
		}
	})
}
