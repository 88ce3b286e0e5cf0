package window

import (
	"math"

	"github.com/swell-radar/swell/term"
)

// What a term needs to be admitted: an estimate of one while the table is at most
// half full, so that small streams are counted exactly from the first post, and
// of three when it is full. Where terms still push each other out too fast it
// rises further.
const (
	fullThreshold = 3
	mostThreshold = 64
)

func (s *Shard) asked() uint32 {
	switch used := s.used(); {
	case used*2 < len(s.records):
		return 1
	case used*4 < len(s.records)*3:
		return 2
	default:
		return s.threshold
	}
}

// turnover is how many times the table may change hands in a window before the
// threshold rises.
const turnover = 2

// adapt sets the threshold by how many terms were pushed out since the last pane.
func (s *Shard) adapt(panes int64) {
	out := s.stats.Evicted - s.evicted
	s.evicted = s.stats.Evicted
	fair := uint64(int64(len(s.records)) * turnover * panes / s.geo.panes)
	switch {
	case out > fair+evictSample && s.threshold < mostThreshold:
		s.threshold = min(s.threshold+1+s.threshold/8, mostThreshold)
	case out < fair/2 && s.threshold > fullThreshold:
		s.threshold--
	}
}

// admit gives a term a slot if it has earned one, and returns it, or -1. A term
// that gets none is counted by the doorkeeper; one that does is counted by the
// table alone from here on. A watch list gets one with its first mention; where nothing but
// watch lists has the table, its mentions until then are lost to it.
func (s *Shard) admit(b *Batch, e *entry, m *moment) int {
	before, full := s.door.Estimate(uint64(e.id))
	if e.kind == term.Watch {
		before, full = 0, false // it never left the table: what is estimated is others' use
	}
	estimate := before + min(e.posts, math.MaxUint32-before)
	name := b.name(e)
	asked, heat := s.asked(), warm(e.posts, before)*m.weight
	if e.kind == term.Watch {
		asked, heat = 1, math.MaxFloat32
	}
	if estimate < asked || !s.makeRoom(chunksOf(len(name)), heat) {
		s.door.Add(uint64(e.id), e.posts)
		return -1
	}
	slot := s.take()
	s.slots.TouchCell(slot)
	r := &s.records[slot]
	*r = record{
		id: e.id, platform: e.platform, kind: e.kind, form: formInline, gen: r.gen + 1,
		since: e.pane, first: e.pane, newest: e.pane, heat: warm(0, before) * m.weight, before: before,
		text: s.text.put(name), keyLen: e.keyLen, displayLen: e.displayLen, shown: e.shown,
	}
	if full {
		r.flags = flagFull
	}
	if before > 0 {
		// Uses that the doorkeeper counted may lie in any pane that was open.
		r.since = int32(s.newest) + 1
	}
	s.index.insert(e.id, slot)
	s.news.mark(slot)
	s.stats.Admitted++
	m.open.touch(uint32(slot))
	return slot
}

// warm is the heat of a newcomer: what the doorkeeper counted may be days old.
func warm(posts, before uint32) float32 { return float32(posts) + float32(before)/4 }

// makeRoom sees to it that there are a slot and so many chunks for the name of a
// newcomer that is so warm, or reports false.
func (s *Shard) makeRoom(chunks int, warm float32) bool {
	for range evictSample {
		if s.used() < len(s.records) && s.text.room() >= chunks {
			return true
		}
		if !s.evict(warm) {
			return false
		}
	}
	return s.used() < len(s.records) && s.text.room() >= chunks
}

const (
	evictSample = 8  // slots that eviction looks at
	floorKeep   = 16 // the floor moves by one part of so many
	floorProbe  = 32 // one newcomer of so many is heard in spite of the floor
)

// random returns a number below n.
func (s *Shard) random(n int) int {
	s.rng = s.rng*6364136223846793005 + 1442695040888963407
	return int(s.rng >> 33 % uint64(n))
}

// heat returns how warm a term is where it asks for room. Watch lists are warmer than all
// else: somebody asked for them by name, and there are few.
func (s *Shard) heat(slot int) float32 {
	if r := &s.records[slot]; r.kind != term.Watch {
		return r.heat
	}
	return math.MaxFloat32
}

// ordinary returns a slot of a term that is no watch list, or -1.
func (s *Shard) ordinary() int {
	for slot := range s.high {
		if r := &s.records[slot]; r.used() && r.kind != term.Watch {
			return slot
		}
	}
	return -1
}

// evict makes room for a newcomer that is so warm: it looks at a few random slots
// and gives up the coldest of those in use, if that is colder. A flood of terms
// seen a few times never is warmer than what is in use. Watch lists stay. The floor
// remembers how warm the coldest of a sample usually is, so that newcomers far below
// it cost no sample.
func (s *Shard) evict(warm float32) bool {
	if warm < s.floor/2 {
		if s.unheard++; s.unheard%floorProbe != 0 {
			return false
		}
	}
	if s.high == 0 {
		return false
	}
	victim, coldest := -1, float32(math.MaxFloat32)
	for range evictSample {
		slot := s.random(s.high)
		if r := &s.records[slot]; r.used() && r.kind != term.Watch && r.heat < coldest {
			victim, coldest = slot, r.heat
		}
	}
	if victim < 0 && warm == math.MaxFloat32 { // most of the table are watch lists
		victim, coldest = s.ordinary(), 0
	}
	if victim < 0 {
		return false
	}
	s.floor += (coldest - s.floor) / floorKeep
	if coldest >= warm {
		return false
	}
	s.expel(victim)
	return true
}

// coldestOf looks at a few random blocks of a pool that are all in use and returns
// the coldest of the slots they serve, if that is colder than the given warmth and no
// watch list.
func (s *Shard) coldestOf(owners []uint32, warm float32) (slot int, ok bool) {
	if len(owners) == 0 {
		return 0, false
	}
	for range evictSample {
		candidate := int(owners[s.random(len(owners))])
		if r := &s.records[candidate]; r.heat < warm && r.kind != term.Watch {
			slot, warm, ok = candidate, r.heat, true
		}
	}
	return slot, ok
}

// expel hands a term back to the doorkeeper.
func (s *Shard) expel(slot int) {
	// What came before the table counted is in the doorkeeper still.
	s.door.Add(uint64(s.records[slot].id), uint32(min(s.held(slot), math.MaxUint32)))
	s.release(slot)
	s.stats.Evicted++
}
