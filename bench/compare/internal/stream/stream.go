package stream

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/swell-radar/swell/internal/offheap"
)

const (
	// PanesPerHour is the number of panes in an hour: they are ten minutes long.
	PanesPerHour = 6
	// WindowPanes is the length of the sliding window, 72 hours, in panes.
	WindowPanes = 72 * PanesPerHour
	// PanesPerDay is the number of panes in a UTC day.
	PanesPerDay = 24 * PanesPerHour
)

// Stream is a sequence of observations, pane after pane. It is read-only and may
// be read by any number of goroutines.
type Stream struct {
	Shape  Shape
	text   []byte   // the keys, one behind the other
	starts []uint32 // where each key begins in text; one more marks the end
	author []uint64
	panes  []int // the first observation of each pane; one more marks the end
	first  int64 // number of the first pane
	memory *offheap.Region
}

// Len returns the number of observations.
func (s *Stream) Len() int { return len(s.author) }

// Panes returns the number of panes.
func (s *Stream) Panes() int { return len(s.panes) - 1 }

// Last returns the number of the last pane.
func (s *Stream) Last() int64 { return s.first + int64(s.Panes()) - 1 }

// Pane returns the observations of the i-th pane.
func (s *Stream) Pane(i int) Run {
	from, to := s.panes[i], s.panes[i+1]
	return Run{Pane: s.first + int64(i), text: s.text, starts: s.starts[from : to+1], author: s.author[from:to]}
}

// Tail returns the stream's last whole panes that hold at least n observations,
// or all of it. It shares the memory of s.
func (s *Stream) Tail(n int) *Stream {
	at := s.Panes()
	for at > 0 && s.Len()-s.panes[at] < n {
		at--
	}
	t := *s
	t.memory = nil
	t.first += int64(at)
	from := s.panes[at]
	t.starts, t.author = s.starts[from:], s.author[from:]
	t.panes = make([]int, 0, s.Panes()-at+1)
	for _, p := range s.panes[at:] {
		t.panes = append(t.panes, p-from)
	}
	return &t
}

// Close gives the memory back. The stream, its runs, its tails and their keys
// must not be used any more.
func (s *Stream) Close() error { return s.memory.Close() }

// Run is a sequence of observations of one pane.
type Run struct {
	Pane   int64 // number of the pane since the Unix epoch
	text   []byte
	starts []uint32
	author []uint64
}

// Len returns the number of observations.
func (r Run) Len() int { return len(r.author) }

// Key returns the key of an observation. It stays valid until the stream is
// closed.
func (r Run) Key(i int) string {
	from := r.starts[i]
	return unsafe.String(&r.text[from], int(r.starts[i+1]-from))
}

// Author returns the hash of the author of an observation, never zero.
func (r Run) Author(i int) uint64 { return r.author[i] }

// Slice returns the observations [from, to).
func (r Run) Slice(from, to int) Run {
	r.starts, r.author = r.starts[from:to+1], r.author[from:to]
	return r
}

// Share returns the part-th of n nearly equal parts.
func (r Run) Share(part, n int) Run {
	return r.Slice(r.Len()*part/n, r.Len()*(part+1)/n)
}

// allocate reserves a stream's memory, given an upper bound on the length of its
// text.
func (s *Stream) allocate(observations int, text int64) error {
	if text > math.MaxUint32 {
		return fmt.Errorf("stream: %d bytes of keys exceed 4 GiB; use a smaller scale", text)
	}
	const slack = 3 * 64 // every slice begins at a cache line
	memory, err := offheap.Reserve(text + 12*int64(observations) + 4 + slack)
	if err != nil {
		return err
	}
	s.memory = memory
	s.text = offheap.Slice[byte](memory, int(text))[:0]
	s.starts = offheap.Slice[uint32](memory, observations+1)[:0]
	s.author = offheap.Slice[uint64](memory, observations)[:0]
	return nil
}
