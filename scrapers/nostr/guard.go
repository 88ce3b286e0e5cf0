package nostr

import (
	"sync"
	"time"
)

// recent remembers keys, at most twice so many as its size: those that were added since
// it last was full, and those before. Not safe for concurrent use.
type recent[K comparable, V any] struct {
	size      int
	now, past map[K]V
}

func newRecent[K comparable, V any](size int) *recent[K, V] {
	return &recent[K, V]{size: size, now: map[K]V{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	if v, ok := r.now[key]; ok {
		return v, true
	}
	v, ok := r.past[key]
	return v, ok
}

func (r *recent[K, V]) put(key K, v V) {
	if _, ok := r.now[key]; !ok && len(r.now) >= r.size {
		r.now, r.past = map[K]V{}, r.now
	}
	r.now[key] = v
}

// guard knows what all relays have given. Safe for concurrent use.
type guard struct {
	perAuthor int

	mu      sync.Mutex
	ids     *recent[digest, struct{}]
	minutes *recent[minute, int]
}

// minute is a minute of an author.
type minute struct {
	author digest
	at     int64 // minutes since 1970
}

// What a guard remembers: more notes than all relays have in some hours.
const (
	mostIDs     = 100_000
	mostMinutes = 50_000
)

func newGuard(perAuthor int) *guard {
	return &guard{perAuthor: perAuthor, ids: newRecent[digest, struct{}](mostIDs), minutes: newRecent[minute, int](mostMinutes)}
}

// admit reports whether a note is to be counted: it did not come before, and its author has not written
// too much in that minute.
func (g *guard) admit(e *event, at time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.ids.get(e.id); ok {
		return false
	}
	g.ids.put(e.id, struct{}{})
	if g.perAuthor == 0 {
		return true
	}
	key := minute{e.author, at.Unix() / 60}
	n, _ := g.minutes.get(key)
	if n >= g.perAuthor {
		return false
	}
	g.minutes.put(key, n+1)
	return true
}
