package window

import (
	"math"
	"slices"

	"github.com/swell-radar/swell/sketch"
)

// Shard counts the terms whose IDs fall to it.
//
// Concurrency: one owner goroutine at a time, for every method and for all that
// they return. Only the bell and the rings of its lanes are touched by others.
type Shard struct {
	cfg     Config
	budget  budget
	records []record
	names   []Name
	authors []sketch.WindowedHLL
	rings   rings
	index   index
	used    int
	high    int   // slots below it have been used
	dense   int   // terms whose authors are kept in registers
	newest  int64 // newest pane counted
	free    []int // slots below high that are not in use

	door  *sketch.CountMin
	fresh *sketch.FreshFilter
	rng   uint64

	panes []openPane // by pane modulo its length
	stats Stats

	lanes []lane
	next  int // lane to look at first
	bell  bell
}

// Name is what people call a tracked term.
type Name struct {
	Key     string
	Display string // the spelling that the majority of posts used
}

// Stats counts what a shard did. All counts are since the shard was made, and go
// into its snapshots.
type Stats struct {
	Posts     uint64 // counted, tracked or not
	Untracked uint64 // of these, counted by the doorkeeper alone
	Stale     uint64 // posts for a pane that had left the rings; not counted
	Admitted  uint64 // terms that came into the table
	Evicted   uint64 // terms that left it for a warmer one
	Retired   uint64 // terms that left it because nobody used them any more
	Tracked   int    // terms in the table now
	Capacity  int    // terms it can hold
}

// freshHours is the length of a generation of the fresh filter: an author is
// fresh again after 24 to 36 hours, less the lateness.
const freshHours = 12

func newShard(cfg Config, number int) *Shard {
	b := cfg.budget()
	fine, hours := cfg.slots()
	return &Shard{
		cfg:     cfg,
		budget:  b,
		records: make([]record, b.terms),
		names:   make([]Name, b.terms),
		authors: make([]sketch.WindowedHLL, b.terms),
		rings:   newRings(b.terms, fine, hours, cfg.PanesPerHour()),
		index:   newIndex(b.terms),
		door:    sketch.NewCountMin(nil, b.doorkeeper),
		fresh:   sketch.NewFreshFilter(b.filter),
		rng:     uint64(number) + 1,
		panes:   make([]openPane, fine-Panes+2),
		bell:    newBell(),
	}
}

// openPane is what a shard notes about a pane until it is closed.
type openPane struct {
	pane    int64
	touched []uint32 // slots that got posts, as they came; one may stand twice or be given up since
	volumes []Volume // by platform
}

// Volume is what one platform delivered in one pane, over the tracked terms: a
// post with three terms counts three times.
type Volume struct {
	Posts uint64
	Fresh uint64 // fresh authors, in halves
}

// open returns the notes on a pane. Panes are closed in order, and so few are
// open at once that they never share a place; what is found there of an older
// pane was left by a leap in time.
func (s *Shard) open(pane int64) *openPane {
	o := &s.panes[mod(pane, int64(len(s.panes)))]
	if o.pane != pane {
		o.pane, o.touched = pane, o.touched[:0]
		clear(o.volumes)
	}
	return o
}

// touch notes a slot. Slots that change hands within the pane are noted again
// and again, so the list is tidied before it outgrows the table.
func (o *openPane) touch(slot uint32, most int) {
	if len(o.touched) >= most {
		slices.Sort(o.touched)
		o.touched = slices.Compact(o.touched)
	}
	o.touched = append(o.touched, slot)
}

func (o *openPane) volume(platform uint16) *Volume {
	for len(o.volumes) <= int(platform) {
		o.volumes = append(o.volumes, Volume{})
	}
	return &o.volumes[platform]
}

// apply counts a batch.
func (s *Shard) apply(b *Batch) {
	slots := [batchEntries]int32{}
	for i := range b.entries {
		slots[i] = s.count(b, &b.entries[i])
	}
	for i := range b.authors {
		a := &b.authors[i]
		e := &b.entries[a.entry]
		// A later entry may have evicted the term and taken its slot.
		if slot := int(slots[a.entry]); slot >= 0 && s.records[slot].used && s.records[slot].id == e.id {
			s.meet(slot, e.pane, a)
		}
	}
}

// count adds an entry's posts and returns the term's slot, or -1 if it is not
// tracked.
func (s *Shard) count(b *Batch, e *entry) int32 {
	hour := s.cfg.HourOf(e.pane)
	s.newest = max(s.newest, e.pane)
	s.door.Advance(floorDiv(hour, s.cfg.doorHours()))
	s.stats.Posts += uint64(e.posts)
	slot, ok := s.index.find(s.records, e.id)
	if !ok {
		if slot = s.admit(b, e); slot < 0 {
			s.stats.Untracked += uint64(e.posts)
			return -1
		}
	}
	r := &s.records[slot]
	s.rings.roll(slot, r, e.pane)
	if !s.rings.holds(r, e.pane) {
		s.stats.Stale += uint64(e.posts)
		return -1
	}
	open := s.open(e.pane)
	open.volume(e.platform).Posts += uint64(e.posts)
	r.first = min(r.first, e.pane)
	r.warm(e.pane, e.posts)
	r.lifetime += min(e.posts, math.MaxUint32-r.lifetime)
	s.vote(slot, b.display(e), int32(e.posts))
	at := s.rings.fineOf(slot, e.pane)
	if s.rings.posts[at] == 0 {
		open.touch(uint32(slot), 2*len(s.records))
	}
	s.rings.posts[at] += e.posts
	s.rings.hourPosts[s.rings.hourOf(slot, hour)] += e.posts
	return int32(slot)
}

