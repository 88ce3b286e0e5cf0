package sketch

import (
	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/internal/offheap"
)

const echoSalt = 0xE7037ED1A0B428DB

// Echoes tells whether a text was said lately by somebody else, in a fixed amount
// of memory. It is a table like that of [Recent], in which the part of the state
// that tells hashes apart there says who said the text last.
//
// A text that nobody said is taken for one that somebody did with a chance of at
// most 16·2^-16, one in 4,096, and of less while lines are not full. Two speakers
// are taken for one with a chance of 2^-11. A text that was said is known for the
// time that [Echoes.Horizon] says, on average: where a line is full, the one that
// was not said for longest is forgotten.
//
// Concurrency: one goroutine at a time. Say takes O(1) time and one cache line, and
// allocates nothing.
type Echoes struct{ said Recent }

// NewEchoes returns a table that keeps texts for the given number of hours after
// they were said last; hours, size and mem are as for [NewRecent]. A text takes four
// bytes.
func NewEchoes(mem *offheap.Region, size int, hours int64) *Echoes {
	return &Echoes{said: *NewRecent(mem, size, hours)}
}

// Bytes returns the memory the table takes.
func (e *Echoes) Bytes() int { return e.said.Bytes() }

// Say notes that a text was said, both given as hashes, and reports whether it was
// somebody else who said it last.
func (e *Echoes) Say(text, who uint64, hour int64) bool {
	s := &e.said
	s.arrive(hour)
	n, tag, _ := s.place(text)
	state := uint16(Mix(who, echoSalt)>>48)&recentTag | uint16(s.stamp)
	at, before := s.enter(n, tag, 0, state, false)
	s.setState(n, at, state)
	return before != 0 && (before^state)&recentTag != 0
}

// Horizon returns about how many hours back texts are known; see [Recent.Horizon].
func (e *Echoes) Horizon() float64 { return e.said.Horizon() }

// Table returns what knows which entries changed since the last cut.
func (e *Echoes) Table() *cow.Table { return e.said.Table() }

// AppendBinary appends the table's encoding to dst, which is laid out as that of
// [Recent.AppendBinary].
func (e *Echoes) AppendBinary(dst []byte) []byte { return e.said.AppendBinary(dst) }

// Restore replaces the state of a table by what [Echoes.AppendBinary] wrote for one
// of the same size and hours, and returns the rest of data. After an error the table
// must not be used.
func (e *Echoes) Restore(data []byte) (rest []byte, err error) { return e.said.Restore(data) }

// AppendHead appends what [Echoes.AppendBinary] begins with: all but the lines.
func (e *Echoes) AppendHead(dst []byte) []byte { return e.said.AppendHead(dst) }

// RestoreHead is [Recent.RestoreHead].
func (e *Echoes) RestoreHead(data []byte) (rest []byte, err error) { return e.said.RestoreHead(data) }

// Restored is [Recent.Restored].
func (e *Echoes) Restored() { e.said.Restored() }
