package store

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// bitWriter appends fields of 0 to 64 bits, lowest bit first.
type bitWriter struct {
	out []byte
	acc uint64
	n   uint // bits in acc, < 64
}

func (w *bitWriter) write(v uint64, width uint) {
	w.acc |= v << w.n
	if w.n+width < 64 {
		w.n += width
		return
	}
	w.out = binary.LittleEndian.AppendUint64(w.out, w.acc)
	taken := 64 - w.n
	w.acc = v >> taken // a shift by 64 is 0
	w.n += width - 64
}

// finish appends the last bits, filled up to a byte with zeros.
func (w *bitWriter) finish() []byte {
	for ; w.n > 0; w.n -= min(8, w.n) {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
	return w.out
}

var errBits = errors.New("bit stream ends too early")

// bitReader reads what bitWriter wrote. The first failure stays.
type bitReader struct {
	in  []byte
	pos uint // in bits
	err error
}

func (r *bitReader) read(width uint) uint64 {
	if r.err != nil || r.pos+width > uint(len(r.in))*8 {
		r.err = errBits
		return 0
	}
	i, shift := r.pos>>3, r.pos&7
	r.pos += width
	var v uint64
	if i+9 <= uint(len(r.in)) {
		v = binary.LittleEndian.Uint64(r.in[i:])>>shift | uint64(r.in[i+8])<<1<<(63-shift)
	} else {
		for j, b := range r.in[i:] {
			if k := uint(j) * 8; k >= shift {
				v |= uint64(b) << (k - shift)
			} else {
				v |= uint64(b) >> shift
			}
		}
	}
	return v & (1<<width - 1)
}

func (r *bitReader) skip(width uint) {
	if r.err != nil || r.pos+width > uint(len(r.in))*8 {
		r.err = errBits
		return
	}
	r.pos += width
}

// end returns the first failure, or an error unless only zero bits that fill
// the last byte are left.
func (r *bitReader) end() error {
	if r.err != nil {
		return r.err
	}
	left := uint(len(r.in))*8 - r.pos
	if left >= 8 || r.read(left) != 0 {
		return errors.New("bit stream is too long")
	}
	return nil
}

func widthOf(v uint64) uint { return uint(bits.Len64(v)) }