// meet counts an author of a tracked term: as fresh evidence if the term has not
// met it lately, and towards the distinct authors.
func (s *Shard) meet(slot int, pane int64, a *authorRef) {
	hour := s.cfg.HourOf(pane)
	s.fresh.Advance(floorDiv(hour, freshHours))
	if s.fresh.Add(sketch.Mix(uint64(s.records[slot].id), a.author)) {
		s.open(pane).volume(s.records[slot].platform).Fresh += uint64(a.halves)
		s.rings.fresh[s.rings.fineOf(slot, pane)] += uint32(a.halves)
		s.rings.hourFresh[s.rings.hourOf(slot, hour)] += uint32(a.halves)
	}
	known := s.authors[slot].Dense()
	s.authors[slot].Add(a.author, hour, s.precision())
	if !known && s.authors[slot].Dense() {
		s.dense++
	}
}

// scarcePrecision is used for further registers once their share of the memory
// is taken: 1 KiB a term, and a standard error of 13 %.
const scarcePrecision = 6

func (s *Shard) precision() uint8 {
	if s.dense >= s.budget.registers {
		return min(scarcePrecision, s.cfg.AuthorPrecision)
	}
	return s.cfg.AuthorPrecision
}

// vote keeps the majority spelling (Boyer and Moore, 1981). A tie keeps the one
// that stands.
func (s *Shard) vote(slot int, display []byte, n int32) {
	r, name := &s.records[slot], &s.names[slot]
	switch {
	case string(display) == name.Display:
		r.votes = min(r.votes+n, math.MaxInt32/2)
	case n <= r.votes:
		r.votes -= n
	default:
		r.votes = n - r.votes
		name.Display = string(display)
	}
}

// room is the estimate a term needs to be admitted: none while the table is at
// most half full, so that small streams are counted exactly from the first post.
func (s *Shard) room() uint32 {
	switch used := s.used; {
	case used*2 < len(s.records):
		return 1
	case used*4 < len(s.records)*3:
		return 2
	default:
		return 3
	}
}

// admit gives a term a slot if it has earned one, and returns it, or -1. A term
// that gets none is counted by the doorkeeper; one that does is counted by the
// table alone from here on.
func (s *Shard) admit(b *Batch, e *entry) int {
	before, full := s.door.Estimate(uint64(e.id))
	estimate := before + min(e.posts, math.MaxUint32-before)
	if estimate < s.room() || s.used == len(s.records) && !s.evict(e.pane, estimate) {
		s.door.Add(uint64(e.id), e.posts)
		return -1
	}
	slot := s.take()
	r := &s.records[slot]
	*r = record{
		id: e.id, platform: e.platform, kind: e.kind, used: true, gen: r.gen + 1,
		since: e.pane, first: e.pane, newest: e.pane, heatPane: e.pane,
		heat: float32(before), before: before, full: full,
	}
	if before > 0 {
		// Uses that the doorkeeper counted may lie in any pane that was open.
		r.since = s.newest + 1
	}
	s.names[slot] = Name{Key: string(b.key(e)), Display: string(b.display(e))}
	s.rings.clear(slot)
	s.index.insert(e.id, slot)
	s.used++
	s.stats.Admitted++
	return slot
}

func (s *Shard) take() int {
	if n := len(s.free); n > 0 {
		slot := s.free[n-1]
		s.free = s.free[:n-1]
		return slot
	}
	s.high++
	return s.high - 1
}

// evictSample is how many slots eviction looks at.
const evictSample = 8

// evict makes room for a newcomer with the given estimate: it looks at a few
// random slots and gives up the coldest, if that is colder than the newcomer. A
// flood of terms seen once or twice never is warmer than what is in use.
func (s *Shard) evict(pane int64, estimate uint32) bool {
	victim, coldest := -1, float32(estimate)
	for range evictSample {
		s.rng = s.rng*6364136223846793005 + 1442695040888963407
		slot := int(s.rng >> 33 % uint64(len(s.records)))
		if h := s.records[slot].heatAt(pane); h < coldest {
			victim, coldest = slot, h
		}
	}
	if victim < 0 {
		return false
	}
	r := &s.records[victim]
	// What came before the table counted is in the doorkeeper still.
	s.door.Add(uint64(r.id), uint32(min(s.rings.held(victim), math.MaxUint32)))
	s.giveUp(victim)
	s.stats.Evicted++
	return true
}

// giveUp frees a slot.
func (s *Shard) giveUp(slot int) {
	r := &s.records[slot]
	s.index.remove(s.records, r.id)
	if s.authors[slot].Dense() {
		s.dense--
	}
	s.authors[slot] = sketch.WindowedHLL{}
	s.names[slot] = Name{}
	r.used = false
	s.free = append(s.free, slot)
	s.used--
}

// Retire frees the slots of terms that have nothing in the window any more: those
// that were quiet for maxQuiet panes, and those that were quiet for the window
// and never had fewest posts in all. It is called now and then with the newest
// closed pane, and costs a pass over the table.
func (s *Shard) Retire(pane, maxQuiet int64, fewest uint32) {
	window := Hours * s.cfg.PanesPerHour()
	for slot := range s.Slots() {
		r := &s.records[slot]
		quiet := pane - r.newest
		if quiet > maxQuiet || quiet > window && r.lifetime < fewest {
			s.giveUp(slot)
			s.stats.Retired++
		}
	}
}

// total returns the posts of a slot within the window that ends with pane.
func (s *Shard) total(slot int, pane int64) uint64 {
	var hours [Hours]uint32
	s.rings.copyHours(hours[:], s.rings.hourPosts, s.rings.posts, slot, &s.records[slot], pane)
	n := uint64(0)
	for _, h := range hours {
		n += uint64(h)
	}
	return n
}
