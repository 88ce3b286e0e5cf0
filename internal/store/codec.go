package store

import (
	"errors"
	"math"
)

// counts is what is kept of one term in one hour or pane.
type counts struct {
	Posts uint32 // occurrences
	Fresh uint32 // authors new to the term, in halves
}

// countsCodec packs counts: a mode bit, the widths of two fields in 6 bits
// each, all of the first field, all of the second. Mode 1, for series in which
// 1 ≤ posts and fresh ≤ 2·posts: posts−1 and 2·posts−fresh, which is small for most
// terms. Mode 0: posts and fresh as they are.
//
// In blocks of format 1, which are only read, fresh authors are whole ones, rounded up.
type countsCodec struct{ whole bool }

const (
	countsWhole  = 1
	countsHalves = 2
)

func (c countsCodec) format() byte {
	if c.whole {
		return countsWhole
	}
	return countsHalves
}

func (c countsCodec) of(format byte) codec[counts] {
	if format == countsWhole {
		return countsCodec{whole: true}
	}
	return nil
}

// unit is what a post adds to fresh at most.
func (c countsCodec) unit() uint64 {
	if c.whole {
		return 1
	}
	return 2
}

func (countsCodec) write(w *bitWriter, vals []counts) {
	mode := uint64(1)
	for _, v := range vals {
		if v.Posts == 0 || uint64(v.Fresh) > 2*uint64(v.Posts) {
			mode = 0
		}
	}
	var first, second [24]uint64
	var or1, or2 uint64
	for i, v := range vals {
		first[i], second[i] = uint64(v.Posts), uint64(v.Fresh)
		if mode == 1 {
			first[i], second[i] = uint64(v.Posts-1), 2*uint64(v.Posts)-uint64(v.Fresh)
		}
		or1 |= first[i]
		or2 |= second[i]
	}
	w1, w2 := widthOf(or1), widthOf(or2)
	w.write(mode|uint64(w1)<<1|uint64(w2)<<7, 13)
	for _, v := range first[:len(vals)] {
		w.write(v, w1)
	}
	for _, v := range second[:len(vals)] {
		w.write(v, w2)
	}
}

var errCounts = errors.New("counts out of range")

func (countsCodec) head(r *bitReader) (mode uint64, w1, w2 uint) {
	h := r.read(13)
	mode, w1, w2 = h&1, uint(h>>1&63), uint(h>>7)
	if r.err == nil && (w1 > 32 || w2 > 33) {
		r.err = errCounts
	}
	return mode, w1, w2
}

func (c countsCodec) read(r *bitReader, vals []counts) {
	mode, w1, w2 := c.head(r)
	if r.err != nil {
		return
	}
	var first [24]uint64
	for i := range vals {
		first[i] = r.read(w1)
	}
	for i := range vals {
		posts, fresh := first[i], r.read(w2)
		if mode == 1 {
			posts++
			if fresh > c.unit()*posts {
				r.err = errCounts
				return
			}
			fresh = c.unit()*posts - fresh
		}
		if c.whole {
			fresh = min(2*fresh, math.MaxUint32)
		}
		if posts > math.MaxUint32 || fresh > math.MaxUint32 {
			r.err = errCounts
			return
		}
		vals[i] = counts{Posts: uint32(posts), Fresh: uint32(fresh)}
	}
}

func (c countsCodec) skip(r *bitReader, n int) {
	_, w1, w2 := c.head(r)
	if r.err == nil {
		r.skip(uint(n) * (w1 + w2))
	}
}

// gaugeCodec packs float64 values bit by bit as they are. Mode 1, for series of
// whole numbers of at most 53 bits: the smallest (its width in 6 bits, then it,
// zigzag), the width of the differences to it in 6 bits, all differences. Mode
// 0: 64 bits each.
type gaugeCodec struct{}

func (gaugeCodec) format() byte           { return 1 }
func (gaugeCodec) of(byte) codec[float64] { return nil }

// whole returns v as an integer if nothing is lost by it.
func whole(v float64) (int64, bool) {
	const most = 1 << 53
	if !(v >= -most && v <= most) {
		return 0, false
	}
	n := int64(v)
	return n, math.Float64bits(float64(n)) == math.Float64bits(v)
}

func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

func (gaugeCodec) write(w *bitWriter, vals []float64) {
	var ns [24]int64
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for i, v := range vals {
		n, ok := whole(v)
		if !ok {
			w.write(0, 1)
			for _, v := range vals {
				w.write(math.Float64bits(v), 64)
			}
			return
		}
		ns[i] = n
		least, most = min(least, n), max(most, n)
	}
	base := zigzag(least)
	wb, wd := widthOf(base), widthOf(uint64(most-least))
	w.write(1|uint64(wb)<<1, 7)
	w.write(base, wb)
	w.write(uint64(wd), 6)
	for _, n := range ns[:len(vals)] {
		w.write(uint64(n-least), wd)
	}
}

func (gaugeCodec) read(r *bitReader, vals []float64) {
	if r.read(1) == 0 {
		for i := range vals {
			vals[i] = math.Float64frombits(r.read(64))
		}
		return
	}
	base := unzigzag(r.read(uint(r.read(6))))
	width := uint(r.read(6))
	for i := range vals {
		// Sums of damaged fields wrap around; they cannot trap.
		vals[i] = float64(base + int64(r.read(width)))
	}
}

func (gaugeCodec) skip(r *bitReader, n int) {
	if r.read(1) == 0 {
		r.skip(uint(n) * 64)
		return
	}
	r.skip(uint(r.read(6)))
	r.skip(uint(n) * uint(r.read(6)))
}
