package window

import (
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/term"
)

// index finds the slot of a tracked term: open addressing with linear probing.
// A cell holds half of the ID above the slot + 1; zero is empty. Two tracked IDs
// may share that half, so a hit is confirmed by the record.
type index struct {
	cells []uint64
	mask  uint64
}

const indexCell = 8 // bytes

func newIndex(mem *offheap.Region, slots int) index {
	n := indexCells(slots)
	return index{cells: offheap.Slice[uint64](mem, n), mask: uint64(n - 1)}
}

// tag is the half of an ID that a cell keeps. The top bits chose the shard, which
// all IDs here share, so the lower half is kept, and home is made of it alone.
func tag(id term.ID) uint64 { return uint64(uint32(id)) }

// home is where the search for a tag starts. Shards have fewer than 2³² cells.
func (x *index) home(tag uint64) uint64 { return tag * 0x9E3779B97F4A7C15 >> 32 & x.mask }

// touch reads the cell where the search for the ID starts.
func (x *index) touch(id term.ID) uint64 { return x.cells[x.home(tag(id))] }

func (x *index) find(records []record, id term.ID) (slot int, ok bool) {
	t := tag(id)
	for i := x.home(t); ; i = (i + 1) & x.mask {
		c := x.cells[i]
		if c == 0 {
			return 0, false
		}
		if c>>32 == t && records[uint32(c)-1].id == id {
			return int(uint32(c) - 1), true
		}
	}
}

// guess returns a slot whose ID shares the kept half with the ID, or -1. It does
// not touch records.
func (x *index) guess(id term.ID) int32 {
	t := tag(id)
	for i := x.home(t); ; i = (i + 1) & x.mask {
		c := x.cells[i]
		if c == 0 {
			return -1
		}
		if c>>32 == t {
			return int32(uint32(c) - 1)
		}
	}
}

func (x *index) insert(id term.ID, slot int) {
	i := x.home(tag(id))
	for x.cells[i] != 0 {
		i = (i + 1) & x.mask
	}
	x.cells[i] = tag(id)<<32 | uint64(slot+1)
}

// remove takes out a slot that is in the index under the ID, and closes the gap
// it leaves (Knuth, TAOCP vol. 3, §6.4, algorithm R).
func (x *index) remove(id term.ID, slot int) {
	i := x.home(tag(id))
	for uint32(x.cells[i]) != uint32(slot+1) {
		i = (i + 1) & x.mask
	}
	for j := i; ; {
		j = (j + 1) & x.mask
		c := x.cells[j]
		if c == 0 {
			break
		}
		// The one at j may move to i only if that does not put it before its home.
		if (j-x.home(c>>32))&x.mask >= (j-i)&x.mask {
			x.cells[i] = c
			i = j
		}
	}
	x.cells[i] = 0
}
