package detect

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// add counts one entry.
func (t *tail) add(x float64) { t.bins[binOf(x)]++ }

func TestAboveCountsFromTheEdgeOfABin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1, 50), 0, 200).Draw(t, "values")
		var tail tail
		for _, x := range values {
			tail.add(x)
		}
		edge := float64(rapid.IntRange(0, tailBins-1).Draw(t, "edge")) * tailWidth
		want := 0.0
		for _, x := range values {
			if x >= edge || edge == 0 {
				want++
			}
		}
		if got := tail.above(edge); got != want {
			t.Fatalf("%v entries at or above %v; want %v", got, edge, want)
		}
	})
}

func TestExceedanceOfAnExponential(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var tail tail
	n := 20_000
	for range n {
		tail.add(rng.ExpFloat64())
	}
	for _, weight := range []float64{2000, 200, 20, 2, 0.1} {
		want := math.Log(float64(n) / weight)
		if got, ok := tail.exceedance(weight); !ok || math.Abs(got-want) > 0.15*want+tailWidth {
			t.Errorf("%v entries are said to reach %.2f; the true value is %.2f", weight, got, want)
		}
	}
}

func TestExceedanceNeedsEntries(t *testing.T) {
	var few tail
	for range fitEntries - 1 {
		few.add(1)
	}
	if _, ok := few.exceedance(1); ok {
		t.Error("a tail of too few entries was extended")
	}
	if x, ok := few.exceedance(fitEntries); !ok || x != 0 {
		t.Errorf("a weight above all entries asks for %v", x)
	}
	few.add(1)
	if x, ok := few.exceedance(1); !ok || x < 1 || x > 3 {
		t.Errorf("a tail of equal entries gives %v, %v", x, ok)
	}
	if x, ok := few.exceedance(0); ok {
		t.Errorf("no weight at all is reached at %v; nothing is known of that", x)
	}
}

// No more than the weight lies at or above what is read off the histogram.
func TestExceedanceKeepsItsWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tail tail
		for _, x := range rapid.SliceOfN(rapid.Float64Range(0, 40), 50, 600).Draw(t, "values") {
			tail.add(x)
		}
		weight := rapid.Float64Range(fewEntries, 1000).Draw(t, "weight")
		if x, ok := tail.exceedance(weight); !ok || x < tailBins*tailWidth && tail.above(x) > weight {
			t.Fatalf("%v entries reach %v; at most %v are wanted", tail.above(x), x, weight)
		}
	})
}

// A smaller budget asks for more, across the place where counting ends and
// extending begins as well, whatever the shape: a few bursts far out above many
// ordinary entries must not be smoothed away.
func TestExceedanceIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tail tail
		for _, x := range rapid.SliceOfN(rapid.Float64Range(0, 40), 50, 100).Draw(t, "values") {
			tail.add(x)
		}
		for range rapid.IntRange(0, 500).Draw(t, "ordinary") {
			tail.add(1)
		}
		weights := rapid.SliceOfN(rapid.Float64Range(0.01, 1000), 2, 6).Draw(t, "weights")
		weights = append(weights, fewEntries, fewEntries-0.01)
		slices.Sort(weights)
		last := math.Inf(1)
		for _, w := range weights {
			x, ok := tail.exceedance(w)
			if !ok || x > last {
				t.Fatalf("a weight of %v asks for %v after %v", w, x, last)
			}
			last = x
		}
	})
}
