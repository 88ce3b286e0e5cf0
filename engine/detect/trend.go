package detect

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
}

// Change is one change of phase of one trend. A raise has From = 0.
type Change struct {
	Trend
	From Phase
}
