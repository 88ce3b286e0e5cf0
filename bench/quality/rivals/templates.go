package rivals

import "math"

// baselineOffset is how many panes at the end of a series are left out of its
// baseline: 80 minutes, 40 bins of two in the configuration of the code.
const baselineOffset = 8

// Normalise turns counts into the series that are compared: one is added to
// each, they are divided by their mean without the last 80 minutes, the decimal
// logarithm is taken and a mean over the last smooth values. The result is
// appended to dst, without the first smooth-1 values, whose means are short.
//
// Source: Nikolov, "Trend or No Trend: A Novel Nonparametric Method for
// Classifying Time Series", MIT 2012; as coded in
// xdevplatform/Gnip-Trend-Detection, gnip_trend_detection/library.py.
func Normalise(dst, counts []float64, smooth int) []float64 {
	base := 0.0
	early := counts[:max(1, len(counts)-baselineOffset)]
	for _, c := range early {
		base += c + 1
	}
	base /= float64(len(early))
	smooth = max(1, smooth)
	sum := 0.0
	for i, c := range counts {
		sum += math.Log10((c + 1) / base)
		if i >= smooth {
			sum -= math.Log10((counts[i-smooth] + 1) / base)
		}
		if i >= smooth-1 {
			dst = append(dst, sum/float64(smooth))
		}
	}
	return dst
}

// Distance is the squared Euclidean distance of two series of one length, or
// some number from limit on if it is not below limit.
//
// Source: Hendrickson et al., "Trend Detection in Social Data", section 2.3 (the
// code takes absolute differences instead of squares).
func Distance(a, b []float64, limit float64) float64 {
	// From the end, where trends differ from others: it passes the limit sooner.
	sum := 0.0
	for len(a) >= 4 && len(b) >= len(a) && sum < limit {
		n := len(a)
		x, y := a[n-4:n], b[n-4:n]
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		sum += float64(d0*d0) + float64(d1*d1) + (float64(d2*d2) + float64(d3*d3))
		a, b = a[:n-4], b[:n-4]
	}
	if sum < limit {
		for i := range a {
			d := a[i] - b[i]
			sum += float64(d * d)
		}
	}
	return sum
}

// LogVote is the logarithm of the vote for a trend: the sum of exp(-lambda·d)
// over the distances to series that became trends, divided by that over the
// others. Above 0 the trends have won. Both must hold a distance.
//
// Source: Hendrickson et al., section 2.3; WeightedDataTemplates in models.py.
func LogVote(lambda float64, trends, others []float64) float64 {
	return logWeight(lambda, trends) - logWeight(lambda, others)
}

// logWeight sums relative to the nearest, so that nothing underflows.
func logWeight(lambda float64, distances []float64) float64 {
	nearest := math.Inf(1)
	for _, d := range distances {
		nearest = min(nearest, d)
	}
	sum := 0.0
	for _, d := range distances {
		sum += math.Exp(-lambda * (d - nearest))
	}
	return math.Log(sum) - float64(lambda*nearest)
}
