package pairs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrCorrupt is wrapped by every error about an encoding that makes no sense.
var ErrCorrupt = errors.New("pairs: corrupt encoding")

const version = 1

// AppendHead appends what a table is beside its words: version, newest period, sets, the
// posts that nothing is known of and what was turned away, by period modulo [Periods],
// then the head of the doorkeeper.
func (t *Table) AppendHead(dst []byte) []byte {
	t.Flush()
	dst = append(dst, version)
	dst = binary.AppendVarint(dst, t.newest)
	dst = binary.AppendUvarint(dst, uint64(len(t.sets)))
	for p := range t.lost {
		dst = binary.AppendUvarint(dst, uint64(t.missed[p]))
		for _, n := range t.lost[p] {
			dst = binary.AppendUvarint(dst, uint64(n))
		}
	}
	return t.door.AppendHead(dst)
}

// RestoreHead reads what [Table.AppendHead] wrote of a table of the same size into one
// that is new, and returns the rest of data. [Table.Tables] bring back the words. After an
// error, which wraps [ErrCorrupt] or comes from the sketch, the table must not be used.
func (t *Table) RestoreHead(data []byte) (rest []byte, err error) {
	r := reader{data: data}
	if v := r.byte(); r.err == nil && v != version {
		r.fail("version %d, this program reads %d", v, version)
	}
	newest, size := binary.Varint(r.data)
	if size <= 0 || newest < 0 || newest > math.MaxInt32 {
		r.fail("period %d", newest)
	} else if r.err == nil {
		r.data = r.data[size:]
	}
	if n := r.up(math.MaxUint32); r.err == nil && n != uint64(len(t.sets)) {
		r.fail("%d sets, this one has %d", n, len(t.sets))
	}
	for p := range t.lost {
		t.missed[p] = uint32(r.up(math.MaxUint32))
		for i := range t.lost[p] {
			t.lost[p][i] = uint16(r.up(mostCount))
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	t.newest, t.used = newest, true
	return t.door.RestoreHead(r.data)
}

// AppendBinary appends a table as a whole: two that hold the same are the same bytes.
func (t *Table) AppendBinary(dst []byte) []byte {
	dst = t.AppendHead(dst)
	for i := range t.sets {
		for _, w := range t.sets[i] {
			dst = binary.LittleEndian.AppendUint64(dst, w)
		}
	}
	return t.door.AppendBinary(dst)
}

// reader takes numbers off the front. The first failure stays.
type reader struct {
	data []byte
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
	}
	r.data = nil
}

func (r *reader) byte() byte {
	if len(r.data) == 0 {
		r.fail("it ends too early")
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

// up reads a number that is at most most.
func (r *reader) up(most uint64) uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.fail("it ends too early")
		return 0
	}
	if r.data = r.data[size:]; n > most {
		r.fail("number %d where at most %d is possible", n, most)
		return 0
	}
	return n
}
