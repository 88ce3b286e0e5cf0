package detect

import "math"

// A tail is a histogram of how far terms got: one term's largest value of a day
// is one entry. Entries of earlier days weigh less.
type tail struct {
	bins [tailBins]float32
}

const (
	tailBins  = 128
	tailWidth = 0.25 // per bin; the last bin holds everything above 31.75
)

// above returns the weight of the entries at or above the value, rounded down to
// the bin's lower edge.
func (t *tail) above(x float64) float64 {
	var n float64
	for _, c := range t.bins[binOf(x):] {
		n += float64(c)
	}
	return n
}

// exceedance returns the value that entries of no more than that weight reach:
// read off the histogram, or, below five entries, extended from the fifty
// largest by an exponential tail. ok is false while there are too few entries
// for that.
func (t *tail) exceedance(weight float64) (x float64, ok bool) {
	total := t.above(0)
	if weight >= total && weight > 0 {
		return 0, total >= fitEntries || weight >= fewEntries
	}
	if weight >= fewEntries {
		x, _ = t.quantile(weight)
		return x, true
	}
	if total < fitEntries || weight <= 0 {
		return 0, false
	}
	low, above := t.quantile(fitEntries)
	if above == 0 {
		return low, true
	}
	few, _ := t.quantile(fewEntries) // no smaller weight may ask for less
	return max(few, low+t.meanExcess(low)*math.Log(max(1, above/weight))), true
}

const (
	fewEntries = 5
	fitEntries = 50
)

// quantile returns the lowest edge of a filled bin that at most a weight of n lies
// at or above, and how much does; without such a bin the edge above all entries.
func (t *tail) quantile(n float64) (edge, above float64) {
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
func (t *tail) meanExcess(low float64) float64 {
	var sum, n float64
	for i := int(low / tailWidth); i < tailBins; i++ {
		sum += float64(t.bins[i]) * ((float64(i)+0.5)*tailWidth - low)
		n += float64(t.bins[i])
	}
	return sum / max(1, n)
}

// binOf returns the bin of a value.
func binOf(x float64) uint8 {
	return uint8(max(0, min(x/tailWidth, tailBins-1)))
}
