package window

import (
	"encoding/binary"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

// pool hands out blocks of a fixed number of cells. Blocks are numbered from 1,
// so that 0 can mean none, and each knows the slot it serves.
type pool[T any] struct {
	size  int // cells of a block
	cells []T
	owner []uint32 // slot, by block
	free  []uint32 // the first given are blocks below high that serve nobody
	given int
	high  int
	table *cow.Table // of cells that are saved by themselves, not with their slot; else nil
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
		if p.table != nil {
			p.touch(n)
		}
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

// line returns where a block begins in the table of a pool of words, whose blocks are
// whole lines of 8.
func (p *pool[T]) line(n uint32) int { return int(n-1) * int(uint(p.size)/8) }

// touch says that all of a block in a pool of words is about to change.
func (p *pool[T]) touch(n uint32) { p.table.TouchLines(p.line(n), p.line(n+1)) }

// words are the cells of a pool, for the table they are saved by.
type words []uint64

func newWordPool(mem *offheap.Region, blocks, size int) pool[uint64] {
	p := newPool[uint64](mem, blocks, size)
	p.table = cow.NewTable(words(p.cells), len(p.cells), 8)
	return p
}

// AppendCell implements [cow.Cells].
func (w words) AppendCell(dst []byte, n int) ([]byte, bool) {
	return binary.LittleEndian.AppendUint64(dst, w[n]), w[n] != 0
}

// RestoreCell implements [cow.Cells].
func (w words) RestoreCell(n int, enc []byte) error {
	w[n] = binary.LittleEndian.Uint64(enc)
	return nil
}
