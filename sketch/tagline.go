package sketch

import (
	"encoding/binary"
	"math/bits"
)

const (
	tagLanes = 16 // entries of a line
	tagOnes  = 0x0001000100010001
	tagRest  = 0x7FFF7FFF7FFF7FFF // all bits but the highest of each tag
)

// tagLine is a cache line with 16 entries, each a tag, which is part of a hash, and
// a state, which is zero for an empty entry. The tags stand side by side, so that
// four are compared at once.
type tagLine struct {
	tags, states [tagLanes / 4]uint64
}

// find returns the entry that has the tag and a state that equals want where mask
// has ones.
func (l *tagLine) find(tag, mask, want uint16) (at int, ok bool) {
	all := uint64(tag) * tagOnes
	for same := zeroes(&l.tags, all); same != 0; same &= same - 1 {
		at := laneOf(same)
		if s := l.state(at); s != 0 && s&mask == want {
			return at, true
		}
	}
	return 0, false
}

// empty returns the first entry that is empty.
func (l *tagLine) empty() (at int, ok bool) {
	same := zeroes(&l.states, 0)
	return laneOf(same), same != 0
}

// zeroes compares 16 lanes with those of all: bit 16·i+12+w of what it returns
// says that lane i of word w is the same. There is no branch in it that could be
// guessed wrong.
func zeroes(words *[tagLanes / 4]uint64, all uint64) uint64 {
	return zeroTags(words[0]^all)>>3 | zeroTags(words[1]^all)>>2 | zeroTags(words[2]^all)>>1 | zeroTags(words[3]^all)
}

// laneOf returns the entry that the lowest bit of what zeroes returned stands for.
func laneOf(same uint64) int {
	bit := bits.TrailingZeros64(same)
	return ((bit%16-12)*4 + bit/16) & (tagLanes - 1)
}

func (l *tagLine) state(at int) uint16 { return uint16(l.states[at/4&3] >> (at % 4 * 16)) }

func (l *tagLine) setState(at int, state uint16) { setLane(&l.states, at, state) }

func setLane(words *[tagLanes / 4]uint64, at int, v uint16) {
	shift := at % 4 * 16
	word := &words[at/4&3]
	*word = *word&^(0xffff<<shift) | uint64(v)<<shift
}

// zeroTags returns the highest bit of every tag that is zero; no carry leaves a tag.
func zeroTags(tags uint64) uint64 { return ^((tags&tagRest + tagRest) | tags | tagRest) }

// put overwrites an entry.
func (l *tagLine) put(at int, tag, state uint16) {
	setLane(&l.tags, at, tag)
	setLane(&l.states, at, state)
}

// touch reads the line.
// drop takes an entry out of the line: those behind it move up, and the last one is empty.
func (l *tagLine) drop(at int) {
	dropLane(&l.tags, at)
	dropLane(&l.states, at)
}

func dropLane(words *[tagLanes / 4]uint64, at int) {
	first, before := at/4, uint64(1)<<(at%4*16)-1
	kept := words[first] & before
	last := len(words) - 1
	for i := first; i < last; i++ {
		words[i] = words[i]>>16 | words[i+1]<<48
	}
	words[last] >>= 16
	words[first] = words[first]&^before | kept
}

func (l *tagLine) touch() uint64 { return l.tags[0] }

// linesFor returns how many lines fit in size bytes: a power of two, at least 1.
func linesFor(size int) int {
	return 1 << (bits.Len(uint(max(size/64, 1))) - 1)
}

// sweepPart returns which of some lines, from one up to but not including another, are
// swept in the given step (of a clock) if all are to be swept once in every `steps`
// of them.
func sweepPart(lines int, step, steps int64) (from, to int) {
	k := ((step % steps) + steps) % steps
	n := int64(lines)
	return int(k * n / steps), int((k + 1) * n / steps)
}

func appendTagLine(dst []byte, l *tagLine) []byte {
	for _, w := range l.tags {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	for _, w := range l.states {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return dst
}

func readTagLine(r *reader, l *tagLine) {
	for i := range l.tags {
		l.tags[i] = r.u64()
	}
	for i := range l.states {
		l.states[i] = r.u64()
	}
}
