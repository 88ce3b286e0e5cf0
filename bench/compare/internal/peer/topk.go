package peer

import (
	"container/heap"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// top keeps the k highest of the counts it is offered, in O(log k) each and O(1)
// for those that are too low.
type top[T any] struct {
	k     int
	least leastHeap[T]
}

type ranked[T any] struct {
	what T
	n    uint64
}

func (t *top[T]) offer(what T, n uint64) {
	switch {
	case len(t.least) < t.k:
		heap.Push(&t.least, ranked[T]{what, n})
	case n > t.least[0].n:
		t.least[0] = ranked[T]{what, n}
		heap.Fix(&t.least, 0)
	}
}

// sortedTop returns what was kept, the highest first.
func sortedTop(t *top[string]) []stream.Count {
	counts := make([]stream.Count, 0, len(t.least))
	for _, r := range t.least {
		counts = append(counts, stream.Count{Key: r.what, N: r.n})
	}
	stream.SortCounts(counts)
	return counts
}

// topOf returns the k highest counts of a map.
func topOf(counts map[string]uint32, k int) []stream.Count {
	t := top[string]{k: k}
	for key, n := range counts {
		t.offer(key, uint64(n))
	}
	return sortedTop(&t)
}

// leastHeap is a heap.Interface whose first element is the lowest count.
type leastHeap[T any] []ranked[T]

func (h leastHeap[T]) Len() int           { return len(h) }
func (h leastHeap[T]) Less(i, j int) bool { return h[i].n < h[j].n }
func (h leastHeap[T]) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *leastHeap[T]) Push(x any)        { *h = append(*h, x.(ranked[T])) }

func (h *leastHeap[T]) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	*h = (*h)[:last]
	return r
}
