package pairs

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// What the busiest terms come with most is found in a table that holds a small part of
// all pairs: posts of three terms of a Zipf distribution, of which a third has a
// companion that goes with the term.
func TestTopCompanionsAreFound(t *testing.T) {
	const size, posts, terms, top, companions = 2 << 20, 100_000, 50_000, 500, 10
	table := New(nil, size)
	table.Advance(1)
	rng := rand.New(rand.NewPCG(7, 7))
	zipf := rand.NewZipf(rng, 1.1, 8, terms-1)
	truth := map[pair]uint32{}
	uses := make([]int, terms)
	for n := range posts {
		if n%(posts/Periods+1) == posts/Periods {
			table.Advance(table.Newest() + 1)
		}
		a := int(zipf.Uint64())
		post := []int{a, int(zipf.Uint64()), int(zipf.Uint64())}
		if rng.IntN(3) == 0 {
			post[1] = (a*31 + 1 + rng.IntN(companions)*rng.IntN(companions)) % terms // these of the same term again and again
		}
		for i, a := range post {
			uses[a]++
			for j, b := range post {
				if i != j && a != b {
					p := pair{id(a), id(b)}
					table.Add(table.Of(p.term), p.key)
					truth[p]++
				}
			}
		}
	}
	type counted struct {
		key uint64
		n   uint32
	}
	of := map[uint64][]counted{}
	for p, n := range truth {
		of[p.term] = append(of[p.term], counted{p.key, n})
	}
	order := make([]int, terms)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(uses[b], uses[a]), cmp.Compare(a, b)) })
	for _, least := range []uint32{5, 10, 20} {
		found, wanted, short := 0, 0, 0
		for _, a := range order[:top] {
			got := table.Companions(nil, id(a))
			slices.SortFunc(got, func(x, y Companion) int {
				return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Key, y.Key))
			})
			got = got[:min(len(got), companions)]
			want := of[id(a)]
			slices.SortFunc(want, func(x, y counted) int { return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.key, y.key)) })
			if len(want) < companions || want[companions-1].n < least {
				continue // some of the first ones came less often
			}
			wanted += companions
			for _, g := range got {
				n := truth[pair{id(a), g.Key}]
				if n >= want[companions-1].n { // ties are as good
					found++
				}
				if g.Count > n || g.Over != Unknown && n > g.Count+g.Over {
					short++
				}
			}
		}
		t.Logf("%d pairs, room for %d; of the first %d companions of %d terms, all of which came %d times or more, %.1f %% are found",
			len(truth), setEntries*len(table.sets), companions, wanted/companions, least, 100*float64(found)/float64(wanted))
		if wanted < 10*companions || found < wanted*95/100 || least >= 10 && found < wanted*97/100 {
			t.Errorf("%d of %d companions are found", found, wanted)
		}
		if short > 0 {
			t.Errorf("%d counts are out of their bounds", short)
		}
	}
}
