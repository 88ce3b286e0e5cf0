package window

import (
	"encoding/binary"
	"math/bits"

	"github.com/swell-radar/swell/internal/offheap"
)

// textGrain is what places in the arena are counted in, in bytes.
const textGrain = 16

const textClasses = 2 * maxText / textGrain // blocks of 1 to 32 grains

// arena holds the names of tracked terms. Blocks are whole grains; those given
// back are kept in a list by size, linked through their first bytes. Places count
// from 1, so that 0 can mean none.
type arena struct {
	bytes []byte
	high  uint32 // grains handed out so far
	free  [textClasses + 1]uint32
	empty uint64 // bit n: the list of n grains may have a block
}

func newArena(mem *offheap.Region, size int) arena {
	return arena{bytes: offheap.Slice[byte](mem, size/textGrain*textGrain)}
}

func grains(n int) int { return (max(n, 1) + textGrain - 1) / textGrain }

func (a *arena) at(place uint32) []byte { return a.bytes[int(place-1)*textGrain:] }

// take returns the place of a block for n bytes, or 0 if there is none.
func (a *arena) take(n int) uint32 {
	want := grains(n)
	for class := want; class <= textClasses; class++ {
		if place := a.pop(class); place != 0 {
			if rest := class - want; rest > 0 {
				a.push(place+uint32(want), rest)
			}
			return place
		}
		if class == want && int(a.high)+want <= len(a.bytes)/textGrain {
			a.high += uint32(want)
			return a.high - uint32(want) + 1
		}
		if skip := a.empty >> (class + 1); skip == 0 {
			return 0
		} else {
			class += bits.TrailingZeros64(skip)
		}
	}
	return 0
}

// give takes the block of n bytes back.
func (a *arena) give(place uint32, n int) { a.push(place, grains(n)) }

func (a *arena) push(place uint32, class int) {
	binary.LittleEndian.PutUint32(a.at(place), a.free[class])
	a.free[class] = place
	a.empty |= 1 << class
}

func (a *arena) pop(class int) uint32 {
	place := a.free[class]
	if place == 0 {
		return 0
	}
	if a.free[class] = binary.LittleEndian.Uint32(a.at(place)); a.free[class] == 0 {
		a.empty &^= 1 << class
	}
	return place
}
