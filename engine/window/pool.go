package window

import "github.com/swell-radar/swell/internal/offheap"

// pool hands out blocks of a fixed number of cells. Blocks are numbered from 1,
// so that 0 can mean none, and each knows the slot it serves.
type pool[T any] struct {
	size  int // cells of a block
	cells []T
	owner []uint32 // slot, by block
	free  []uint32 // the first given are blocks below high that serve nobody
	given int
	high  int
}

func newPool[T any](mem *offheap.Region, blocks, size int) pool[T] {
	return pool[T]{
		size: size, cells: offheap.Slice[T](mem, max(blocks*size, 1)),
		owner: offheap.Slice[uint32](mem, blocks), free: offheap.Slice[uint32](mem, blocks),
	}
}

// block returns the cells of a block.
func (p *pool[T]) block(n uint32) []T {
	at := int(n-1) * p.size
	return p.cells[at : at+p.size : at+p.size]
}

// take returns an empty block for a slot, or 0 if all are in use.
func (p *pool[T]) take(slot int) uint32 {
	var n uint32
	switch {
	case p.given > 0:
		p.given--
		n = p.free[p.given]
		clear(p.block(n))
	case p.high < len(p.owner):
		p.high++
		n = uint32(p.high)
	default:
		return 0
	}
	p.owner[n-1] = uint32(slot)
	return n
}

// give takes a block back.
func (p *pool[T]) give(n uint32) {
	p.free[p.given] = n
	p.given++
}

// used returns the number of blocks in use.
func (p *pool[T]) used() int { return p.high - p.given }
