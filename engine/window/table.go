package window

import (
	"math/bits"

	"github.com/swell-radar/swell/term"
)

// index finds the slot of a tracked term: open addressing with linear probing
// over slot numbers, at most half full.
type index struct {
	cells []uint32 // slot + 1; zero is empty
	mask  uint64
}

func newIndex(slots int) index {
	n := 1 << bits.Len(uint(2*slots-1))
	return index{cells: make([]uint32, n), mask: uint64(n - 1)}
}

// home skips the bits that chose the shard, which all IDs here share.
func (x *index) home(id term.ID) uint64 { return uint64(id) & x.mask }

func (x *index) find(records []record, id term.ID) (slot int, ok bool) {
	for i := x.home(id); ; i = (i + 1) & x.mask {
		c := x.cells[i]
		if c == 0 {
			return 0, false
		}
		if records[c-1].id == id {
			return int(c - 1), true
		}
	}
}

func (x *index) insert(id term.ID, slot int) {
	i := x.home(id)
	for x.cells[i] != 0 {
		i = (i + 1) & x.mask
	}
	x.cells[i] = uint32(slot + 1)
}

// remove takes out an ID that is in the index and closes the gap it leaves
// (Knuth, TAOCP vol. 3, §6.4, algorithm R).
func (x *index) remove(records []record, id term.ID) {
	i := x.home(id)
	for records[x.cells[i]-1].id != id {
		i = (i + 1) & x.mask
	}
	for j := i; ; {
		j = (j + 1) & x.mask
		c := x.cells[j]
		if c == 0 {
			break
		}
		// The one at j may move to i only if that does not put it before its home.
		if home := x.home(records[c-1].id); (j-home)&x.mask >= (j-i)&x.mask {
			x.cells[i] = c
			i = j
		}
	}
	x.cells[i] = 0
}
