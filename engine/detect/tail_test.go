package detect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTailMergesInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float64Range(-1, 50), 0, 200).Draw(t, "scores")
		parts := make([]Tail, rapid.IntRange(1, 8).Draw(t, "owners"))
		var whole Tail
		for _, s := range scores {
			whole.Add(s)
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "owner")].Add(s)
		}
		var forth, back Tail
		for i := range parts {
			forth.Merge(&parts[i])
			back.Merge(&parts[len(parts)-1-i])
		}
		if forth != whole || back != whole {
			t.Fatal("the merged tails differ from the whole")
		}
		edge := float64(rapid.IntRange(0, tailBins-1).Draw(t, "edge")) * tailWidth
		want := uint64(0)
		for _, s := range scores {
			if s >= edge || edge == 0 {
				want++
			}
		}
		if got := whole.Above(edge); got != want {
			t.Fatalf("%d entries at or above %v; want %d", got, edge, want)
		}
	})
}

func TestExceedanceOfAnExponential(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var tail Tail
	n := 20_000
	for range n {
		tail.Add(rng.ExpFloat64())
	}
	for _, count := range []float64{2000, 200, 20, 2, 0.1} {
		want := math.Log(float64(n) / count)
		if got, ok := tail.Exceedance(count); !ok || math.Abs(got-want) > 0.15*want+tailWidth {
			t.Errorf("%v entries are said to reach %.2f; the true value is %.2f", count, got, want)
		}
	}
}

func TestExceedanceNeedsEntries(t *testing.T) {
	var few Tail
	for range fitEntries - 1 {
		few.Add(1)
	}
	if _, ok := few.Exceedance(1); ok {
		t.Error("a tail of too few entries was extended")
	}
	if s, ok := few.Exceedance(fitEntries); !ok || s != 0 {
		t.Errorf("a budget above all entries asks for %v", s)
	}
	few.Add(1)
	if s, ok := few.Exceedance(1); !ok || s < 1 || s > 3 {
		t.Errorf("a tail of equal entries gives %v, %v", s, ok)
	}
}

func TestExceedanceIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tail Tail
		for _, s := range rapid.SliceOfN(rapid.Float64Range(0, 40), 500, 600).Draw(t, "scores") {
			tail.Add(s)
		}
		budgets := rapid.SliceOfN(rapid.Float64Range(0.01, 1000), 2, 6).Draw(t, "budgets")
		slices.Sort(budgets)
		last := math.Inf(1)
		for _, b := range budgets {
			s, ok := tail.Exceedance(b)
			if !ok || s > last {
				t.Fatalf("a budget of %v asks for %v after %v", b, s, last)
			}
			last = s
		}
	})
}
