package engine

import (
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// PanePoint is one tracked term's counts in one pane. They are final: no later
// record changes them.
type PanePoint struct {
	ID    term.ID
	Posts uint32
	Fresh uint32 // fresh authors, in halves
}

// Tracking says how a term is counted from the closing of one pane on, until the
// next of the same term: whether it is in the table, and if so what [TermCounts]
// tells of that. It comes when the term enters the table or leaves it, is spelt
// otherwise by most, or turns out to have an earlier post.
type Tracking struct {
	ID      term.ID
	Tracked bool
	// The following are of tracked terms only. Panes are numbered since 1970.
	Term     term.Term
	Platform string
	First    int64 // pane of the first post counted
	Since    int64 // pane from which the counts are exact
	Before   uint32
	Full     bool // Before may be too few
	Stopped  bool // a counter reached its top
}

// closePane lists what the terms had in the pane, and of which terms it changed how
// they are counted.
func (o *owner) closePane(pane int64, platforms *platforms) {
	o.panePoints, o.trackings = o.panePoints[:0], o.trackings[:0]
	for _, slot := range o.shard.Touched(pane) {
		posts, fresh := o.shard.PaneCounts(int(slot), pane)
		if posts > 0 || fresh > 0 {
			o.panePoints = append(o.panePoints, PanePoint{o.shard.ID(int(slot)), posts, fresh})
		}
	}
	for slot := range o.shard.News() {
		o.tell(slot, platforms)
	}
}

// tell lists who left the slot and who has it now.
func (o *owner) tell(slot int, platforms *platforms) {
	before := o.told[slot]
	o.told[slot] = 0
	var info window.Info
	if o.shard.Used(slot) {
		info = o.shard.Info(slot)
		o.told[slot] = info.ID
	}
	if before != 0 && before != info.ID {
		if _, ok := o.shard.Find(before); !ok {
			o.trackings = append(o.trackings, Tracking{ID: before})
		}
	}
	if o.told[slot] == 0 {
		return
	}
	o.trackings = append(o.trackings, Tracking{
		ID: info.ID, Tracked: true, Term: term.Term{Kind: info.Kind, Key: info.Key, Display: info.Display},
		Platform: platforms.name(info.Platform), First: info.First, Since: info.Since,
		Before: info.Before, Full: info.Full, Stopped: info.Stopped,
	})
}

// panePoints moves what the owners listed into the tick.
func (c *conductor) panePoints(tick *Tick) {
	points, trackings := 0, 0
	for _, o := range c.owners {
		points, trackings = points+len(o.panePoints), trackings+len(o.trackings)
	}
	tick.PanePoints, tick.Trackings = make([]PanePoint, 0, points), make([]Tracking, 0, trackings)
	for _, o := range c.owners {
		tick.PanePoints = append(tick.PanePoints, o.panePoints...)
		tick.Trackings = append(tick.Trackings, o.trackings...)
	}
}
