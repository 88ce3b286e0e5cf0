package cow

import (
	"encoding/binary"
	"math/bits"
)

// Cells is what a [Table] keeps watch over.
type Cells interface {
	// AppendCell appends cell n as it is now. It reports false if the cell is as in
	// a new table.
	AppendCell(dst []byte, n int) (enc []byte, filled bool)
	// RestoreCell makes cell n, which is as in a new table, what AppendCell wrote.
	// It does not keep enc.
	RestoreCell(n int, enc []byte) error
}

// Cells lie in lines of 8, a bit of a byte for each, and are written in groups of 64.
const (
	lineCells  = 8
	groupCells = 64
	groupLines = groupCells / lineCells
)

// Table knows which of its cells were changed since the last cut, and which are
// still to be saved in the cut that is under way. It takes a quarter of a byte a
// cell.
type Table struct {
	dirty   []byte // by line: changed since the last cut began
	left    int    // cells pending
	pending []byte // by line: to be saved
	next    int    // group that Step comes to next
	cells   Cells
	n       int
	width   int // of every encoded cell; 0: they differ
	set     *Set
	number  uint8 // in the set
}

// NewTable returns a table of n cells, all unchanged. width is the length of every
// encoded cell, or 0 if they differ, by at most 64 KiB.
func NewTable(cells Cells, n, width int) *Table {
	size := (n + groupCells - 1) / groupCells * groupLines
	return &Table{cells: cells, n: n, width: width, dirty: make([]byte, size), pending: make([]byte, size)}
}

// Touch says that cells of a line, of 8 cells each, are about to change: those whose
// bits are set in mask. It must be called before they do. Without a cut under way it
// costs one store.
func (t *Table) Touch(line int, mask uint8) {
	if t.left != 0 {
		t.rescue(line, mask)
	}
	t.dirty[line] |= mask
}

// Peek reads what [Table.Touch] would write, so that it is in the cache by then.
func (t *Table) Peek(line int) uint8 { return t.dirty[line] }

// TouchCell is [Table.Touch] for one cell.
func (t *Table) TouchCell(n int) { t.Touch(int(uint(n)/lineCells), 1<<(uint(n)%lineCells)) }

// TouchLines is [Table.Touch] for all cells of the lines from, from+1, … to-1. It
// takes time proportional to their number, and saves all of them that are pending.
func (t *Table) TouchLines(from, to int) {
	for line := from; line < to; line++ {
		t.Touch(line, t.within(line))
	}
}

// within returns the cells of a line that exist.
func (t *Table) within(line int) uint8 {
	if left := t.n - line*lineCells; left < lineCells {
		return 1<<max(left, 0) - 1
	}
	return 1<<lineCells - 1
}

// rescue saves cells that are pending, before they change.
func (t *Table) rescue(line int, mask uint8) {
	mask &= t.pending[line]
	if mask == 0 {
		return
	}
	t.pending[line] &^= mask
	t.left -= bits.OnesCount8(mask)
	t.set.write(t, line/groupLines, uint64(mask)<<(line%groupLines*lineCells))
}

// begin makes all cells pending, or those that changed since the last cut.
func (t *Table) begin(full bool) {
	t.dirty, t.pending = t.pending, t.dirty // what was pending is all zero
	if full {
		for line := range t.pending {
			t.pending[line] = t.within(line)
		}
	}
	clear(t.dirty)
	t.left, t.next = count(t.pending), 0
}

// abort makes nothing pending.
func (t *Table) abort() {
	clear(t.pending)
	t.left = 0
}

// count returns how many bits are set.
func count(lines []byte) (n int) {
	for ; len(lines) > 0; lines = lines[groupLines:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(lines))
	}
	return n
}
