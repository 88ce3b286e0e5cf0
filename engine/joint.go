package engine

import (
	"encoding/binary"
	"errors"
)

const (
	// jointTerms is how many terms of a post are paired with each other, the first ones:
	// what comes behind them is seldom what the post is about.
	jointTerms = 16
	// Posts with several terms wait for the end of their pane in as many words as there
	// are times 256 bytes of memory, a 32nd of it, within bounds.
	jointShare             = 256
	leastJoint, mostJoint  = 1 << 14, 1 << 22
	jointPiece             = 256 << 10 // bytes of a piece of a snapshot
	jointCount, jointShift = 1<<8 - 1, 8
)

// joint gathers the posts of open panes that have several terms: of each a word with its
// pane and the number of terms, then their IDs. The feeder owns it.
type joint struct {
	words []uint64
	most  int    // words
	left  uint32 // posts for which there was no room since the last pane was closed
}

func newJoint(memory int64) joint {
	return joint{most: int(min(max(memory/jointShare, leastJoint), mostJoint))}
}

// room returns where the IDs of a post are to be written, the first ones; nil: nowhere.
func (j *joint) room(pane int64, terms int) []uint64 {
	n := min(terms, jointTerms)
	if n < 2 {
		return nil
	}
	at := len(j.words) + 1
	if at+n > j.most {
		j.left++
		return nil
	}
	j.words = append(j.words, uint64(pane)<<jointShift|uint64(n))
	j.words = append(j.words, make([]uint64, n)...)
	return j.words[at:]
}

// take returns the posts of the panes up to the given one and how many there was no room
// for, and keeps the others.
func (j *joint) take(through int64) (out []uint64, left uint32) {
	if len(j.words) > 0 {
		out = make([]uint64, 0, len(j.words))
	}
	kept := j.words[:0]
	for from := j.words; len(from) > 0; {
		n := 1 + int(from[0]&jointCount)
		if int64(from[0])>>jointShift <= through {
			out = append(out, from[:n]...)
		} else {
			kept = append(kept, from[:n]...)
		}
		from = from[n:]
	}
	j.words, left, j.left = kept, j.left, 0
	return out, left
}

// parts encodes what is gathered, in pieces.
func (j *joint) parts(small []Part) []Part {
	if len(j.words) == 0 && j.left == 0 {
		return small
	}
	data := binary.LittleEndian.AppendUint32(nil, j.left)
	for _, w := range j.words {
		if len(data) >= jointPiece {
			small, data = append(small, Part{Name: partJoint, Data: data}), nil
		}
		data = binary.LittleEndian.AppendUint64(data, w)
	}
	return append(small, Part{Name: partJoint, Data: data})
}

var errJoint = errors.New("it makes no sense")

// restore reads what parts wrote.
func (j *joint) restore(data []byte) error {
	if len(data)%8 != 4 {
		return errJoint
	}
	j.left, data = binary.LittleEndian.Uint32(data), data[4:]
	j.words = make([]uint64, 0, len(data)/8)
	for ; len(data) > 0; data = data[8:] {
		j.words = append(j.words, binary.LittleEndian.Uint64(data))
	}
	for from := j.words; len(from) > 0; {
		n := int(from[0] & jointCount)
		if n < 2 || n > jointTerms || n >= len(from) {
			return errJoint
		}
		from = from[1+n:]
	}
	return nil
}
