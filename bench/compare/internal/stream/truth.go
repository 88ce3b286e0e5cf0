package stream

import (
	"cmp"
	"slices"
)

// Count is a key and how often it was observed.
type Count struct {
	Key string
	N   uint64
}

// Truth is the exact count of every term within the window that ends with a
// stream's last pane. It is read-only.
type Truth struct {
	Top      []Count // the most frequent terms, ties by key
	Distinct int     // terms in the window
	KeyBytes int     // sum of the lengths of their keys
	InWindow int     // observations in the window
}

// kept is how many of the top terms a truth lists.
const kept = 20_000

// TruthOf counts the last 72 hours of a stream in a map.
func TruthOf(s *Stream) *Truth {
	counts := map[string]uint32{}
	t := &Truth{}
	for i := max(s.Panes()-WindowPanes, 0); i < s.Panes(); i++ {
		run := s.Pane(i)
		for j := range run.Len() {
			counts[run.Key(j)]++
		}
		t.InWindow += run.Len()
	}
	t.Distinct = len(counts)
	all := make([]Count, 0, len(counts))
	for key, n := range counts {
		t.KeyBytes += len(key)
		all = append(all, Count{key, uint64(n)})
	}
	SortCounts(all)
	t.Top = slices.Clone(all[:min(kept, len(all))])
	return t
}

// SortCounts orders counts by number, the highest first, and equal ones by key.
func SortCounts(counts []Count) {
	slices.SortFunc(counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Key, b.Key))
	})
}

// Hottest returns the share of the most frequent term among the observations of
// the window.
func (t *Truth) Hottest() float64 { return float64(t.Top[0].N) / float64(t.InWindow) }

// Recall returns the share of the true top k that is found among the given keys.
// A key that has as many observations as the k-th counts like it; where the
// stream has fewer than k terms, all of them are the top.
func (t *Truth) Recall(found []Count, k int) float64 {
	k = min(k, len(t.Top))
	last := t.Top[k-1].N
	top := map[string]bool{}
	for _, c := range t.Top {
		if c.N < last {
			break
		}
		top[c.Key] = true
	}
	hits := 0
	for _, c := range found[:min(k, len(found))] {
		if top[c.Key] {
			hits++
			delete(top, c.Key)
		}
	}
	return float64(hits) / float64(k)
}

// Error returns the mean relative error of count over the true top n.
func (t *Truth) Error(n int, count func(key string) uint64) float64 {
	top := t.Top[:min(n, len(t.Top))]
	sum := 0.0
	for _, c := range top {
		got := count(c.Key)
		sum += float64(max(got, c.N)-min(got, c.N)) / float64(c.N)
	}
	return sum / float64(len(top))
}
