package journal

import (
	"sync"

	"github.com/nats-io/nats.go/jetstream"
)

// tail is what is known of the journal's bounds and size. The committer moves it
// on, trims move its beginning, readers wait for it.
type tail struct {
	mu      sync.Mutex
	first   uint64
	next    uint64
	bytes   int64
	changed chan struct{} // closed and replaced when next rises
}

func (t *tail) init() { t.changed = make(chan struct{}) }

// set takes over what the server says.
func (t *tail) set(s jetstream.StreamState) {
	first, next := streamBounds(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first, t.bytes = first, int64(s.Bytes)
	t.move(next)
}

// added notes that the entry with this number is stored.
func (t *tail) added(number uint64, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes += bytes
	t.move(number + 1)
}

// seen notes that entries up to this number exist.
func (t *tail) seen(number uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.move(number + 1)
}

func (t *tail) move(next uint64) {
	if next > t.next {
		t.next = next
		close(t.changed)
		t.changed = make(chan struct{})
	}
}

func (t *tail) bounds() (first, next uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first, t.next
}

func (t *tail) size() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// wait returns the number of the next entry and a channel that is closed when it
// has risen.
func (t *tail) wait() (next uint64, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next, t.changed
}
