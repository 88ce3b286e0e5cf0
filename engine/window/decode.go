package window

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

// Restore replaces the state of a shard that has counted nothing yet by what
// [Shard.AppendBinary] wrote for a shard of the same configuration. After an
// error the shard must not be used.
func (s *Shard) Restore(data []byte) error {
	d := decoder{data: data}
	if v := d.byte(); d.err == nil && v != shardVersion {
		return fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, v, shardVersion)
	}
	d.clock(s)
	var c claims
	c.free(&d, s)
	for _, slot := range s.free[:s.given] {
		s.records[slot].gen = uint32(d.uvarint())
	}
	c.blocks(&d, s)
	if d.err != nil {
		return d.err
	}
	for range s.used() {
		if c.slot(&d, s); d.err != nil {
			return d.err
		}
	}
	for i := range s.panes {
		if d.openPane(s, &s.panes[i]); d.err != nil {
			return d.err
		}
	}
	rest, err := s.door.Restore(d.data[d.off:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if rest, err = s.meetings.Restore(rest); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if rest, err = s.thin.Restore(rest); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(rest) != 0 {
		return fmt.Errorf("%w: %d bytes too many", ErrCorrupt, len(rest))
	}
	return nil
}

// claims tells who has what while a shard is restored, so that nothing is given
// to two.
type claims struct {
	slots, logs, narrow, wide, registers, scarce []bool

	restored int // slots, free ones included, where each comes by itself
}

// free reads which slots are free.
func (c *claims) free(d *decoder, s *Shard) {
	c.slots, s.high, s.given = d.list(s.free, 0, "slots")
}

// blocks reads which blocks are free.
func (c *claims) blocks(d *decoder, s *Shard) {
	c.logs, s.logs.high, s.logs.given = d.list(s.logs.free, 1, "logs")
	c.narrow, s.narrow.high, s.narrow.given = d.list(s.narrow.free, 1, "narrow rings")
	c.wide, s.wide.high, s.wide.given = d.list(s.wide.free, 1, "wide rings")
	c.registers, s.registers.high, s.registers.given = d.list(s.registers.free, 1, "registers")
	c.scarce, s.scarce.high, s.scarce.given = d.list(s.scarce.free, 1, "scarce registers")
}

// claim claims a block for a slot.
func claim[T any](d *decoder, p *pool[T], taken []bool, block uint32, slot int, what string) []T {
	if d.err == nil && (block == 0 || int(block) > p.high || taken[block-1]) {
		d.fail("block %d of the %s is not to be had", block, what)
	}
	if d.err != nil {
		return nil
	}
	taken[block-1] = true
	p.owner[block-1] = uint32(slot)
	return p.block(block)
}

// slot reads what appendSlot wrote.
func (c *claims) slot(d *decoder, s *Shard) {
	slot := d.upTo(s.high-1, "slot")
	if d.err == nil && c.slots[slot] {
		d.fail("slot %d comes twice, or is free", slot)
	}
	if d.err != nil {
		return
	}
	if c.term(d, s, slot); d.err != nil {
		return
	}
	r := &s.records[slot]
	switch r.authors {
	case authorsFull:
		d.registers(s.registers.block(r.people), s.cfg.AuthorPrecision)
	case authorsScarce:
		d.registers(s.scarce.block(r.people), scarcePrecision)
	}
}

// term reads what appendTerm wrote into a slot that nobody has.
func (c *claims) term(d *decoder, s *Shard, slot int) {
	c.slots[slot] = true
	r := &s.records[slot]
	r.id = term.ID(binary.LittleEndian.Uint64(d.bytes(8)))
	r.since, r.first, r.newest = int32(d.pane("pane")), int32(d.pane("pane")), int32(d.pane("pane"))
	r.heat = d.float()
	for _, v := range []*uint32{&r.before, &r.lifetime, &r.gen, &r.body, &r.people} {
		*v = uint32(d.uvarint())
	}
	r.platform = uint16(d.upTo(MaxPlatforms-1, "platform"))
	r.votes, r.shown = uint16(d.uvarint()), uint16(d.uvarint())
	head := d.bytes(7)
	if d.err != nil {
		return
	}
	r.keyLen, r.displayLen, r.kind, r.flags, r.len = head[0], head[1], term.Kind(head[2]), head[5], head[6]
	name := d.bytes(int(r.keyLen) + int(r.displayLen))
	if d.err != nil {
		return
	}
	if r.text = s.text.put(name); r.text == 0 {
		d.fail("there is no room for the name of slot %d", slot)
		return
	}
	c.counts(d, s, slot, form(head[3]))
	c.authors(d, s, slot, authorsForm(head[4]))
	if d.err == nil {
		s.index.insert(r.id, slot)
	}
}

// counts reads the log or the rings of a slot.
func (c *claims) counts(d *decoder, s *Shard, slot int, f form) {
	r := &s.records[slot]
	switch f {
	case formInline:
		d.uses(r.log[:], int(r.len))
	case formLog:
		d.uses(claim(d, &s.logs, c.logs, r.body, slot, "logs"), int(r.len))
	case formNarrow:
		readCells(d, claim(d, &s.narrow, c.narrow, r.body, slot, "narrow rings"))
	case formWide:
		readCells(d, claim(d, &s.wide, c.wide, r.body, slot, "wide rings"))
	default:
		d.fail("slot %d has its counts in form %d", slot, f)
	}
	r.form = f
}

// authors reads the distinct authors of a slot.
func (c *claims) authors(d *decoder, s *Shard, slot int, f authorsForm) {
	r := &s.records[slot]
	r.authors = f
	switch {
	case !r.rings() && f == authorsNone, r.rings() && f == authorsLost:
	case !r.rings():
		d.fail("slot %d has a log and authors in form %d", slot, f)
	case f == authorsSet:
		d.uses(claim(d, &s.logs, c.logs, r.people, slot, "logs"), int(r.len))
	case f == authorsFull:
		claim(d, &s.registers, c.registers, r.people, slot, "registers")
	case f == authorsScarce:
		claim(d, &s.scarce, c.scarce, r.people, slot, "scarce registers")
	default:
		d.fail("slot %d has its authors in form %d", slot, f)
	}
}

// decoder reads varints; after the first error it returns zeros.
type decoder struct {
	data []byte
	off  int
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w at byte %d: %s", ErrCorrupt, d.off, fmt.Sprintf(format, args...))
	}
}

