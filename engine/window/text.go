package window

import (
	"encoding/binary"

	"github.com/swell-radar/swell/internal/offheap"
)

// A name lies in a chain of chunks of one size, so that no pattern of names that
// come and go can leave room that is of no use. Nearly all names need one.
const (
	chunkSize = 32
	chunkText = chunkSize - 4 // bytes of text; the number of the next chunk stands before them
)

// names holds the names of tracked terms. Chunks are numbered from 1, so that 0
// can mean none.
type names struct {
	bytes []byte
	high  uint32 // chunks handed out so far
	free  uint32 // first of a chain of chunks that were given back
	given int    // length of that chain
}

func newNames(mem *offheap.Region, size int) names {
	return names{bytes: offheap.Slice[byte](mem, size/chunkSize*chunkSize)}
}

func chunksOf(n int) int { return max((n+chunkText-1)/chunkText, 1) }

// room returns how many chunks can be had.
func (a *names) room() int { return len(a.bytes)/chunkSize - int(a.high) + a.given }

func (a *names) chunk(n uint32) []byte { return a.bytes[int(n-1)*chunkSize:][:chunkSize] }

func (a *names) next(n uint32) uint32 { return binary.LittleEndian.Uint32(a.chunk(n)) }

func (a *names) setNext(n, next uint32) { binary.LittleEndian.PutUint32(a.chunk(n), next) }

// put stores a name and returns its place, or 0 if there is no room for it.
func (a *names) put(name []byte) uint32 {
	if chunksOf(len(name)) > a.room() {
		return 0
	}
	place := a.take()
	for at := place; ; {
		name = name[copy(a.chunk(at)[4:], name):]
		if len(name) == 0 {
			a.setNext(at, 0)
			return place
		}
		more := a.take()
		a.setNext(at, more)
		at = more
	}
}

func (a *names) take() uint32 {
	if n := a.free; n != 0 {
		a.free = a.next(n)
		a.given--
		return n
	}
	a.high++
	return a.high
}

// drop gives the chunks of a name back.
func (a *names) drop(place uint32) {
	for place != 0 {
		next := a.next(place)
		a.setNext(place, a.free)
		a.free = place
		a.given++
		place = next
	}
}

// append appends the n bytes of a name to dst.
func (a *names) append(dst []byte, place uint32, n int) []byte {
	for ; n > chunkText; n -= chunkText {
		dst = append(dst, a.chunk(place)[4:]...)
		place = a.next(place)
	}
	return append(dst, a.chunk(place)[4:4+n]...)
}
