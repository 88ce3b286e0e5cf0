package store

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// column holds one series over the hours of a block: a value for every hour
// whose bit is set in mask.
type column[V any] struct {
	mask uint32
	vals [24]V
}

func (c *column[V]) set(hour uint32, v V) {
	c.mask |= 1 << hour
	c.vals[hour] = v
}

func (c *column[V]) clear(hour uint32) { c.mask &^= 1 << hour }

// codec packs the values of one series, in order of hours.
type codec[V any] interface {
	// format is the format of the blocks that write makes.
	format() byte
	// of returns the codec of blocks of a format from before, or nil.
	of(format byte) codec[V]
	// write appends at least one value.
	write(w *bitWriter, vals []V)
	// read fills vals with what write was given; a failure stays in r.
	read(r *bitReader, vals []V)
	// skip passes over n values.
	skip(r *bitReader, n int)
}

// layout is the shape of a block: how many ordinals it covers, a multiple of
// 64, and how many hours, 1 or 24.
//
//	format byte | bitmap of the ordinals present | bit stream
//
// The bit stream holds, for each ordinal present, the hours present (nothing if
// the block covers one; else a 1 for all 24 or a 0 and a mask of 24) and its
// values as the codec packs them.
type layout struct{ slots, hours uint32 }

var (
	// dayBlock holds one day of the 256 ordinals of a bucket.
	dayBlock = layout{slots: bucketOrds, hours: 24}
	// hourPage holds one hour of a bucket.
	hourPage = layout{slots: bucketOrds, hours: 1}
)

const (
	bucketOrds = 256
	allHours   = 1<<24 - 1
)

func (l layout) full() uint32 { return 1<<l.hours - 1 }

// encodeBlock packs cols[:l.slots]. It returns nil if all are empty.
func encodeBlock[V any](l layout, c codec[V], cols []column[V]) []byte {
	out := make([]byte, 1+l.slots/8, 1+l.slots/8+256)
	out[0] = c.format()
	w := bitWriter{out: out}
	used := false
	var vals [24]V
	for slot := range l.slots {
		col := &cols[slot]
		if col.mask == 0 {
			continue
		}
		used = true
		out[1+slot/8] |= 1 << (slot % 8)
		if l.hours > 1 {
			if col.mask == l.full() {
				w.write(1, 1)
			} else {
				w.write(uint64(col.mask)<<1, 25)
			}
		}
		n := 0
		for m := col.mask; m != 0; m &= m - 1 {
			vals[n] = col.vals[bits.TrailingZeros32(m)]
			n++
		}
		c.write(&w, vals[:n])
		// The stream may have moved; the bitmap is kept in front of it.
		out = w.out[:len(out)]
	}
	if !used {
		return nil
	}
	return w.finish()
}

var errEmptyMask = errors.New("a series without an hour")

// blockReader walks the series of a block.
type blockReader[V any] struct {
	layout layout
	codec  codec[V]
	bitmap []byte
	bits   bitReader
	vals   [24]V // what the codec fills: on the stack it would escape, once a series
}

func openBlock[V any](l layout, c codec[V], body []byte) (*blockReader[V], error) {
	r := reader{buf: body}
	if len(body) > 0 {
		if old := c.of(body[0]); old != nil {
			c = old
		}
	}
	r.format(c.format())
	bitmap := r.take(uint64(l.slots / 8))
	return &blockReader[V]{layout: l, codec: c, bitmap: bitmap, bits: bitReader{in: r.buf}}, r.err
}

func (b *blockReader[V]) has(slot uint32) bool { return b.bitmap[slot/8]>>(slot%8)&1 == 1 }

// slots calls yield with every slot present, in order.
func (b *blockReader[V]) slots(yield func(uint32) bool) {
	for i := 0; i < len(b.bitmap); i += 8 {
		for w := binary.LittleEndian.Uint64(b.bitmap[i:]); w != 0; w &= w - 1 {
			if !yield(uint32(i*8 + bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}

// mask reads the hours of the next series.
func (b *blockReader[V]) mask() uint32 {
	if b.layout.hours == 1 || b.bits.read(1) == 1 {
		return b.layout.full()
	}
	mask := uint32(b.bits.read(24))
	if mask == 0 && b.bits.err == nil {
		b.bits.err = errEmptyMask
	}
	return mask
}

func (b *blockReader[V]) column(col *column[V]) {
	col.mask = b.mask()
	b.codec.read(&b.bits, b.vals[:bits.OnesCount32(col.mask)])
	n := 0
	for m := col.mask; m != 0; m &= m - 1 {
		col.vals[bits.TrailingZeros32(m)] = b.vals[n]
		n++
	}
}

// find reads the series in one slot into col, whose mask is 0 if there is none.
func (b *blockReader[V]) find(slot uint32, col *column[V]) error {
	col.mask = 0
	if !b.has(slot) {
		return nil
	}
	for at := range b.slots {
		if at == slot {
			b.column(col)
			break
		}
		b.codec.skip(&b.bits, bits.OnesCount32(b.mask()))
		if b.bits.err != nil {
			break
		}
	}
	return b.bits.err
}

// all reads every series into cols[slot] and leaves the others alone.
func (b *blockReader[V]) all(cols []column[V]) error {
	for slot := range b.slots {
		b.column(&cols[slot])
		if b.bits.err != nil {
			return b.bits.err
		}
	}
	return b.bits.end()
}
