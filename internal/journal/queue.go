package journal

import (
	"sync"
	"sync/atomic"
)

// waiting is a batch on its way into the journal: encoded by the goroutine that
// appends it, stored by the committer.
type waiting struct {
	frame  []byte
	whole  bool // the frame is a whole entry, to be stored as it is
	state  atomic.Int32
	answer chan answer // one place: the committer does not wait for who gave up
}

// The states of a waiting batch. Whoever moves it from isQueued decides what
// becomes of it: the committer, which sends it, or its appender, which gives it
// up. One that was sent can be given up too, but not taken back.
const (
	isQueued = iota
	isSent
	isGivenUp
)

// givenUp says whether nobody waits for w any more.
func (w *waiting) givenUp() bool { return w.state.Load() == isGivenUp }

type answer struct {
	place  Place
	ingest int64
	err    error
}

// Bounds of an entry that holds several batches. A batch that is larger than that
// has an entry to itself.
const (
	groupBytes   = 1 << 20
	groupBatches = 1 << 10
)

// queue holds the batches that wait for the entry under way to be stored. They
// are the next entry together.
type queue struct {
	mu     sync.Mutex
	list   []*waiting
	closed bool
	filled chan struct{} // one place: there may be something to take
}

func (q *queue) init() { q.filled = make(chan struct{}, 1) }

// put adds w, and returns false if the queue is closed.
func (q *queue) put(w *waiting) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.list = append(q.list, w)
	q.signal()
	return true
}

// signal wakes the committer. The lock is held.
func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

// take waits for batches and returns those of the next entry, in the order in
// which they came, of at most limit bytes together unless it is one alone. It
// returns ok = false once the queue is closed.
func (q *queue) take(group []*waiting, limit int) (_ []*waiting, ok bool) {
	for {
		q.mu.Lock()
		if q.closed {
			q.mu.Unlock()
			return group, false
		}
		size, n := 0, 0
		for _, w := range q.list {
			if len(group) > 0 && (size+len(w.frame) > limit || len(group) == groupBatches) {
				break
			}
			n++
			if w.state.CompareAndSwap(isQueued, isSent) {
				group = append(group, w)
				size += len(w.frame)
			}
		}
		rest := copy(q.list, q.list[n:])
		clear(q.list[rest:])
		q.list = q.list[:rest]
		if rest > 0 {
			q.signal()
		}
		q.mu.Unlock()
		if len(group) > 0 {
			return group, true
		}
		<-q.filled
	}
}

// close makes the queue take nothing more and wakes the committer.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

// drain returns what is left in a closed queue.
func (q *queue) drain() []*waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}
