package window

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/swell-radar/swell/internal/cow"
)

// A cut of a shard is what it held at one mark, saved while it goes on counting. It
// comes in two pieces: the head, which is small and written at the mark, and the
// cells of the shard's tables, which are saved bit by bit and may be those alone that
// changed since the cut before. [Shard.AppendBinary] is the same state in one go.

const headVersion = 1

// BeginCut begins a cut, full or of what changed since the one before, and appends
// its head to dst. It belongs at a mark. The cells are the caller's to save, by the
// steps of [Shard.Cut]. It takes a fraction of a millisecond for a shard of 64 MiB.
func (s *Shard) BeginCut(dst []byte, full bool) []byte {
	s.cut.Begin(full)
	dst = s.appendClock(append(dst, headVersion))
	for _, free := range [...]struct {
		high int
		free []uint32
	}{
		{s.high, s.free[:s.given]}, {s.logs.high, s.logs.free[:s.logs.given]},
		{s.narrow.high, s.narrow.free[:s.narrow.given]}, {s.wide.high, s.wide.free[:s.wide.given]},
		{s.registers.high, s.registers.free[:s.registers.given]}, {s.scarce.high, s.scarce.free[:s.scarce.given]},
	} {
		dst = appendList(dst, free.high, free.free)
	}
	for i := range s.panes {
		dst = s.panes[i].append(dst)
	}
	dst = s.door.AppendHead(dst)
	dst = s.meetings.AppendHead(dst)
	return s.thin.AppendHead(dst)
}

// clock reads what appendClock wrote.
func (d *decoder) clock(s *Shard) {
	for _, want := range s.shape() {
		if got := d.uvarint(); got != want.size {
			d.fail("made with %d of %s, this configuration has %d", got, want.name, want.size)
		}
	}
	for _, v := range s.counters() {
		*v = d.uvarint()
	}
	s.newest = d.pane("newest pane")
	s.warmth.landmark = d.varint()
	s.floor = d.float()
	s.unheard = uint32(d.uvarint())
	s.threshold = uint32(d.upTo(mostThreshold, "threshold"))
}

// Cut returns the tables of the shard. They belong to its owner.
func (s *Shard) Cut() *cow.Set { return s.cut }

// RestoreHead begins to replace the state of a shard that has counted nothing yet by
// what [Shard.BeginCut] began to write for a shard of the same configuration. The
// cells follow, newest cut first, then [Shard.EndRestore]. After an error of any of
// them the shard must not be used.
func (s *Shard) RestoreHead(data []byte) error {
	d := decoder{data: data}
	if v := d.byte(); d.err == nil && v != headVersion {
		return fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, v, headVersion)
	}
	d.clock(s)
	s.claims = new(claims)
	s.claims.free(&d, s)
	s.claims.blocks(&d, s)
	for i := range s.panes {
		d.openPane(s, &s.panes[i])
	}
	if d.err != nil {
		return d.err
	}
	rest, err := s.door.RestoreHead(d.data[d.off:])
	if err == nil {
		rest, err = s.meetings.RestoreHead(rest)
	}
	if err == nil {
		rest, err = s.thin.RestoreHead(rest)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(rest) != 0 {
		return fmt.Errorf("%w: %d bytes too many", ErrCorrupt, len(rest))
	}
	s.cut.BeginRestore()
	return nil
}

// RestoreCells reads the cells of one cut.
func (s *Shard) RestoreCells(r io.Reader) error {
	if err := s.cut.Restore(r); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// EndRestore reports whether all that the head says is there.
func (s *Shard) EndRestore() error {
	s.cut.EndRestore()
	c := s.claims
	s.claims = nil
	if c.restored != s.high {
		return fmt.Errorf("%w: %d of %d slots are there", ErrCorrupt, c.restored, s.high)
	}
	for slot := range s.Slots() {
		r := &s.records[slot]
		if (r.authors == authorsFull || r.authors == authorsScarce) && !s.registersOf(r).Valid() {
			return fmt.Errorf("%w: the registers of slot %d were swept in an hour to come", ErrCorrupt, slot)
		}
	}
	return nil
}

// slotCells are the slots of a shard as cells: how they are used, or that they are free.
type slotCells Shard

// AppendCell implements [cow.Cells]. Of a free slot it appends 0 and the generation,
// of another 1 and what [Shard.appendTerm] does.
func (c *slotCells) AppendCell(dst []byte, slot int) ([]byte, bool) {
	s := (*Shard)(c)
	r := &s.records[slot]
	if !r.used() {
		return binary.AppendUvarint(append(dst, 0), uint64(r.gen)), r.gen != 0
	}
	return s.appendTerm(append(dst, 1), r), true
}

// RestoreCell implements [cow.Cells].
func (c *slotCells) RestoreCell(slot int, enc []byte) error {
	s := (*Shard)(c)
	d := decoder{data: enc}
	switch used := d.byte(); {
	case used == 0:
		gen := uint32(d.uvarint())
		if slot >= s.high && gen == 0 {
			return d.end() // was never used
		}
		if slot >= s.high || !s.claims.slots[slot] {
			d.fail("slot %d of %d is free, the head says it is not", slot, s.high)
			break
		}
		s.records[slot].gen = gen
	case used != 1 || slot >= s.high || s.claims.slots[slot]:
		d.fail("slot %d of %d is in use (%d), the head says it is not", slot, s.high, used)
	default:
		s.claims.term(&d, s, slot)
	}
	s.claims.restored++
	return d.end()
}

// end returns the error, which is one if anything is left.
func (d *decoder) end() error {
	if d.err == nil && d.off != len(d.data) {
		d.fail("%d bytes too many", len(d.data)-d.off)
	}
	return d.err
}
