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
	changed chan struct{} // closed and replaced when next rises

	// bytes is the size of the entries below counted. What the server says may be
	// older than what was added since it was asked, or may have it already.
	bytes   int64
	counted uint64
	added   [recentEntries]sizedEntry // the newest ones, by number
}

// recentEntries is how many entries may be added between a question to the server
// and its answer. With more, or some of another process, the size stays what it was
// until the next answer.
const recentEntries = 64

type sizedEntry struct {
	number uint64
	bytes  int64
}

func (t *tail) init() { t.changed = make(chan struct{}) }

// set takes over what the server says, and adds to its size that of the entries
// that it did not have yet. An answer from before a trim that is known tells
// nothing of the size.
func (t *tail) set(s jetstream.StreamState) {
	first, next := streamBounds(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	if first >= t.first {
		t.first = first
		t.take(int64(s.Bytes), next)
	}
	t.move(next)
}

// take takes over the size of the entries below next, unless it is not known how
// large those are that came since.
func (t *tail) take(bytes int64, next uint64) {
	for n := next; n < t.counted; n++ {
		e := t.added[n%recentEntries]
		if e.number != n {
			return
		}
		bytes += e.bytes
	}
	t.bytes, t.counted = bytes, max(t.counted, next)
}

// add notes that the entry with this number is stored.
func (t *tail) add(number uint64, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if number >= t.counted {
		t.bytes += bytes
		t.counted = number + 1
	}
	t.added[number%recentEntries] = sizedEntry{number, bytes}
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
