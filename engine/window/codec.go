package window

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

const shardVersion = 1

// AppendBinary appends the shard's whole state to dst. It belongs at a mark: what
// producers delivered after it is not in there.
//
// Layout: version; sizes; counters; free slots; then per slot in use its record,
// name, authors and rings (varints: most are zero or small); then the notes on
// open panes, the doorkeeper and the filter.
func (s *Shard) AppendBinary(dst []byte) []byte {
	dst = append(dst, shardVersion)
	for _, v := range s.shape() {
		dst = binary.AppendUvarint(dst, v)
	}
	for _, v := range []uint64{s.stats.Posts, s.stats.Untracked, s.stats.Stale, s.stats.Admitted, s.stats.Evicted, s.stats.Retired, s.rng, uint64(s.newest), uint64(s.high), uint64(len(s.free))} {
		dst = binary.AppendUvarint(dst, v)
	}
	for _, slot := range s.free {
		dst = binary.AppendUvarint(dst, uint64(slot))
		dst = binary.AppendUvarint(dst, uint64(s.records[slot].gen))
	}
	for slot := range s.Slots() {
		dst = s.appendSlot(dst, slot)
	}
	for _, o := range s.panes {
		dst = binary.AppendVarint(dst, o.pane)
		dst = binary.AppendUvarint(dst, uint64(len(o.touched)))
		for _, slot := range o.touched {
			dst = binary.AppendUvarint(dst, uint64(slot))
		}
		dst = binary.AppendUvarint(dst, uint64(len(o.volumes)))
		for _, v := range o.volumes {
			dst = binary.AppendUvarint(binary.AppendUvarint(dst, v.Posts), v.Fresh)
		}
	}
	dst = s.door.AppendBinary(dst)
	return s.fresh.AppendBinary(dst)
}

// shape is what must be equal for an encoding to fit a shard.
func (s *Shard) shape() [7]uint64 {
	return [7]uint64{
		uint64(len(s.records)), uint64(s.rings.fine), uint64(s.rings.hours),
		uint64(s.rings.perHour), uint64(s.cfg.AuthorPrecision), uint64(s.cfg.doorHours()), uint64(s.budget.registers),
	}
}

func (s *Shard) appendSlot(dst []byte, slot int) []byte {
	r := &s.records[slot]
	dst = binary.AppendUvarint(dst, uint64(slot))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.id))
	for _, v := range []int64{r.since, r.first, r.newest, r.heatPane, int64(r.votes)} {
		dst = binary.AppendVarint(dst, v)
	}
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(r.heat))
	flags := uint64(0)
	if r.full {
		flags = 1
	}
	for _, v := range []uint64{uint64(r.before), uint64(r.lifetime), uint64(r.gen), uint64(r.platform), uint64(r.kind), flags} {
		dst = binary.AppendUvarint(dst, v)
	}
	for _, text := range []string{s.names[slot].Key, s.names[slot].Display} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	dst = s.authors[slot].AppendBinary(dst)
	for _, ring := range s.ringsOf(slot) {
		for _, v := range ring {
			dst = binary.AppendUvarint(dst, uint64(v))
		}
	}
	return dst
}

func (s *Shard) ringsOf(slot int) [4][]uint32 {
	g := &s.rings
	fine, hours := int64(slot)*g.fine, int64(slot)*g.hours
	return [4][]uint32{
		g.posts[fine : fine+g.fine], g.fresh[fine : fine+g.fine],
		g.hourPosts[hours : hours+g.hours], g.hourFresh[hours : hours+g.hours],
	}
}

// Restore replaces the state of a shard that has counted nothing yet by what
// [Shard.AppendBinary] wrote for a shard of the same configuration. After an
// error the shard must not be used.
func (s *Shard) Restore(data []byte) error {
	d := decoder{data: data}
	if v := d.byte(); d.err == nil && v != shardVersion {
		return fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, v, shardVersion)
	}
	names := [...]string{"capacity", "panes", "hours", "panes an hour", "author precision", "doorkeeper hours", "author registers"}
	for i, want := range s.shape() {
		if got := d.uvarint(); d.err == nil && got != want {
			return fmt.Errorf("%w: made with %s %d, this configuration has %d", ErrCorrupt, names[i], got, want)
		}
	}
	for _, v := range []*uint64{&s.stats.Posts, &s.stats.Untracked, &s.stats.Stale, &s.stats.Admitted, &s.stats.Evicted, &s.stats.Retired, &s.rng} {
		*v = d.uvarint()
	}
	s.newest = int64(d.uvarint())
	s.high = d.upTo(len(s.records), "slots in use")
	free := d.upTo(s.high, "free slots")
	for range free {
		slot := d.upTo(s.high-1, "free slot")
		gen := d.uvarint()
		if d.err != nil {
			return d.err
		}
		s.records[slot].gen = uint32(gen)
		s.free = append(s.free, slot)
	}
	s.used = s.high - free
	for range s.used {
		if d.slot(s); d.err != nil {
			return d.err
		}
	}
	for i := range s.panes {
		if d.openPane(s, &s.panes[i]); d.err != nil {
			return d.err
		}
	}
	if d.err != nil {
		return d.err
	}
	var err error
	rest := d.data[d.off:]
	if s.door, rest, err = sketch.DecodeCountMin(nil, rest); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if s.fresh, rest, err = sketch.DecodeFreshFilter(rest); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(rest) != 0 {
		return fmt.Errorf("%w: %d bytes too many", ErrCorrupt, len(rest))
	}
	return nil
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

func (d *decoder) openPane(s *Shard, o *openPane) {
	o.pane = d.varint()
	// A slot is noted once for every term it held in the pane.
	for n := d.upTo(len(d.data), "touched slots"); n > 0 && d.err == nil; n-- {
		o.touched = append(o.touched, uint32(d.upTo(s.high-1, "touched slot")))
	}
	for n := d.upTo(math.MaxUint16+1, "platforms"); n > 0 && d.err == nil; n-- {
		o.volumes = append(o.volumes, Volume{Posts: d.uvarint(), Fresh: d.uvarint()})
	}
}

func (d *decoder) slot(s *Shard) {
	slot := d.upTo(s.high-1, "slot")
	r := &s.records[slot]
	if r.used {
		d.fail("slot %d comes twice", slot)
	}
	r.id = term.ID(binary.LittleEndian.Uint64(d.bytes(8)))
	r.since, r.first, r.newest, r.heatPane, r.votes = d.varint(), d.varint(), d.varint(), d.varint(), int32(d.varint())
	r.heat = math.Float32frombits(binary.LittleEndian.Uint32(d.bytes(4)))
	r.before, r.lifetime, r.gen = uint32(d.uvarint()), uint32(d.uvarint()), uint32(d.uvarint())
	r.platform, r.kind, r.full = uint16(d.uvarint()), term.Kind(d.uvarint()), d.uvarint() == 1
	s.names[slot].Key = string(d.bytes(d.upTo(maxText, "key length")))
	s.names[slot].Display = string(d.bytes(d.upTo(maxText, "display length")))
	if d.err != nil {
		return
	}
	var err error
	rest := d.data[d.off:]
	if s.authors[slot], rest, err = sketch.DecodeWindowedHLL(rest); err != nil {
		d.fail("%v", err)
		return
	}
	d.off = len(d.data) - len(rest)
	if s.authors[slot].Dense() {
		s.dense++
	}
	for _, ring := range s.ringsOf(slot) {
		for i := range ring {
			ring[i] = uint32(d.uvarint())
		}
	}
	if d.err != nil {
		return
	}
	r.used = true
	s.index.insert(r.id, slot)
}
