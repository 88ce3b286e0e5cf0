package rivals

import (
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/engine/detect"
)

// Detector scores the terms of one stream, pane by pane.
type Detector interface {
	// Name is short and tells settings apart.
	Name() string
	// Source names the paper or code that the method is taken from.
	Source() string
	// Step takes the cells of the closed pane, by term, and calls emit for every
	// term whose score or rank is now above 0, once, in an order that is the same
	// for the same calls. Score decides alarms, rank orders the list. A term that
	// is not emitted has neither. Panes ascend; those left out count as empty.
	Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64))
}

// Unit is what a detector counts.
type Unit uint8

// The units.
const (
	// Posts counts every use of a term.
	Posts Unit = iota
	// Authors counts authors who did not use the term in the 24 hours before; one
	// who reposts is half an author.
	Authors
)

// String returns "posts" or "authors".
func (u Unit) String() string {
	if u == Authors {
		return "authors"
	}
	return "posts"
}

// twice returns what the cell holds, in half units.
func (u Unit) twice(c *trace.Cell) uint32 {
	if u == Authors {
		return c.Fresh
	}
	return 2 * c.Posts
}

// leastUses is how many uses a term needs to be scored at all.
const leastUses = 3

// live is the set of terms that a detector has to look at in every pane, in the
// order in which they came.
type live struct {
	list []uint32
	in   []bool // by term
}

func newLive(terms int) live { return live{in: make([]bool, terms)} }

func (l *live) add(term uint32) {
	if !l.in[term] {
		l.in[term] = true
		l.list = append(l.list, term)
	}
}

// retain calls keep for each term and drops those it refuses.
func (l *live) retain(keep func(term uint32) bool) {
	kept := l.list[:0]
	for _, t := range l.list {
		if keep(t) {
			kept = append(kept, t)
		} else {
			l.in[t] = false
		}
	}
	l.list = kept
}

// hours returns a number of panes in hours.
func hours(panes int64) float64 { return float64(panes) / detect.PanesPerHour }
