package feed

import (
	"fmt"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/swell-radar/swell/engine"
)

// kept is how many events are kept in memory at least, once there were so many, and half
// of how many there are at most. Each takes up to four kilobytes when it was sent.
const kept = 2048

// Feed is a sequence of events that grows.
type Feed struct {
	mu    sync.Mutex // of those who publish a state
	state atomic.Pointer[State]
}

// State is the sequence as it is at one moment. It is never changed.
type State struct {
	events  []*Event
	before  ID // the place before the oldest of them
	last    ID
	view    *engine.View
	settled bool
	changed chan struct{}
}

// New returns the sequence of a life, which is 1 to 32 letters and digits. It goes on
// from a view and from the number of detections that were made up to it.
func New(life string, view *engine.View, detections uint64) (*Feed, error) {
	if !validLife(life) {
		return nil, fmt.Errorf("feed: the life is called %.80q; use 1 to %d letters and digits", life, maxLife)
	}
	at := ID{Life: life, Seq: view.Seq, Pos: detections}
	f := &Feed{}
	f.state.Store(&State{before: at, last: at, view: view, changed: make(chan struct{})})
	return f, nil
}

// Push adds the events of a view: of the lines that the log of detections has got, which
// are those of found, and of the view itself. The lines have to be in the log before. It keeps the
// lines, the view until the next one, and a row for each line.
func (f *Feed) Push(v *engine.View, found []engine.Detection, lines [][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.state.Load()
	next := &State{before: old.before, last: old.last, view: v, settled: old.settled, changed: make(chan struct{})}
	added := make([]*Event, 0, len(lines)+1)
	for i, line := range lines {
		d := &found[i]
		e := &Event{
			ID: next.last, Seq: v.Seq, AsOf: v.AsOf, From: v.From, Line: line, Pos: next.last.Pos,
			Trend: Row(v, d.Term.Kind, d.Term.Key, d.Platform, d.Gauge),
		}
		e.ID.Pos++
		next.last = e.ID
		added = append(added, e)
	}
	next.last.Seq = v.Seq
	added = append(added, &Event{ID: next.last, Seq: v.Seq, AsOf: v.AsOf, From: v.From, Trends: len(v.Trends), Held: len(v.Held)})
	next.events = append(old.events, added...) // behind the end of what readers of the old state see
	if n := len(next.events) - kept; n > 0 && len(next.events) >= 2*kept {
		next.before = next.events[n-1].ID
		next.events = slices.Clone(next.events[n:]) // the array goes, and the old events with it
	}
	f.publish(old, next)
}

// Settle says that nothing is missing any more of what an earlier run had told: a place
// behind the newest event is none of this sequence. It may be called again.
func (f *Feed) Settle() {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.state.Load()
	if old.settled {
		return
	}
	next := *old
	next.settled, next.changed = true, make(chan struct{})
	f.publish(old, &next)
}

func (f *Feed) publish(old, next *State) {
	f.state.Store(next)
	close(old.changed)
}

// Now returns the sequence as it is.
func (f *Feed) Now() *State { return f.state.Load() }

// Changed is closed when there is a newer state.
func (s *State) Changed() <-chan struct{} { return s.changed }

// Last returns the place behind the newest event.
func (s *State) Last() ID { return s.last }

// View returns the newest view whose event has been added.
func (s *State) View() *engine.View { return s.view }

// Settled reports whether [Feed.Settle] was called.
func (s *State) Settled() bool { return s.settled }

// Before returns the place from which on all events are here: detections before it are
// in the log alone.
func (s *State) Before() ID { return s.before }

// Since returns the events from the first one on that is behind a place, oldest first;
// none for a place that is still to come. Some of the others may not be behind it where the place is none that
// an event had: see [Event.After]. It reports false where detections behind the place
// are here no more. Views that are here no more are left out.
func (s *State) Since(at ID) (events []*Event, ok bool) {
	if at.Pos < s.before.Pos {
		return nil, false
	}
	n := sort.Search(len(s.events), func(i int) bool { return !s.events[i].ID.Within(at) })
	return s.events[n:], true
}
