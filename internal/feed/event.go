package feed

import (
	"sync"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Event is one event. It is never changed; any goroutine may read it.
type Event struct {
	ID   ID     // the place behind it
	Seq  uint64 // of the view that it came with
	AsOf int64  // end of that view's newest pane, Unix seconds
	From int64  // start of its window, Unix seconds

	// Line is what the log of detections has at Pos, and Trend the row of the view, nil
	// where the trend is over. Line is nil in the event of a view.
	Line  []byte
	Pos   uint64
	Trend *engine.Trend

	// Of the event of a view: how many trends are in the ranking and held back.
	Trends, Held int

	once  sync.Once
	frame any
}

// After reports whether the event is behind a place: whether who is there has not had it.
func (e *Event) After(at ID) bool {
	if e.IsView() {
		return e.ID.Seq > at.Seq
	}
	return e.ID.Pos > at.Pos
}

// IsView reports whether the event is that of a view.
func (e *Event) IsView() bool { return e.Line == nil }

// Once returns what the first call's function made of the event: many who send one
// event encode it once. All calls have to give the same function.
func (e *Event) Once(encode func(*Event) any) any {
	e.once.Do(func() { e.frame = encode(e) })
	return e.frame
}

// Row returns the row that a detection is about in its view: of a term on a platform,
// found in posts or in gauges. It is nil where there is none, as of a trend that is over.
// It is a copy, so that one row does not hold a whole ranking in memory.
func Row(v *engine.View, kind term.Kind, key, platform string, gauge bool) *engine.Trend {
	for t := range v.Open() {
		if t.Platform == platform && t.Term.Kind == kind && t.Term.Key == key && t.Flags.Has(detect.FlagGauge) == gauge {
			row := *t
			return &row
		}
	}
	return nil
}
