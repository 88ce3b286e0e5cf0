package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Values are made of single bytes, varints as in encoding/binary and strings
// with their length in front.

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

var errShort = errors.New("ends too early")

// reader takes a value apart. The first failure stays: later reads return
// zeros, and err tells it.
type reader struct {
	buf []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.buf = nil
}

func (r *reader) byte() byte {
	b := r.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

// take returns the next n bytes, aliasing the value, or nil.
func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.buf)) {
		r.fail(errShort)
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.buf)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.buf = r.buf[n:]
	return v
}

// uint32 reads a uvarint that must fit 32 bits.
func (r *reader) uint32() uint32 {
	v := r.uvarint()
	if v > 1<<32-1 {
		r.fail(fmt.Errorf("number %d does not fit 32 bits", v))
		return 0
	}
	return uint32(v)
}

func (r *reader) string() string { return string(r.take(r.uvarint())) }

// count reads how many items follow, each at least size bytes long: a damaged
// count cannot make the caller allocate more than the value could hold.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.buf)/size) {
		r.fail(fmt.Errorf("%d items of %d bytes in %d bytes", n, size, len(r.buf)))
		return 0
	}
	return int(n)
}

// format reads the leading format byte and refuses others than want.
func (r *reader) format(want byte) {
	switch got := r.byte(); {
	case r.err != nil || got == want:
	case got > want:
		r.fail(fmt.Errorf("%w: value has format %d, this version of swell reads %d; use the version that wrote it",
			ErrNewerFormat, got, want))
	default:
		r.fail(fmt.Errorf("value has format %d, expected %d", got, want))
	}
}

// end returns the first failure, or an error if bytes are left over.
func (r *reader) end() error {
	if r.err == nil && len(r.buf) > 0 {
		r.fail(fmt.Errorf("%d bytes too long", len(r.buf)))
	}
	return r.err
}

// decodeError names the key in the error of a decoder: a newer format stays
// that, everything else is damage.
func decodeError(key []byte, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNewerFormat):
		return fmt.Errorf("%s: %w", keyString(key), err)
	}
	return damaged(key, "%v", err)
}
