package engine

import (
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/pairs"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// company is what the pairs are to be seen beside, as of a closed pane. It does not
// change; the owners share it.
type company struct {
	pane int64    // up to which pairs are counted
	from int64    // Unix hour from which on they are
	all  []uint64 // posts with a term in this time, by platform
}

// termed is how many posts of a platform had a term, by hour of the window. The
// conductor owns it.
type termed struct {
	Hour int64                  // the newest
	Rows [][window.Hours]uint64 `json:",omitempty"` // by platform; an hour has the place of its number modulo the hours
}

// add counts the posts of a pane that was closed.
func (h *termed) add(pane int64, tallies []platformTally) {
	hour := detect.HourOf(pane)
	for old := max(h.Hour+1, hour-window.Hours+1); old <= hour; old++ {
		for p := range h.Rows {
			h.Rows[p][hourPlace(old)] = 0
		}
	}
	h.Hour = hour
	for i := range tallies {
		t := &tallies[i]
		for len(h.Rows) <= int(t.Platform) {
			h.Rows = append(h.Rows, [window.Hours]uint64{})
		}
		h.Rows[t.Platform][hourPlace(hour)] += t.Termed
	}
}

func hourPlace(hour int64) int64 { return (hour%window.Hours + window.Hours) % window.Hours }

// since returns the sums of the hours from the given one on, by platform.
func (h *termed) since(from int64) []uint64 {
	out := make([]uint64, len(h.Rows))
	for p := range h.Rows {
		for hour := from; hour <= h.Hour; hour++ {
			out[p] += h.Rows[p][hourPlace(hour)]
		}
	}
	return out
}

// meet returns what pairs are to be seen beside as of the newest closed pane; nil: there
// is no whole hour to be told of.
func (c *conductor) meet() *company {
	hour := detect.HourOf(c.pane)
	from := max((pairs.PeriodOf(hour)-pairs.Periods+1)*pairs.Period, c.activity.Whole)
	if c.pane == 0 || from > hour {
		return nil
	}
	return &company{c.pane, from, c.termed.since(from)}
}

// pair has the owners count the pairs of the pane that was just closed: of terms that are tracked, so
// that words that are made up and never come again are no pairs.
func (c *conductor) pair(pane int64, note *closing) {
	c.termed.add(pane, note.tallies)
	company := c.meet()
	posts, left := note.joint, note.unpaired
	if company == nil {
		posts, left = nil, 0 // the numbers beside it do not reach back so far
	}
	known := make([]bool, len(posts))
	c.each(func(o *owner) {
		o.company = company
		o.pairs.Advance(pairs.PeriodOf(detect.HourOf(pane)))
		o.pairs.Miss(left)
		o.know(posts, known)
	})
	if len(posts) > 0 {
		c.each(func(o *owner) { o.pair(posts, known) })
	}
}

// know notes which terms of some posts the owner tracks, by place.
func (o *owner) know(posts []uint64, known []bool) {
	for at := 0; at < len(posts); {
		n := int(posts[at] & jointCount)
		for at++; n > 0; at, n = at+1, n-1 {
			if id := term.ID(posts[at]); o.counts(id) {
				_, known[at] = o.shard.Find(id)
			}
		}
	}
}

// pair counts the pairs of which the first term is the owner's.
func (o *owner) pair(posts []uint64, known []bool) {
	for at := 0; at < len(posts); {
		from := at + 1
		at = from + int(posts[at]&jointCount)
		for i := from; i < at; i++ {
			if !known[i] || !o.counts(term.ID(posts[i])) {
				continue
			}
			of := o.pairs.Of(posts[i])
			for j := from; j < at; j++ {
				if j != i && known[j] && posts[j] != 0 {
					o.pairs.Add(of, posts[j])
				}
			}
		}
	}
	o.pairs.Flush()
}

// span returns the posts of a tracked term in the hours from the given one up to a closed
// pane, and how many of these are no more than a bound, of a time before it was tracked.
func (o *owner) span(slot int, info *window.Info, from, pane int64) (posts, over uint64) {
	o.shard.Read(slot, pane, o.series)
	hours := o.series.CoarsePosts
	oldest := detect.HourOf(pane) - int64(len(hours)) + 1
	for _, n := range hours[max(from-oldest, 0):] {
		posts += uint64(n)
	}
	if info.Since > from*detect.PanesPerHour {
		over = uint64(info.Before)
	}
	return posts + over, over
}
