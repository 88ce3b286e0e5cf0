package rivals

import "math"

// poissonSmall is the largest mean for which quantiles are summed up exactly.
const poissonSmall = 500

// PoissonInterval returns the central interval that holds at least that share
// (0..1) of a Poisson distribution: its quantiles at (1-share)/2 and
// (1+share)/2, the smallest counts at which the distribution function reaches
// them, as scipy.stats.poisson.interval does. Above a mean of 500 the quantiles
// are those of the Cornish-Fisher expansion, within one count. A mean of 0 or
// less gives 0, 0. It costs about mean + 3·√mean steps.
func PoissonInterval(mean, share float64) (lo, hi float64) {
	if !(mean > 0) {
		return 0, 0
	}
	low, high := (1-share)/2, (1+share)/2
	if mean > poissonSmall {
		return cornishFisher(mean, low), cornishFisher(mean, high)
	}
	p := math.Exp(-mean)
	sum, k := p, 0.0
	for sum < low {
		k++
		p *= mean / k
		sum += p
	}
	lo = k
	for sum < high && p > 0 {
		k++
		p *= mean / k
		sum += p
	}
	return lo, k
}

func cornishFisher(mean, q float64) float64 {
	z := math.Sqrt2 * math.Erfinv(2*q-1)
	return math.Ceil(mean + float64(z*math.Sqrt(mean)) + float64(z*z-1)/6 - 0.5)
}
