package api

import "time"

// StreamPath is where the events are followed.
const StreamPath = Base + "/stream"

// TypeEvents is the media type of a stream of events.
const TypeEvents = "text/event-stream"

// The names of the events of GET /api/v1/stream, and what their data are.
const (
	EventStart    = "start"    // [StreamStart]: the first one
	EventSnapshot = "snapshot" // [TrendsAnswer]: the ranking, where it was asked for
	EventTrend    = "trend"    // [StreamTrend]: a trend was raised, changed its phase, or is over
	EventView     = "view"     // [StreamView]: a pane was closed, and there is a new ranking
	EventReset    = "reset"    // [StreamReset]: events are missing; load the ranking anew
)

// StreamStart is the first event of every stream.
type StreamStart struct {
	Demo bool       `json:"demo,omitzero"`
	AsOf *time.Time `json:"as_of"`
	// Window is what the counts of a ranking cover now, and Coverage how much of it was
	// seen; null before the first pane.
	Window   *Span     `json:"window"`
	Coverage *Coverage `json:"coverage"`
	Seq      uint64    `json:"seq"` // of the newest view, as in [TrendsAnswer]
	ID       string    `json:"id"`  // the place that the stream goes on from
	// Resumed says that the stream goes on from the place that was given, so that no
	// event is missing.
	Resumed bool `json:"resumed"`
}

// StreamView is the event of a new view.
type StreamView struct {
	Demo        bool      `json:"demo,omitzero"`
	AsOf        time.Time `json:"as_of"`
	Window      Span      `json:"window"`
	Seq         uint64    `json:"seq"`
	Trends      int       `json:"trends"`      // in the ranking
	Unconfirmed int       `json:"unconfirmed"` // held back
}

// What a trend's event tells of it.
const (
	ChangeRaised = "raised" // it is an alarm
	ChangeHeld   = "held"   // it looks coordinated, and is no alarm for now
	ChangePhase  = "phase"  // it came into another phase
	ChangeOver   = "over"   // it is over
)

// StreamTrend is the event of a detection. The events of trends are the lines of the
// log of detections, in its order: see [DetectionsAnswer].
type StreamTrend struct {
	Demo      bool      `json:"demo,omitzero"`
	AsOf      time.Time `json:"as_of"`  // end of the pane after which it was found
	Change    string    `json:"change"` // raised, held, phase or over
	Detection Detection `json:"detection"`
	// Trend is the row of the ranking as of then; null where the trend is over or the
	// ranking is not kept any more.
	Trend *Trend `json:"trend"`
}

// StreamReset says that events between the place that was given and the one that this
// event has are missing for good.
type StreamReset struct {
	Demo   bool       `json:"demo,omitzero"`
	AsOf   *time.Time `json:"as_of"`
	Seq    uint64     `json:"seq"`
	Reason string     `json:"reason"`
}
