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
	tags   [tagLanes / 4]uint64
	states [tagLanes]uint16
}

// find returns the entry that has the tag and a state that equals want where mask
// has ones.
func (l *tagLine) find(tag, mask, want uint16) (at int, ok bool) {
	all := uint64(tag) * tagOnes
	// Bit 16·i+12+w says that tag i of word w is the one. All words are looked at
	// before the first branch, which then is mostly guessed right.
	same := zeroTags(l.tags[0]^all)>>3 | zeroTags(l.tags[1]^all)>>2 | zeroTags(l.tags[2]^all)>>1 | zeroTags(l.tags[3]^all)
	for ; same != 0; same &= same - 1 {
		bit := bits.TrailingZeros64(same)
		at := (bit%16-12)*4 + bit/16
		if s := l.states[at&(tagLanes-1)]; s != 0 && s&mask == want {
			return at & (tagLanes - 1), true
		}
	}
	return 0, false
}

// zeroTags returns the highest bit of every tag that is zero; no carry leaves a tag.
func zeroTags(tags uint64) uint64 { return ^((tags&tagRest + tagRest) | tags | tagRest) }

// put overwrites an entry.
func (l *tagLine) put(at int, tag, state uint16) {
	shift := at % 4 * 16
	word := &l.tags[at/4]
	*word = *word&^(0xffff<<shift) | uint64(tag)<<shift
	l.states[at] = state
}

// touch reads the line.
func (l *tagLine) touch() uint64 { return l.tags[0] }

// linesFor returns how many lines fit in size bytes: a power of two, at least 1.
func linesFor(size int) int {
	return 1 << (bits.Len(uint(max(size/64, 1))) - 1)
}

// sweepPart returns the lines that are swept in the given step (of a clock) if all
// are to be swept once in every `steps` of them.
func sweepPart(lines []tagLine, step, steps int64) []tagLine {
	k := ((step % steps) + steps) % steps
	n := int64(len(lines))
	return lines[k*n/steps : (k+1)*n/steps]
}

func appendTagLine(dst []byte, l *tagLine) []byte {
	for _, w := range l.tags {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	for _, s := range &l.states {
		dst = binary.LittleEndian.AppendUint16(dst, s)
	}
	return dst
}

func readTagLine(r *reader, l *tagLine) {
	for i := range l.tags {
		l.tags[i] = r.u64()
	}
	raw := r.bytes(2 * tagLanes)
	for i := range raw[:len(raw)/2] {
		l.states[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
}
