package window

import (
	"encoding/binary"
	"math"
	"slices"
)

const shardVersion = 3

// AppendBinary appends the shard's whole state to dst. It belongs at a mark: what
// producers delivered after it is not in there.
//
// Layout: version; sizes; counters; what is free; then per slot in use its record,
// name, log or rings, and authors; then the notes on open panes, the doorkeeper,
// the meetings and the thin posts. Numbers are varints where most of them are small.
func (s *Shard) AppendBinary(dst []byte) []byte {
	// Growing step by step would leave several times the size behind as garbage,
	// while room that is not written to takes no memory.
	dst = slices.Grow(dst, s.encodedAtMost())
	dst = s.appendClock(append(dst, shardVersion))
	dst = s.appendFree(dst)
	for slot := range s.Slots() {
		dst = s.appendSlot(dst, slot)
	}
	for _, o := range s.panes {
		dst = o.append(dst)
	}
	dst = s.door.AppendBinary(dst)
	dst = s.meetings.AppendBinary(dst)
	return s.thin.AppendBinary(dst)
}

// appendClock appends the sizes, the counters and what moves with time.
func (s *Shard) appendClock(dst []byte) []byte {
	for _, v := range s.shape() {
		dst = binary.AppendUvarint(dst, v.size)
	}
	for _, v := range s.counters() {
		dst = binary.AppendUvarint(dst, *v)
	}
	dst = binary.AppendVarint(dst, s.newest)
	dst = binary.AppendVarint(dst, s.warmth.landmark)
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(s.floor))
	dst = binary.AppendUvarint(dst, uint64(s.unheard))
	dst = binary.AppendUvarint(dst, uint64(s.threshold))
	return dst
}

// encodedAtMost returns about how long an encoding can be.
func (s *Shard) encodedAtMost() int {
	const perSlot, perCell, perLine = 128, 4, 9 // an eighth of a byte a line says which follow
	return s.used()*perSlot + 8*logRoom*s.logs.used() + int(s.text.high)*chunkText +
		perCell*s.geo.cells()*(s.narrow.used()+2*s.wide.used()) +
		9*(s.registers.size*s.registers.used()+s.scarce.size*s.scarce.used()) +
		(s.door.Bytes()+s.meetings.Bytes()+s.thin.Bytes())/8*perLine
}

// sized is a size that must be equal for an encoding to fit a shard.
type sized struct {
	name string
	size uint64
}

func (s *Shard) shape() []sized {
	return []sized{
		{"capacity", uint64(len(s.records))}, {"logs", uint64(s.budget.logs)}, {"narrow rings", uint64(s.budget.narrow)},
		{"wide rings", uint64(s.budget.wide)}, {"author registers", uint64(s.budget.registers)},
		{"scarce author registers", uint64(s.budget.scarce)}, {"bytes of names", uint64(s.budget.text)},
		{"panes", uint64(s.geo.fine)}, {"coarse panes", uint64(s.geo.coarse)}, {"panes a coarse pane", uint64(s.geo.perCoarse)},
		{"panes a day", uint64(s.geo.day)}, {"author precision", uint64(s.cfg.AuthorPrecision)},
		{"doorkeeper hours", uint64(s.cfg.doorHours())}, {"coarse panes of thin posts", uint64(s.geo.thinPanes())},
	}
}

func (s *Shard) counters() []*uint64 {
	return []*uint64{
		&s.stats.Posts, &s.stats.Untracked, &s.stats.Stale, &s.stats.Admitted, &s.stats.Evicted,
		&s.stats.Retired, &s.stats.Blurred, &s.stats.AuthorsLost, &s.rng, &s.evicted,
	}
}

// appendFree appends what is free, in the order in which it will be given out:
// eviction looks at slots and blocks by number, so a run that goes on must give
// out the same ones.
func (s *Shard) appendFree(dst []byte) []byte {
	dst = appendList(dst, s.high, s.free[:s.given])
	for _, slot := range s.free[:s.given] {
		dst = binary.AppendUvarint(dst, uint64(s.records[slot].gen))
	}
	dst = appendList(dst, s.logs.high, s.logs.free[:s.logs.given])
	dst = appendList(dst, s.narrow.high, s.narrow.free[:s.narrow.given])
	dst = appendList(dst, s.wide.high, s.wide.free[:s.wide.given])
	dst = appendList(dst, s.registers.high, s.registers.free[:s.registers.given])
	dst = appendList(dst, s.scarce.high, s.scarce.free[:s.scarce.given])
	return dst
}

func appendList(dst []byte, high int, free []uint32) []byte {
	dst = binary.AppendUvarint(dst, uint64(high))
	dst = binary.AppendUvarint(dst, uint64(len(free)))
	for _, n := range free {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	return dst
}

func (s *Shard) appendSlot(dst []byte, slot int) []byte {
	r := &s.records[slot]
	dst = s.appendTerm(binary.AppendUvarint(dst, uint64(slot)), r)
	if r.authors == authorsFull || r.authors == authorsScarce {
		dst = s.registersOf(r).AppendBinary(dst)
	}
	return dst
}

// appendTerm appends a record in use with all it has but registers.
func (s *Shard) appendTerm(dst []byte, r *record) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.id))
	for _, v := range [...]int32{r.since, r.first, r.newest} {
		dst = binary.AppendVarint(dst, int64(v))
	}
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(r.heat))
	for _, v := range [...]uint32{r.before, r.lifetime, r.gen, r.body, r.people, uint32(r.platform), uint32(r.votes), uint32(r.shown)} {
		dst = binary.AppendUvarint(dst, uint64(v))
	}
	dst = append(dst, r.keyLen, r.displayLen, byte(r.kind), byte(r.form), byte(r.authors), r.flags, r.len)
	dst = s.text.append(dst, r.text, int(r.keyLen)+int(r.displayLen))
	switch r.form {
	case formNarrow:
		dst = appendCells(dst, s.narrow.block(r.body))
	case formWide:
		dst = appendCells(dst, s.wide.block(r.body))
	default:
		dst = appendUses(dst, s.log(r))
	}
	if r.authors == authorsSet {
		dst = appendUses(dst, s.logs.block(r.people)[:r.len])
	}
	return dst
}

func appendUses(dst []byte, uses []use) []byte {
	for _, u := range uses {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(u))
	}
	return dst
}

// appendCells appends a ring: how many cells are zero, then one that is not, and
// so on.
func appendCells[T cell](dst []byte, ring []T) []byte {
	zeros := uint64(0)
	for _, c := range ring {
		if c == 0 {
			zeros++
			continue
		}
		posts, halves := split(c)
		dst = binary.AppendUvarint(dst, zeros)
		dst = binary.AppendUvarint(dst, uint64(posts))
		dst = binary.AppendUvarint(dst, uint64(halves))
		zeros = 0
	}
	return binary.AppendUvarint(dst, zeros)
}

func (o *openPane) append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, o.pane)
	dst = binary.AppendUvarint(dst, uint64(len(o.touched)))
	for _, slot := range o.touched {
		dst = binary.AppendUvarint(dst, uint64(slot))
	}
	dst = binary.AppendUvarint(dst, uint64(len(o.volumes)))
	for _, v := range o.volumes {
		dst = binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(dst, v.Posts), v.Fresh), v.Thin)
	}
	return dst
}
