package sketch

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCorrupt is wrapped by every decoding error of the package.
var ErrCorrupt = errors.New("sketch: corrupt encoding")

// reader takes fixed-size fields off the front of an encoding. After the first
// shortage every further read returns zero and err stays set.
type reader struct {
	what string
	data []byte
	off  int
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d: %s", ErrCorrupt, r.what, r.off, fmt.Sprintf(format, args...))
	}
}

func (r *reader) bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.data)-r.off {
		r.fail("%d bytes wanted, %d left", n, len(r.data)-r.off)
		return nil
	}
	b := r.data[r.off : r.off+n]
	r.off += n
	return b
}

func (r *reader) u8() uint8 {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// version reads the leading format byte and refuses any other than want.
func (r *reader) version(want uint8) {
	if v := r.u8(); r.err == nil && v != want {
		r.fail("version %d, this program reads %d", v, want)
	}
}

// rest returns what is left after the value and how the reading went.
func (r *reader) rest() ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.data[r.off:], nil
}
