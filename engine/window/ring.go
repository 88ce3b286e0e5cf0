package window

import "sync/atomic"

const cacheLine = 64

// ring is a bounded queue between one producer and one consumer.
//
// The slots in [head, tail) belong to the consumer, the others to the producer.
// Only the producer writes tail: storing it hands over the slots before it, and
// everything written to their batches. Only the consumer writes head: storing it
// gives the slots back. Each side therefore may read the slots it owns plainly.
// TestRingHandsOverInOrder runs it under the race detector.
type ring struct {
	head atomic.Uint64
	_    [cacheLine - 8]byte // head and tail are written by different cores
	tail atomic.Uint64
	_    [cacheLine - 8]byte
	slot []*Batch // a power of two of them
}

func newRing(size int) *ring { return &ring{slot: make([]*Batch, size)} }

// push is the producer's. It reports false when the ring is full.
func (r *ring) push(b *Batch) bool {
	tail := r.tail.Load()
	if tail-r.head.Load() == uint64(len(r.slot)) {
		return false
	}
	r.slot[tail&uint64(len(r.slot)-1)] = b
	r.tail.Store(tail + 1)
	return true
}

// pop is the consumer's. It returns nil when the ring is empty.
func (r *ring) pop() *Batch {
	head := r.head.Load()
	if head == r.tail.Load() {
		return nil
	}
	b := r.slot[head&uint64(len(r.slot)-1)]
	r.head.Store(head + 1)
	return b
}

// bell wakes a sleeper: ringing it any number of times before the sleeper looks
// is one wake-up, and none is ever lost.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}
