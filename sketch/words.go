package sketch

import (
	"encoding/binary"
)

// The cells that tables are saved by are words of 8 bytes: of a line of 64 bytes that
// one key changes, seldom more than a few change.

const (
	wordBytes = 8
	lineWords = 64 / wordBytes
)

// wordsOf takes parts of a table, all of the same number of lines, for one table of
// words.
type wordsOf[L any, P wordy[L]] struct {
	parts [][]L
	lines int // of a part
}

// wordy is a pointer to a line.
type wordy[L any] interface {
	*L
	word(w int) uint64
	setWord(w int, v uint64)
}

func (t *wordsOf[L, P]) line(n int) P {
	line := n / lineWords
	return P(&t.parts[line/t.lines][line%t.lines])
}

// AppendCell implements [cow.Cells].
func (t *wordsOf[L, P]) AppendCell(dst []byte, n int) ([]byte, bool) {
	v := t.line(n).word(n % lineWords)
	return binary.LittleEndian.AppendUint64(dst, v), v != 0
}

// RestoreCell implements [cow.Cells].
func (t *wordsOf[L, P]) RestoreCell(n int, enc []byte) error {
	t.line(n).setWord(n%lineWords, binary.LittleEndian.Uint64(enc))
	return nil
}

func (l *tagLine) word(w int) uint64 {
	if w < tagLanes/4 {
		return l.tags[w]
	}
	return l.states[w-tagLanes/4]
}

func (l *tagLine) setWord(w int, v uint64) {
	if w < tagLanes/4 {
		l.tags[w] = v
	} else {
		l.states[w-tagLanes/4] = v
	}
}

// A word of a line of counters is four of them, the first in its lowest bits.

func (l *cmLine) word(w int) uint64 {
	c := l[4*w:][:4]
	return uint64(c[0]) | uint64(c[1])<<16 | uint64(c[2])<<32 | uint64(c[3])<<48
}

func (l *cmLine) setWord(w int, v uint64) {
	for i := range 4 {
		l[4*w+i] = uint16(v >> (16 * i))
	}
}
