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
	t.bins[binOf(score)]++
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
	var n uint64
	for _, c := range t.bins[binOf(score):] {
		n += c
	}
	return n
}

// Exceedance returns the score that no more than count entries reach: read off
// the histogram, or, below five entries, extended from the fifty largest by an
// exponential tail. ok is false while there are too few entries for that.
func (t *Tail) Exceedance(count float64) (score float64, ok bool) {
	if count >= float64(t.Count()) && count > 0 {
		return 0, t.Count() >= fitEntries || count >= fewEntries
	}
	if count >= fewEntries {
		score, _ = t.quantile(count)
		return score, true
	}
	if t.Count() < fitEntries || count <= 0 {
		return 0, false
	}
	low, above := t.quantile(fitEntries)
	if above == 0 {
		return low, true
	}
	return low + t.meanExcess(low)*math.Log(max(1, above/count)), true
}

const (
	fewEntries = 5
	fitEntries = 50
)

// quantile returns the lowest edge of a filled bin that at most n entries lie at
// or above, and how many do; without such a bin the edge above all entries.
func (t *Tail) quantile(n float64) (edge, above float64) {
	edge = tailBins * tailWidth
	for i := tailBins - 1; i >= 0; i-- {
		c := float64(t.bins[i])
		if above+c > n {
			if above == 0 {
				edge = float64(i+1) * tailWidth
			}
			break
		}
		if c > 0 {
			edge, above = float64(i)*tailWidth, above+c
		}
	}
	return edge, above
}

// meanExcess is the maximum-likelihood scale of an exponential above low.
func (t *Tail) meanExcess(low float64) float64 {
	var sum, n float64
	for i := int(low / tailWidth); i < tailBins; i++ {
		sum += float64(t.bins[i]) * ((float64(i)+0.5)*tailWidth - low)
		n += float64(t.bins[i])
	}
	return sum / max(1, n)
}

// binOf returns the bin of a score.
func binOf(score float64) uint8 {
	return uint8(max(0, min(score/tailWidth, tailBins-1)))
}