func (d *decoder) bytes(n int) []byte {
	if d.err != nil || n > len(d.data)-d.off {
		d.fail("%d bytes wanted, %d left", n, len(d.data)-d.off)
		return make([]byte, min(n, 8))
	}
	d.off += n
	return d.data[d.off-n : d.off]
}

func (d *decoder) byte() byte { return d.bytes(1)[0] }

func (d *decoder) uvarint() uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.off:])
	if n <= 0 {
		d.fail("no whole number")
		return 0
	}
	d.off += n
	return v
}

func (d *decoder) varint() int64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Varint(d.data[d.off:])
	if n <= 0 {
		d.fail("no whole number")
		return 0
	}
	d.off += n
	return v
}

// pane reads a pane number.
func (d *decoder) pane(what string) int64 {
	v := d.varint()
	if v != int64(int32(v)) {
		d.fail("%s %d is out of range", what, v)
		return 0
	}
	return v
}

// float reads a number that must be finite and not negative.
func (d *decoder) float() float32 {
	v := math.Float32frombits(binary.LittleEndian.Uint32(d.bytes(4)))
	if d.err == nil && !(v >= 0 && v <= math.MaxFloat32) {
		d.fail("%v is no warmth", v)
	}
	if d.err != nil {
		return 0
	}
	return v
}

func (d *decoder) upTo(most int, what string) int {
	v := d.uvarint()
	if d.err == nil && (most < 0 || v > uint64(most)) {
		d.fail("%s: %d, at most %d are possible", what, v, most)
	}
	if d.err != nil {
		return 0
	}
	return int(v)
}

// list reads the numbers, counted from base, of what is free. It returns which are
// taken by that, how many there are in all and how many are free.
func (d *decoder) list(free []uint32, base int, what string) (taken []bool, high, given int) {
	high = d.upTo(len(free), what)
	given = d.upTo(high, "free "+what)
	taken = make([]bool, high)
	for i := range given {
		n := d.upTo(high-1+base, "free one of the "+what) - base
		if d.err == nil && (n < 0 || taken[n]) {
			d.fail("one of the %s is free twice", what)
		}
		if d.err != nil {
			return taken, 0, 0
		}
		taken[n] = true
		free[i] = uint32(n + base)
	}
	return taken, high, given
}

// uses reads a log or a set.
func (d *decoder) uses(dst []use, n int) {
	if n > len(dst) {
		d.fail("%d uses, at most %d are possible", n, len(dst))
	}
	raw := d.bytes(8 * n)
	if d.err != nil {
		return
	}
	for i := range n {
		dst[i] = use(binary.LittleEndian.Uint64(raw[8*i:]))
	}
}

func readCells[T cell](d *decoder, ring []T) {
	for at := 0; d.err == nil; at++ {
		at += d.upTo(len(ring)-at, "cells")
		if d.err != nil || at == len(ring) {
			return
		}
		sum, fits := plus(T(0), d.uint32(), d.uint32())
		if !fits {
			d.fail("a count that does not fit its cell")
		}
		ring[at] = sum
	}
}

func (d *decoder) uint32() uint32 { return uint32(d.upTo(math.MaxUint32, "count")) }

func (d *decoder) registers(cells []uint64, precision uint8) {
	if d.err != nil {
		return
	}
	_, rest, err := sketch.DecodeRegisters(cells, precision, d.data[d.off:])
	if err != nil {
		d.fail("%v", err)
		return
	}
	d.off = len(d.data) - len(rest)
}

func (d *decoder) openPane(s *Shard, o *openPane) {
	o.pane = d.varint()
	// A slot is noted once for every term it held in the pane.
	for n := d.upTo(cap(o.touched), "touched slots"); n > 0 && d.err == nil; n-- {
		o.touched = append(o.touched, uint32(d.upTo(s.high-1, "touched slot")))
	}
	for n := d.upTo(MaxPlatforms, "platforms"); n > 0 && d.err == nil; n-- {
		o.volumes = append(o.volumes, Volume{Posts: d.uvarint(), Fresh: d.uvarint(), Thin: d.uvarint()})
	}
}
