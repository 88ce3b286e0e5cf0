package cow

import (
	"encoding/binary"
	"math/bits"
)

// PieceSize is about the length of the pieces that a cut is handed out in, in bytes.
// One is longer where cells are.
const PieceSize = 192 << 10

// Set is a number of tables that are cut at the same moment.
type Set struct {
	tables []*Table
	buffer func() []byte
	full   bool
	at     int      // table that Step is at
	buf    []byte   // the piece being filled
	ready  [][]byte // pieces to be taken
	waits  int      // bytes in ready
}

// NewSet returns a set. The order of the tables is part of the encoding. buffer gives
// room for a piece, an empty slice, whenever one is begun; nil allocates.
func NewSet(buffer func() []byte, tables ...*Table) *Set {
	s := &Set{tables: tables, buffer: buffer, at: len(tables)}
	if buffer == nil {
		s.buffer = func() []byte { return make([]byte, 0, PieceSize+PieceSize/4) }
	}
	for i, t := range tables {
		t.set, t.number = s, uint8(i)
	}
	return s
}

// SetBuffer replaces the buffer that [NewSet] was given.
func (s *Set) SetBuffer(buffer func() []byte) { s.buffer = buffer }

// Begin begins a cut: of all cells, or of those that changed since the last one
// began. What an earlier cut has left is given up. It takes time proportional to the
// number of cells, a millisecond for fifty million.
func (s *Set) Begin(full bool) {
	s.Abort()
	s.full, s.at = full, 0
	for _, t := range s.tables {
		t.begin(full)
	}
}

// Abort gives up the cut that is under way, if any. What changed since the cut before
// is forgotten by that: the next one has to be full.
func (s *Set) Abort() {
	for _, t := range s.tables {
		if t.left != 0 {
			t.abort()
		}
	}
	s.at, s.buf, s.ready, s.waits = len(s.tables), nil, nil, 0
}

// Changed returns how many cells changed since the last cut began.
func (s *Set) Changed() (n int) {
	for _, t := range s.tables {
		n += count(t.dirty)
	}
	return n
}

// Step saves pending cells until about budget bytes are written or looked at, and
// reports whether more are left. A frame is not split: 64 cells can be written beyond
// the budget.
func (s *Set) Step(budget int) (more bool) {
	const lookGroup = 2 // what it costs to pass over 64 cells of which none is pending
	for ; s.at < len(s.tables); s.at++ {
		t := s.tables[s.at]
		for t.left != 0 {
			if budget <= 0 {
				return true
			}
			group := t.pending[t.next*groupLines:][:groupLines]
			mask := binary.LittleEndian.Uint64(group)
			if mask == 0 {
				t.next++
				budget -= lookGroup
				continue
			}
			clear(group)
			t.left -= bits.OnesCount64(mask)
			budget -= s.write(t, t.next, mask) + bits.OnesCount64(mask)
			t.next++
		}
	}
	s.flush()
	return false
}

// Pending reports whether cells are still to be saved.
func (s *Set) Pending() bool { return s.at < len(s.tables) }

// write appends a frame and returns its length.
func (s *Set) write(t *Table, group int, mask uint64) int {
	if len(s.buf) >= PieceSize {
		s.flush()
	}
	if s.buf == nil {
		s.buf = s.buffer()
	}
	start := len(s.buf)
	buf := binary.AppendUvarint(append(s.buf, t.number), uint64(group))
	head := len(buf)
	buf = append(buf, 0, 0, 0, 0, 0, 0, 0, 0)
	written := uint64(0)
	for m := mask; m != 0; m &= m - 1 {
		at, filled := len(buf), false
		bit := bits.TrailingZeros64(m)
		if buf, filled = t.append(buf, group*groupCells+bit); s.full && !filled {
			buf = buf[:at]
			continue
		}
		written |= 1 << bit
	}
	if written == 0 {
		s.buf = buf[:start]
		return 0
	}
	binary.LittleEndian.PutUint64(buf[head:], written)
	s.buf = buf
	return len(buf) - start
}

// append appends a cell, behind its length where that is not the same for all.
func (t *Table) append(dst []byte, n int) ([]byte, bool) {
	if t.width != 0 {
		return t.cells.AppendCell(dst, n)
	}
	// Room for any length, so that the cell need not move once its own is known.
	at := len(dst)
	dst, filled := t.cells.AppendCell(append(dst, 0, 0, 0), n)
	size := len(dst) - at - 3
	dst[at], dst[at+1], dst[at+2] = byte(size)|0x80, byte(size>>7)|0x80, byte(size>>14)
	return dst, filled
}

// flush makes a piece of what is written so far.
func (s *Set) flush() {
	if len(s.buf) == 0 {
		return
	}
	s.ready = append(s.ready, s.buf)
	s.waits += len(s.buf)
	s.buf = nil
}

// Waiting returns how many bytes wait to be taken: those of whole pieces.
func (s *Set) Waiting() int { return s.waits }

// Next returns the piece that is to be taken next, without taking it, or nil. When
// nothing is pending any more, the last one is there as well.
func (s *Set) Next() []byte {
	if len(s.ready) == 0 {
		return nil
	}
	return s.ready[0]
}

// Take takes the piece that [Set.Next] returned.
func (s *Set) Take() {
	s.waits -= len(s.ready[0])
	s.ready[0] = nil
	s.ready = s.ready[1:]
}
