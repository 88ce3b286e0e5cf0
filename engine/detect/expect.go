package detect

import "math"

// Usual returns how many posts of the term would have been usual in an hour, given the
// platform's rhythm and volume: in the panes of it that were seen, up to f.Pane. It
// is NaN where that is not known: outside the frame, in hours of which nothing was seen, and
// until baselines have had three days to learn from. b may be the zero Baseline (a term
// that was never learned): then it is what new terms bring.
//
// The frame's newest baseline is held against all hours: it learned from those that are more than
// [Guard] hours old.
func (b *Baseline) Usual(f *Frame, hour int64) float64 {
	u := b.UsualOf(f)
	return u.At(hour)
}

// Scatter returns the overdispersion φ of the term's hours: the variance of a count with
// mean m is m + φ·m².
func (b *Baseline) Scatter() float64 { return b.phi(0) }

// Band returns the counts between which a negative binomial count with that mean and
// overdispersion lies in eight of ten cases at least: its quantiles at 0.1 and 0.9. Where the mean
// is above 500 they are those of a gamma distribution with the same mean and variance
// (Wilson and Hilferty, PNAS 17, 1931), off by less than 2 % of the mean for phi up to 1. It
// returns NaN where the mean is not known. Cost: some nanoseconds for each count up to high.
func Band(mean, phi float64) (low, high float64) {
	const exactly, tenth = 500, 1.2815515655446004
	switch {
	case math.IsNaN(mean) || math.IsNaN(phi):
		return math.NaN(), math.NaN()
	case mean <= 0:
		return 0, 0
	case mean > exactly:
		shape := 1 / (1/mean + max(0, phi))
		quantile := func(z float64) float64 {
			root := max(0, 1-1/(9*shape)+z/(3*math.Sqrt(shape)))
			return mean * root * root * root
		}
		return math.Floor(quantile(-tenth)), math.Ceil(quantile(tenth))
	}
	phi = max(phi, 1/poissonShape)
	p := math.Exp(-math.Log1p(phi*mean) / phi) // of none
	ratio := mean / (1 + phi*mean)             // of the next to the one before: (1+phi·k)·ratio/(k+1)
	below := 0.0
	for k := 0.0; ; k++ {
		if below += p; below <= 0.1 {
			low = k + 1
		}
		if below >= 0.9 {
			return low, k
		}
		p *= (1 + phi*k) * ratio / (k + 1)
	}
}
