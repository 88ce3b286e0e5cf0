package detect

import "math"

// A Tail is a histogram of scores: one term's largest score of a day is one
// entry. Adding tails is associative and commutative, so the result does not
// depend on how terms are spread over owners. 1 KiB, no pointers; the zero value
// is empty.
type Tail struct {
	bins [tailBins]uint64
}

const (
	tailBins  = 128
	tailWidth = 0.25 // score per bin; the last bin holds everything above 31.75
)

// Add counts one term's largest score of the day.
func (t *Tail) Add(score float64) {
	i := 0
	if score > 0 {
		i = int(min(score/tailWidth, tailBins-1))
	}
	t.bins[i]++
}

// Merge adds the other tail's counts.
func (t *Tail) Merge(other *Tail) {
	for i, n := range other.bins {
		t.bins[i] += n
	}
}

// Count returns the number of entries.
func (t *Tail) Count() uint64 { return t.Above(0) }

// Above returns the number of entries at or above the score, rounded down to
// the bin's lower edge.
func (t *Tail) Above(score float64) uint64 {
	i := 0
	if score > 0 {
		i = int(min(score/tailWidth, tailBins-1))
	}
	var n uint64
	for _, c := range t.bins[i:] {
		n += c
	}
	return n
}

// Exceedance fits an exponential tail and returns the score that count entries
// are expected to exceed. The tail is fitted to the entries above the 95 % point
// and is censored at the 99.5 % point, because what lies beyond holds the true
// trends of those days and not the null. ok is false while there are too few
// entries for a fit.
func (t *Tail) Exceedance(count float64) (score float64, ok bool) {
	n := float64(t.Count())
	if n < minTailEntries || count <= 0 {
		return 0, false
	}
	low, above := t.quantile(0.05 * n)
	high, beyond := t.quantile(0.005 * n)
	high = max(high, low+tailWidth)
	beyond = min(beyond, above)
	scale := t.meanExcess(low, high)
	if scale <= 0 || above == 0 {
		return low, true
	}
	return low + scale*math.Log(max(1, above/count)), true
}

// minTailEntries is the least number of term-days behind a fitted tail: below
// it the 99.5 % point rests on fewer than three entries.
const minTailEntries = 500

// quantile returns the lower edge of the bin that at most n entries lie at or
// above, and how many do.
func (t *Tail) quantile(n float64) (edge, above float64) {
	for i := tailBins - 1; i >= 0; i-- {
		next := above + float64(t.bins[i])
		if next > n {
			return float64(i+1) * tailWidth, above
		}
		above = next
	}
	return 0, above
}

// meanExcess is the maximum-likelihood scale of an exponential above low when
// entries above high are only known to lie there: the summed excess, capped,
// over the number of uncensored entries.
func (t *Tail) meanExcess(low, high float64) float64 {
	var sum, events float64
	for i, c := range t.bins {
		x := (float64(i) + 0.5) * tailWidth
		switch {
		case x < low:
		case x < high:
			sum += float64(c) * (x - low)
			events += float64(c)
		default:
			sum += float64(c) * (high - low)
		}
	}
	if events == 0 {
		return 0
	}
	return sum / events
}
