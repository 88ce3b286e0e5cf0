package window

import (
	"iter"
	"slices"

	"github.com/swell-radar/swell/term"
)

// Info describes a tracked term.
type Info struct {
	ID       term.ID
	Kind     term.Kind
	Platform uint16
	Name
	Generation uint32 // changes when the slot is given to another term
	Since      int64  // pane from which its counts are exact
	First      int64  // pane of the oldest post counted
	Before     uint32 // uses before Since: the doorkeeper's estimate, never too few
}

// Series is a term's counts behind a closed pane, oldest first. Fresh authors are
// in halves: an original's author adds 2, a repost's 1.
type Series struct {
	Posts, Fresh         [Panes]uint32 // the last is the closed pane
	HourPosts, HourFresh [Hours]uint32 // UTC hours; the last runs, up to the closed pane
}

// Info returns the description of a slot in use.
func (s *Shard) Info(slot int) Info {
	r := &s.records[slot]
	return Info{
		ID: r.id, Kind: r.kind, Platform: r.platform, Name: s.names[slot],
		Generation: r.gen, Since: r.since, First: r.first, Before: r.before,
	}
}

// Generation returns [Info.Generation] of a slot alone.
func (s *Shard) Generation(slot int) uint32 { return s.records[slot].gen }

// Platform returns [Info.Platform] of a slot alone.
func (s *Shard) Platform(slot int) uint16 { return s.records[slot].platform }

// Find returns the slot of a tracked term.
func (s *Shard) Find(id term.ID) (slot int, ok bool) { return s.index.find(s.records, id) }

// Slots yields the slots in use, in ascending order.
func (s *Shard) Slots() iter.Seq[int] {
	return func(yield func(int) bool) {
		for slot := range s.high {
			if s.records[slot].used && !yield(slot) {
				return
			}
		}
	}
}

// Cap returns the number of slots there can be.
func (s *Shard) Cap() int { return len(s.records) }

// Touched returns the slots that got posts in the pane, in ascending order. The
// slice is valid until the next Step.
func (s *Shard) Touched(pane int64) []uint32 {
	o := s.open(pane)
	slices.Sort(o.touched)
	// A slot that was given to another term within the pane was noted twice, one
	// that was given up is in use no more.
	o.touched = slices.Compact(o.touched)
	o.touched = slices.DeleteFunc(o.touched, func(slot uint32) bool { return !s.records[slot].used })
	return o.touched
}

// Volumes returns what each platform delivered in the pane, by platform number;
// it ends with the last platform that delivered anything. The slice is valid
// until the next Step.
func (s *Shard) Volumes(pane int64) []Volume { return s.open(pane).volumes }

// Read fills out with the counts of a slot behind the given closed pane.
func (s *Shard) Read(slot int, pane int64, out *Series) {
	r, g := &s.records[slot], &s.rings
	g.copyPanes(out.Posts[:], g.posts, slot, r, pane)
	g.copyPanes(out.Fresh[:], g.fresh, slot, r, pane)
	g.copyHours(out.HourPosts[:], g.hourPosts, g.posts, slot, r, pane)
	g.copyHours(out.HourFresh[:], g.hourFresh, g.fresh, slot, r, pane)
}

// HourPosts fills out with a slot's posts of the hours behind the given closed
// pane, as in [Series].
func (s *Shard) HourPosts(slot int, pane int64, out []uint32) {
	s.rings.copyHours(out, s.rings.hourPosts, s.rings.posts, slot, &s.records[slot], pane)
}

// Hour returns a slot's posts and fresh authors (in halves) of one whole hour
// within the window.
func (s *Shard) Hour(slot int, hour int64) (posts, fresh uint32) {
	r, g := &s.records[slot], &s.rings
	last := floorDiv(r.newest, g.perHour)
	if hour > last || last-hour >= g.hours {
		return 0, 0
	}
	at := g.hourOf(slot, hour)
	return g.hourPosts[at], g.hourFresh[at]
}

// Recent returns the posts of a slot in the given number of hours that end with
// the hour of pane, later panes of that hour included: a quick upper bound for
// any window within.
func (s *Shard) Recent(slot int, pane int64, hours int64) uint64 {
	r, g := &s.records[slot], &s.rings
	last, n := floorDiv(r.newest, g.perHour), uint64(0)
	hour := floorDiv(pane, g.perHour)
	for h := max(hour-hours+1, last-g.hours+1); h <= min(hour, last); h++ {
		n += uint64(g.hourPosts[g.hourOf(slot, h)])
	}
	return n
}

// Authors returns the distinct authors of a slot in the window of the given
// number of hours, and the relative standard error (0: exact). The window ends
// with the hour of pane or, if that is later, of the term's newest post: an
// author is remembered by when it was last met. Authors met before the term was
// tracked are not among them.
func (s *Shard) Authors(slot int, pane int64, hours int) (n uint64, stderr float64) {
	return s.authors[slot].Estimate(s.cfg.HourOf(max(pane, s.records[slot].newest)), hours)
}

// Count is the number of posts of a term in the window, as far as it is known.
// The truth lies in [Posts-Over, Posts], with a chance of 1-[BoundDelta] where
// Over is not zero; where AtLeast is set it may be higher than Posts.
type Count struct {
	Posts   uint64
	Over    uint64 // how much too high Posts may be
	Tracked bool   // counted exactly since pane Since
	Since   int64
	AtLeast bool // a counter of the doorkeeper was full
}

// BoundDelta is the chance with which a published bound may fail.
const BoundDelta = 0.01

const boundProbes = 2048

// Exact reports whether the count is the truth.
func (c Count) Exact() bool { return c.Over == 0 && !c.AtLeast }

// Lookup counts the posts of a term, tracked or not, in the window that ends
// with pane. For a tracked term whose earlier uses lie within the window the
// doorkeeper's estimate of these is added; all of it may be too much, since they
// may be older than the window.
func (s *Shard) Lookup(id term.ID, pane int64) Count {
	slot, ok := s.index.find(s.records, id)
	if !ok {
		n, full := s.door.Estimate(uint64(id))
		// Its generations reach back further than the window.
		return Count{Posts: uint64(n), Over: uint64(n), AtLeast: full}
	}
	r := &s.records[slot]
	c := Count{Posts: s.total(slot, pane), Tracked: true, Since: r.since}
	if windowStart := (s.cfg.HourOf(pane) - Hours + 1) * s.cfg.PanesPerHour(); r.since > windowStart {
		c.Posts += uint64(r.before)
		c.Over, c.AtLeast = uint64(r.before), r.full
	}
	return c
}

// DoorkeeperBound returns by how much an estimate of the doorkeeper is too high
// at most, with a chance of 1-[BoundDelta], over the history it covers.
func (s *Shard) DoorkeeperBound() uint32 {
	if s.stats.Untracked == 0 && s.stats.Evicted == 0 {
		return 0 // nothing ever came to it
	}
	return s.door.ErrorBound(BoundDelta, boundProbes)
}

// FalseSeen returns the share of fresh authors that the filter takes for known
// ones as it stands: the relative error of fresh counts, always downwards.
func (s *Shard) FalseSeen() float64 { return s.fresh.FalseSeen(boundProbes / 4) }

// Stats returns the shard's counters.
func (s *Shard) Stats() Stats {
	st := s.stats
	st.Tracked, st.Capacity = s.used, len(s.records)
	return st
}
