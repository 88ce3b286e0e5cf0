package page

import (
	"cmp"
	"math"
	"slices"

	"github.com/swell-radar/swell/internal/api"
)

// wholes returns shares of a whole in whole percents that are 100 together, as people add them up: those that lose most by
// being rounded down are rounded up. Shares that are no whole, or told in finer steps, stay as they are.
func wholes(shares []float64) []api.Number {
	const finest = 0.01 // what is smaller, or as near to all, is told with a decimal
	out := make([]api.Number, len(shares))
	var known []int
	sum, down, fine := 0.0, 0, false
	for i, x := range shares {
		out[i] = api.Number(x)
		if math.IsNaN(x) || x == 0 {
			continue
		}
		known = append(known, i)
		sum += x
		down += int(math.Floor(100*x + 1e-9))
		fine = fine || x < finest || x > 1-finest
	}
	if fine || math.Abs(sum-1) > 0.005 || len(known) < 2 {
		return out
	}
	lost := func(i int) float64 { return math.Round(1e6 * (100*shares[i] - math.Floor(100*shares[i]+1e-9))) }
	slices.SortStableFunc(known, func(a, b int) int { // of equal ones the largest first, which it changes least
		return cmp.Or(cmp.Compare(lost(b), lost(a)), cmp.Compare(shares[b], shares[a]))
	})
	for rank, i := range known {
		percent := math.Floor(100*shares[i] + 1e-9)
		if rank < 100-down {
			percent++
		}
		out[i] = api.Number(percent / 100)
	}
	return out
}
