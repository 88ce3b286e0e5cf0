package window

import (
	"iter"

	"github.com/swell-radar/swell/term"
)

// Name is what people call a tracked term.
type Name struct {
	Key     string
	Display string // the spelling that the majority of posts used
}

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
	Full       bool   // a counter of the doorkeeper was full: Before may be too few
	Stopped    bool   // a counter reached its top
}

// Series is a term's counts behind a closed pane, oldest first. Fresh authors are
// in halves: an original's author adds 2, a repost's 1. [Config.NewSeries] makes
// one.
type Series struct {
	Posts, Fresh             []uint32 // [Panes] panes; the last is the closed one
	CoarsePosts, CoarseFresh []uint32 // the window's coarse panes; the last runs, up to the closed pane
}

// Info returns the description of a slot in use. It allocates the name.
func (s *Shard) Info(slot int) Info {
	r := &s.records[slot]
	return Info{
		ID: r.id, Kind: r.kind, Platform: r.platform, Name: s.name(r),
		Generation: r.gen, Since: int64(r.since), First: int64(r.first), Before: r.before,
		Full: r.has(flagFull), Stopped: r.has(flagStopped),
	}
}

func (s *Shard) name(r *record) Name {
	var buf [2 * maxText]byte
	text := s.text.append(buf[:0], r.text, int(r.keyLen)+int(r.displayLen))
	n := Name{Key: string(text[:r.keyLen])}
	if n.Display = n.Key; r.displayLen > 0 {
		n.Display = string(text[r.keyLen:][:r.displayLen])
	}
	return n
}

// ID returns [Info.ID] of a slot alone.
func (s *Shard) ID(slot int) term.ID { return s.records[slot].id }

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
			if s.records[slot].used() && !yield(slot) {
				return
			}
		}
	}
}

// Cap returns the number of slots there can be.
func (s *Shard) Cap() int { return len(s.records) }

// Read fills out with the counts of a slot behind the given closed pane.
func (s *Shard) Read(slot int, pane int64, out *Series) {
	clear(out.Posts)
	clear(out.Fresh)
	clear(out.CoarsePosts)
	clear(out.CoarseFresh)
	switch r := &s.records[slot]; r.form {
	case formNarrow:
		read(s.narrow.block(r.body), &s.geo, int64(r.newest), pane, out)
	case formWide:
		read(s.wide.block(r.body), &s.geo, int64(r.newest), pane, out)
	default:
		s.readLog(r, pane, out)
	}
}

func (s *Shard) readLog(r *record, pane int64, out *Series) {
	first := pane - Panes + 1
	oldest := s.geo.coarseOf(pane) - s.geo.window + 1
	for _, u := range s.log(r) {
		p := u.pane(int64(r.newest))
		if p > pane {
			continue
		}
		posts, halves := u.counts()
		if p >= first {
			out.Posts[p-first] += uint32(posts)
			out.Fresh[p-first] += uint32(halves)
		}
		if n := s.geo.coarseOf(p); n >= oldest {
			out.CoarsePosts[n-oldest] += uint32(posts)
			out.CoarseFresh[n-oldest] += uint32(halves)
		}
	}
}

// CoarsePosts fills out with a slot's posts of the coarse panes behind the given
// closed pane, as in [Series].
func (s *Shard) CoarsePosts(slot int, pane int64, out []uint32) {
	s.Read(slot, pane, s.scratch)
	copy(out, s.scratch.CoarsePosts)
}

// Coarse returns a slot's posts and fresh authors (in halves) of one whole coarse
// pane within the window.
func (s *Shard) Coarse(slot int, n int64) (posts, halves uint32) {
	r := &s.records[slot]
	switch r.form {
	case formNarrow:
		return oneCoarse(s.narrow.block(r.body), &s.geo, int64(r.newest), n)
	case formWide:
		return oneCoarse(s.wide.block(r.body), &s.geo, int64(r.newest), n)
	}
	for _, u := range s.log(r) {
		if s.geo.coarseOf(u.pane(int64(r.newest))) == n {
			a, b := u.counts()
			posts, halves = posts+uint32(a), halves+uint32(b)
		}
	}
	return posts, halves
}

// Recent returns the posts of a slot in the given number of coarse panes that end
// with that of pane, later panes of it included: a quick upper bound for any
// window within.
func (s *Shard) Recent(slot int, pane int64, coarse int64) (n uint64) {
	r := &s.records[slot]
	last := s.geo.coarseOf(pane)
	if !r.rings() {
		for _, u := range s.log(r) {
			if c := s.geo.coarseOf(u.pane(int64(r.newest))); c > last-coarse && c <= last {
				posts, _ := u.counts()
				n += posts
			}
		}
		return n
	}
	for c := last - coarse + 1; c <= last; c++ {
		posts, _ := s.Coarse(slot, c)
		n += uint64(posts)
	}
	return n
}

// total returns the posts of a slot within the window that ends with pane.
func (s *Shard) total(slot int, pane int64) (n uint64) {
	s.Read(slot, pane, s.scratch)
	for _, v := range s.scratch.CoarsePosts {
		n += uint64(v)
	}
	return n
}

// Count is the number of posts of a term in the window, as far as it is known.
// The truth lies in [Posts-Over, Posts], with a chance of 1-[BoundDelta] where
// Over is not zero; where AtLeast is set it may be higher than Posts.
type Count struct {
	Posts   uint64
	Over    uint64 // how much too high Posts may be
	Tracked bool   // counted exactly since pane Since
	Since   int64
	AtLeast bool // a counter reached its top
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
	c := Count{Posts: s.total(slot, pane), Tracked: true, Since: int64(r.since), AtLeast: r.has(flagStopped)}
	if start := (s.geo.coarseOf(pane) - s.geo.window + 1) * s.geo.perCoarse; int64(r.since) > start {
		c.Posts += uint64(r.before)
		c.Over, c.AtLeast = uint64(r.before), c.AtLeast || r.has(flagFull)
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

// FalseSeen returns the share of fresh authors that are taken for known ones as
// things stand: the relative error of fresh counts of terms with rings, always
// downwards.
func (s *Shard) FalseSeen() float64 { return s.meetings.FalseSeen(boundProbes / 4) }

// FreshHorizon returns how many hours back authors are remembered as known: 24
// unless memory runs short, when some are counted as fresh again.
func (s *Shard) FreshHorizon() float64 {
	return s.meetings.Horizon() / float64(s.cfg.PanesPerHour())
}

// Stats returns the shard's counters.
func (s *Shard) Stats() Stats {
	st := s.stats
	st.Tracked, st.Capacity, st.Threshold = s.used(), len(s.records), s.asked()
	return st
}
