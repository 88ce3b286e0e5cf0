// Package trace holds streams as exact counts by term and pane: what every
// detector under comparison is given. No sketch is involved.
package trace

import (
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// Cell is what one term had in one pane of ten minutes.
type Cell struct {
	Term  uint32 // index into Trace.Terms
	Posts uint32
	// Fresh counts authors who did not use the term in the 24 hours before, in
	// half units: 2 for an original post, 1 for a repost.
	Fresh uint32
	// Hour and Day count authors who had not used the term before in the running
	// UTC hour and the running UTC day: their sums over the panes of an hour or a
	// day are the distinct authors of it.
	Hour, Day uint32
	// Thin counts posts that were thin, as the engine sees them ([window.NewcomerHours],
	// [window.EchoHours]): of an account that is new to its platform, or saying what
	// another account said lately.
	Thin uint32
}

// Term is one counted term on one platform.
type Term struct {
	Kind     term.Kind
	Key      string
	Platform uint16 // index into Trace.Platforms
	Group    uint32 // shared by variants and by the term on other platforms
}

// Trace is one stream. It is read-only once built and may be shared.
type Trace struct {
	Name      string
	Platforms []string
	Terms     []Term
	First     int64    // number of the first pane: Unix seconds / 600
	Panes     [][]Cell // from First on, without gap; each by term
}

// Last returns the number of the last pane.
func (t *Trace) Last() int64 { return t.First + int64(len(t.Panes)) - 1 }

// Find returns the index of a term, or -1.
func (t *Trace) Find(kind term.Kind, platform, key string) int {
	for i := range t.Terms {
		if x := &t.Terms[i]; x.Key == key && x.Kind == kind && t.Platforms[x.Platform] == platform {
			return i
		}
	}
	return -1
}

// Days returns the length in days.
func (t *Trace) Days() float64 {
	return float64(len(t.Panes)) / (24 * detect.PanesPerHour)
}
