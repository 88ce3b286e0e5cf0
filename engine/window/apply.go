package window

import (
	"math"

	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

// groupSize is how many entries or authors are counted together: what they will
// touch is read first, in loads that do not wait for each other, so that the
// counting finds it in the cache. It stands in for a prefetch instruction.
const groupSize = 32

// stage is what applying a batch keeps by entry.
type stage struct {
	slots [batchEntries]int32  // slot of the entry's term; -1: not tracked
	gens  [batchEntries]uint32 // of the term that had the slot when the entry was counted
	owed  [batchEntries]bool   // its authors' posts are still to be counted, one by one
	keys  [groupSize]uint64
	sink  uint64 // where the loads end, so that they are not optimised away
}

// moment is what a pane means to a shard, worked out once.
type moment struct {
	pane   int64
	hour   int64
	coarse int64
	weight float32
	open   *openPane
}

// at returns the moment of a pane. Two of them are at hand at any time, since
// two neighbouring panes are what a stream usually delivers.
func (s *Shard) at(pane int64) *moment {
	m := &s.moments[pane&1]
	if m.pane != pane || m.open == nil || m.open.pane != pane {
		s.arrive(pane)
		*m = moment{pane: pane, hour: s.cfg.HourOf(pane), coarse: s.geo.coarseOf(pane), weight: s.weigh(pane), open: s.open(pane)}
	}
	return m
}

// arrive moves the sketches' clocks to a pane.
func (s *Shard) arrive(pane int64) {
	if pane <= s.newest {
		return
	}
	s.adapt(min(pane-s.newest, s.geo.panes))
	s.newest = pane
	s.door.Advance(floorDiv(s.cfg.HourOf(pane), s.cfg.doorHours()))
	s.meetings.Advance(pane)
	s.thin.Advance(s.geo.coarseOf(pane))
}

// apply counts a batch: first the posts of its entries, then their authors.
func (s *Shard) apply(b *Batch) {
	for from := 0; from < len(b.entries); from += groupSize {
		to := min(from+groupSize, len(b.entries))
		s.findGroup(b.entries[from:to], s.staged.slots[from:to])
		for i := from; i < to; i++ {
			s.count(b, i)
		}
	}
	for from := 0; from < len(b.authors); from += groupSize {
		group := b.authors[from:min(from+groupSize, len(b.authors))]
		s.keyGroup(b, group)
		for i, a := range group {
			s.meet(b, a, s.staged.keys[i])
		}
	}
}

// find returns the slot of an entry's term, given a guess, or -1.
func (s *Shard) find(e *entry, guess int32) int {
	if guess >= 0 && s.records[guess].id == e.id && s.records[guess].used() {
		return int(guess)
	}
	if slot, ok := s.index.find(s.records, e.id); ok {
		return slot
	}
	return -1
}

// count adds an entry's posts. Those of a term with a log that have an author are
// left to meet.
func (s *Shard) count(b *Batch, i int) {
	e := &b.entries[i]
	pane := int64(e.pane)
	m := s.at(pane)
	s.stats.Posts += uint64(e.posts)
	slot := s.find(e, s.staged.slots[i])
	if slot < 0 {
		if slot = s.admit(b, e, m); slot < 0 {
			s.stats.Untracked += uint64(e.posts)
			s.staged.slots[i] = -1
			return
		}
	}
	s.staged.slots[i] = int32(slot)
	s.slots.TouchCell(slot)
	r := &s.records[slot]
	s.staged.gens[i] = r.gen
	if pane != int64(r.newest) && !s.reach(slot, r, m) {
		s.stats.Stale += uint64(e.posts)
		s.staged.slots[i] = -1
		return
	}
	if e.kind != term.Watch { // else what is usual on a platform would change with the lists
		v := m.open.volume(e.platform)
		v.Posts += uint64(e.posts)
		v.Thin += uint64(e.thin)
	}
	if e.thin > 0 {
		s.thin.Add(m.coarse, uint64(e.id), uint32(e.thin))
	}
	r.heat += float32(e.posts) * m.weight
	r.lifetime += min(e.posts, math.MaxUint32-r.lifetime)
	s.vote(slot, b, e)
	posts := e.posts
	if s.staged.owed[i] = !r.rings() && e.authored > 0; s.staged.owed[i] {
		posts -= uint32(e.authored)
	}
	if posts > 0 {
		s.add(slot, pane, posts, 0)
	}
}

// reach makes a term ready for posts of a pane that is not its newest: the counts
// move forward, or the pane is noted again. It reports false if the term holds
// that pane no more.
func (s *Shard) reach(slot int, r *record, m *moment) bool {
	if m.pane > int64(r.newest) {
		s.advance(slot, m.pane)
	} else {
		at, holds := s.geo.at(m.pane, int64(r.newest))
		if !holds {
			return false
		}
		if int64(r.newest)-m.pane < s.geo.fine && s.has(r, m.pane, at) {
			return true // it was noted then
		}
		if int32(m.pane) < r.first {
			r.first = int32(m.pane)
			s.news.mark(slot)
			if r.before == 0 {
				// The doorkeeper never met it, so nothing came before.
				r.since = r.first
			}
		}
	}
	m.open.touch(uint32(slot))
	return true
}

// has reports whether a term has posts in a pane, which has this place in a ring.
func (s *Shard) has(r *record, pane int64, at int) bool {
	switch r.form {
	case formNarrow:
		return s.narrow.block(r.body)[at] != 0
	case formWide:
		return s.wide.block(r.body)[at] != 0
	}
	for _, u := range s.log(r) {
		if u.pane(int64(r.newest)) == pane {
			return true
		}
	}
	return false
}

// advance moves a term's newest pane forward.
func (s *Shard) advance(slot int, pane int64) {
	r := &s.records[slot]
	newest := int64(r.newest)
	switch r.form {
	case formNarrow:
		at, _ := roll(s.narrow.block(r.body), &s.geo, newest, pane, false)
		if r.newest = int32(at); at == pane {
			return
		}
		if s.widen(slot) {
			s.advance(slot, pane)
			return
		}
		_, fits := roll(s.narrow.block(r.body), &s.geo, at, pane, true)
		if !fits {
			s.stop(slot)
		}
	case formWide:
		_, fits := roll(s.wide.block(r.body), &s.geo, newest, pane, true)
		if !fits {
			s.stop(slot)
		}
	default:
		if log := s.log(r); len(log) > 0 && pane-log[0].pane(newest) > s.geo.kept() {
			s.expire(r, pane)
		}
	}
	r.newest = int32(pane)
}

// meet counts an author of an entry's term: as fresh if they did not use it in the
// day before, and towards the distinct authors.
func (s *Shard) meet(b *Batch, a authorRef, key uint64) {
	i := a.entry()
	e := &b.entries[i]
	if s.staged.slots[i] < 0 {
		return
	}
	m := s.at(int64(e.pane))
	slot := int(s.staged.slots[i])
	r := &s.records[slot]
	if r.gen != s.staged.gens[i] || !r.used() {
		// A later entry expelled the term, and with it the posts that were counted.
		if !s.staged.owed[i] {
			return
		}
		if slot = s.again(e, m, i); slot < 0 {
			s.door.Add(uint64(e.id), 1)
			return
		}
		r = &s.records[slot]
	}
	// No cut begins within a batch, so count has said that the slot will change.
	if !r.rings() {
		s.meetInLog(slot, m, a)
		return
	}
	if s.staged.owed[i] {
		// The term outgrew its log after the entry was counted.
		s.add(slot, m.pane, 1, 0)
	}
	if key == 0 {
		key = meetingKey(r.id, a.who())
	}
	s.meetInRings(slot, m, key, a)
}

// again returns the slot of a term that was expelled since its entry was counted
// and admitted again, or -1 if it was not or does not hold the entry's pane.
func (s *Shard) again(e *entry, m *moment, i int) int {
	slot, ok := s.index.find(s.records, e.id)
	if !ok {
		return -1
	}
	r := &s.records[slot]
	if m.pane != int64(r.newest) && !s.reach(slot, r, m) {
		return -1
	}
	s.staged.slots[i], s.staged.gens[i] = int32(slot), r.gen
	return slot
}

// meetInRings counts an author of a term with rings.
func (s *Shard) meetInRings(slot int, m *moment, key uint64, a authorRef) {
	add, take, from := s.meetings.Meet(key, m.pane, a.halves())
	if add > 0 {
		s.add(slot, m.pane, 0, uint32(add))
	}
	s.credit(slot, m, meeting{add, take, from})
	s.met(slot, a.who(), m.hour)
}

// credit notes in the platform's volumes what a meeting gave and took, and takes
// it back from a ring.
func (s *Shard) credit(slot int, m *moment, met meeting) {
	r := &s.records[slot]
	if met.add > 0 && r.kind != term.Watch {
		m.open.volume(r.platform).Fresh += uint64(met.add)
	}
	if met.take > 0 {
		if r.kind != term.Watch {
			s.open(met.from).volume(r.platform).Fresh -= uint64(met.take)
		}
		s.takeBack(r, met.from, uint32(met.take))
	}
}

// meetInLog counts an author of a term with a log.
func (s *Shard) meetInLog(slot int, m *moment, a authorRef) {
	r := &s.records[slot]
	met, same := meetInLog(s.log(r), int64(r.newest), m.pane, s.geo.day, a.who(), a.halves())
	s.credit(slot, m, met)
	if same >= 0 {
		s.add(slot, m.pane, 1, 0)
		return
	}
	u := useOf(m.pane, a.who(), a.halves())
	if met.add > 0 {
		u |= useFresh
	}
	if !s.append(slot, u) {
		return
	}
	if r.rings() {
		s.add(slot, m.pane, 1, uint32(met.add))
		s.meetings.Meet(meetingKey(r.id, a.who()), m.pane, a.halves())
		s.met(slot, a.who(), m.hour)
	}
}

// meetingKey is what stands for a term and an author among the meetings.
func meetingKey(id term.ID, who uint64) uint64 { return sketch.Mix(uint64(id), who) }

// vote keeps the majority spelling (Boyer and Moore, 1981). A tie keeps the one
// that stands.
func (s *Shard) vote(slot int, b *Batch, e *entry) {
	r := &s.records[slot]
	n := uint16(min(e.posts, math.MaxUint16))
	switch {
	case e.shown == r.shown:
		r.votes += min(n, math.MaxUint16-r.votes)
	case n <= r.votes:
		r.votes -= n
	case s.rename(r, b, e):
		r.votes = n - r.votes
		s.news.mark(slot)
	}
}

// rename gives a term the display spelling of an entry, if there is room for it.
func (s *Shard) rename(r *record, b *Batch, e *entry) bool {
	place := s.text.put(b.name(e))
	if place == 0 {
		return false
	}
	s.text.drop(r.text)
	r.text, r.keyLen, r.displayLen, r.shown = place, e.keyLen, e.displayLen, e.shown
	return true
}
