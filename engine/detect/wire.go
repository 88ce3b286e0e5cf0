package detect

import (
	"encoding/binary"
	"fmt"
	"math"
)

// State is written little-endian, floats as their bits, after one byte of
// version per value. Integrity (checksums) is the store's concern; the decoder
// only refuses what would break this package: lengths, order, numbers that are
// not finite.

// scribe appends fields.
type scribe struct{ b []byte }

func (s *scribe) u8(v uint8)     { s.b = append(s.b, v) }
func (s *scribe) u16(v uint16)   { s.b = binary.LittleEndian.AppendUint16(s.b, v) }
func (s *scribe) u32(v uint32)   { s.b = binary.LittleEndian.AppendUint32(s.b, v) }
func (s *scribe) u64(v uint64)   { s.b = binary.LittleEndian.AppendUint64(s.b, v) }
func (s *scribe) i64(v int64)    { s.u64(uint64(v)) }
func (s *scribe) f32(v float32)  { s.u32(math.Float32bits(v)) }
func (s *scribe) f64(v float64)  { s.u64(math.Float64bits(v)) }
func (s *scribe) bytes(v []byte) { s.b = append(s.b, v...) }
func (s *scribe) flag(v bool) {
	if v {
		s.u8(1)
	} else {
		s.u8(0)
	}
}

// reader takes fields off the front of b. The first error sticks; after it
// every field reads as zero.
type reader struct {
	what string
	b    []byte
	size int
	err  error
}

func read(what string, b []byte) *reader { return &reader{what: what, b: b, size: len(b)} }

func (r *reader) fail(kind error, format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d of %d: %s", kind, r.what, r.size-len(r.b), r.size, fmt.Sprintf(format, args...))
	}
}

func (r *reader) take(n int) []byte {
	if r.err == nil && len(r.b) < n {
		r.fail(ErrCorrupt, "%d bytes wanted, %d left", n, len(r.b))
	}
	if r.err != nil {
		return nil
	}
	f := r.b[:n]
	r.b = r.b[n:]
	return f
}

func (r *reader) u8() uint8 {
	if f := r.take(1); f != nil {
		return f[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if f := r.take(2); f != nil {
		return binary.LittleEndian.Uint16(f)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if f := r.take(4); f != nil {
		return binary.LittleEndian.Uint32(f)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if f := r.take(8); f != nil {
		return binary.LittleEndian.Uint64(f)
	}
	return 0
}

func (r *reader) i64() int64 { return int64(r.u64()) }

func (r *reader) f32() float32 {
	v := math.Float32frombits(r.u32())
	r.finite(float64(v))
	return v
}

func (r *reader) f64() float64 {
	v := math.Float64frombits(r.u64())
	r.finite(v)
	return v
}

func (r *reader) finite(v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.fail(ErrCorrupt, "%v is not a number", v)
	}
}

func (r *reader) flag() bool {
	v := r.u8()
	if v > 1 {
		r.fail(ErrCorrupt, "flag is %d; 0 or 1 wanted", v)
	}
	return v == 1
}

// count reads a length of elements that take at least size bytes each.
func (r *reader) count(size int) int {
	n := int64(r.u32())
	if r.err == nil && n*int64(size) > int64(len(r.b)) {
		r.fail(ErrCorrupt, "%d elements announced, %d bytes left", n, len(r.b))
	}
	if r.err != nil {
		return 0
	}
	return int(n)
}

func (r *reader) version(want uint8) { r.versions(want, want) }

// versions reads the version, which must be between the oldest and the newest.
func (r *reader) versions(oldest, newest uint8) uint8 {
	v := r.u8()
	if r.err == nil && (v < oldest || v > newest) {
		r.fail(ErrVersion, "version is %d; this program knows %d", v, newest)
	}
	return v
}

func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail(ErrCorrupt, "%d bytes too many", len(r.b))
	}
	return r.err
}
