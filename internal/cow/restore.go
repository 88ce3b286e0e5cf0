package cow

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// ErrCorrupt is wrapped by errors about an encoding that makes no sense.
var ErrCorrupt = errors.New("cow: corrupt encoding")

// maxCell bounds the length of a cell where they differ.
const maxCell = 64 << 10

// BeginRestore makes the tables, which must be new, ready for [Set.Restore].
func (s *Set) BeginRestore() {
	for _, t := range s.tables {
		for line := range t.pending {
			t.pending[line] = t.within(line) // still wanted
		}
	}
}

// Restore reads what one cut wrote. Cuts are read newest first, back to a full one: a
// cell that was read before is passed over. After an error, which wraps [ErrCorrupt]
// or comes from r or the cells, the tables must not be used. It takes no more memory
// for a long cut than for a short one.
func (s *Set) Restore(r io.Reader) error {
	in := reader{from: bufio.NewReaderSize(r, 64<<10)}
	for {
		number, err := in.from.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cow: cannot read: %w", err)
		}
		if int(number) >= len(s.tables) {
			return fmt.Errorf("%w: table %d, there are %d", ErrCorrupt, number, len(s.tables))
		}
		if err := s.tables[number].restore(&in); err != nil {
			return err
		}
	}
}

// EndRestore ends the restoring.
func (s *Set) EndRestore() {
	for _, t := range s.tables {
		t.abort()
	}
}

type reader struct {
	from  *bufio.Reader
	frame [groupCells * 8]byte // of cells of 8 bytes
	cell  []byte
}

// restore reads the rest of a frame.
func (t *Table) restore(in *reader) error {
	group, err := binary.ReadUvarint(in.from)
	if err != nil {
		return short(err)
	}
	if _, err := io.ReadFull(in.from, in.frame[:8]); err != nil {
		return short(err)
	}
	mask := binary.LittleEndian.Uint64(in.frame[:8])
	if group >= uint64(len(t.pending)/groupLines) {
		return fmt.Errorf("%w: group %d of %d cells", ErrCorrupt, group, t.n)
	}
	first := int(group) * groupCells
	if last := first + 63 - bits.LeadingZeros64(mask); mask == 0 || last >= t.n {
		return fmt.Errorf("%w: cells %#x from %d on, of %d", ErrCorrupt, mask, first, t.n)
	}
	wanted := binary.LittleEndian.Uint64(t.pending[int(group)*groupLines:])
	binary.LittleEndian.PutUint64(t.pending[int(group)*groupLines:], wanted&^mask)
	for m := mask; m != 0; m &= m - 1 {
		bit := bits.TrailingZeros64(m)
		cell, err := in.next(t.width)
		if err != nil {
			return err
		}
		if wanted>>bit&1 == 0 {
			continue
		}
		if err := t.cells.RestoreCell(first+bit, cell); err != nil {
			return err
		}
	}
	return nil
}

// next returns the next cell; it is valid until the next call.
func (in *reader) next(width int) ([]byte, error) {
	if width == 0 {
		n, err := binary.ReadUvarint(in.from)
		if err != nil {
			return nil, short(err)
		}
		if n > maxCell {
			return nil, fmt.Errorf("%w: a cell of %d bytes, at most %d are possible", ErrCorrupt, n, maxCell)
		}
		width = int(n)
	}
	if width > cap(in.cell) {
		in.cell = make([]byte, width)
	}
	cell := in.cell[:width]
	if _, err := io.ReadFull(in.from, cell); err != nil {
		return nil, short(err)
	}
	return cell, nil
}

// short says that a frame ends too early.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends within a frame", ErrCorrupt)
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}
