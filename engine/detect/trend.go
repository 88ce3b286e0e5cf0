package detect

import "math"

// Trend is a term that was raised and is not yet closed.
type Trend struct {
	Candidate // with the last evidence

	Best      Evidence // the strongest evidence so far
	Phase     Phase
	Raised    int64   // pane of the raise
	Since     int64   // pane at which the phase began
	Began     int64   // pane at which the rise began, as estimated when raised
	Threshold float64 // score that was needed to be raised
	PeakHour  float64 // most authors in 60 minutes so far
	PeakPane  int64   // pane that ended those 60 minutes

	// Confidence is the estimated chance (0..1) that the rise is real.
	Confidence float64
	// Left is how long the trend may go on.
	Left Hours
	// Platforms is the number of platforms on which the group is open now, and
	// Confirmed says that there are at least two.
	Platforms int
	Confirmed bool
	// Variant says that another spelling of the term was raised before it on the
	// platform and was open then: it is no news of its own.
	Variant bool
}

// Change is one change of phase of one trend, see [Change.IsRaise].
type Change struct {
	Trend
	From Phase
}

// lift moves a trend up the list in its first hours: who reads the list twice a day
// shall see it before it is large.
func (t *Trend) lift(pane int64) {
	hours := float64(pane-t.Raised) / PanesPerHour
	t.Rank *= 1 + youngLift*math.Exp2(-hours/youngHours)
}

const (
	youngLift  = 6
	youngHours = 3
)

// IsRaise reports whether the change is an alarm: the trend is new or, after it
// was held as unconfirmed, is taken for one, and no other spelling of it was
// raised before.
func (c *Change) IsRaise() bool {
	return c.Phase == Emerging && (c.From == 0 || c.From == Unconfirmed) && !c.Variant
}
