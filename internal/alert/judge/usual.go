package judge

import (
	"cmp"
	"math"
	"slices"
)

// Usual is how many posts are usual, by the past of the same hours of other days.
type Usual struct {
	Mean float64 // NaN where too little is known
	// Scatter is the variance of a count as a multiple of its mean: 1 is Poisson's law.
	Scatter float64
	// Error is the variance of Mean.
	Error float64
}

// Unknown is what is usual where there is no past.
func Unknown() Usual { return Usual{Mean: math.NaN(), Scatter: math.NaN(), Error: math.NaN()} }

// Sample is a count of the past.
type Sample struct {
	Count  float64
	Weight float64 // as a share of a day like this one
}

const (
	// leastWeight is the past below which nobody can say what is usual, in days.
	leastWeight = 2
	// leastMean keeps two posts about something that is never mentioned from being a wonder.
	leastMean = 0.5
	// priorDays is how many days like this one the belief about scatter weighs as much as, and priorPhi that
	// belief: the variance of a count with mean m is m + priorPhi·m².
	priorDays = 7
	priorPhi  = 0.1
	// outlying is the residual, in standard deviations, beyond which a count of the past is taken for an outbreak
	// itself and weighs less.
	outlying = 2.58
)

// UsualOf returns what is usual by the samples: the mean of a quasi-Poisson law, fitted as in Farrington, Andrews,
// Beale and Catchpole, A Statistical Algorithm for the Early Detection of Outbreaks of Infectious Disease, Journal
// of the Royal Statistical Society A 159 (1996), without its trend. Counts that stood out themselves weigh less by
// the fourth power of their residual (there by its square, section 3.5, which leaves too much of ten times the usual; the limit is that of Noufaily and others, An improved algorithm
// for outbreak detection in multiple surveillance systems, Statistics in Medicine 32, 2013), so that a crisis of
// last week does not hide the next one; the first guess is by medians. Scatter is drawn to what mentions in general show, the more the
// fewer the days. Samples of no weight do not count.
func UsualOf(samples []Sample) Usual {
	weights := make([]float64, len(samples))
	total := 0.0
	for i, s := range samples {
		weights[i] = max(0, s.Weight)
		total += weights[i]
	}
	if total < leastWeight {
		return Unknown()
	}
	u := guess(samples, weights, total)
	for range 2 {
		for i, s := range samples {
			weights[i] = max(0, s.Weight)
			if r := residual(s.Count, u.Mean, u.Scatter); r > outlying {
				weights[i] *= math.Pow(outlying/r, 4)
			}
		}
		u = fit(samples, weights)
	}
	return u
}

// guess is a first one that no outbreak moves: the median, and the scatter of the middle half of the counts.
func guess(samples []Sample, weights []float64, total float64) Usual {
	median := func(of func(i int) float64) float64 {
		order := make([]int, len(samples))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of(a), of(b)) })
		var below float64
		for _, i := range order {
			if below += weights[i]; below >= total/2 {
				return of(i)
			}
		}
		return 0
	}
	const normal = 1.4826 // standard deviations in a median absolute deviation
	middle := median(func(i int) float64 { return samples[i].Count })
	sd := normal * median(func(i int) float64 { return math.Abs(samples[i].Count - middle) })
	u := Usual{Mean: max(leastMean, middle)}
	u.Scatter = max(1+float64(priorPhi*u.Mean), sd*sd/u.Mean)
	return u
}

// usualOfAll returns what is usual where the samples are of all hours of the day: those of its best hours do not stand out.
func usualOfAll(samples []Sample) Usual {
	weights := make([]float64, len(samples))
	total := 0.0
	for i, s := range samples {
		weights[i] = s.Weight
		total += s.Weight
	}
	if total < leastWeight {
		return Unknown()
	}
	return fit(samples, weights)
}

func fit(samples []Sample, weights []float64) Usual {
	var n, sum float64
	for i, s := range samples {
		n += weights[i]
		sum += float64(weights[i] * s.Count)
	}
	u := Usual{Mean: max(leastMean, sum/n)}
	var pearson float64
	for i, s := range samples {
		pearson += weights[i] * float64((s.Count-u.Mean)*(s.Count-u.Mean)) / u.Mean
	}
	prior := 1 + float64(priorPhi*u.Mean)
	u.Scatter = max(1, (pearson+float64(priorDays*prior))/(n-1+priorDays))
	u.Error = u.Scatter * u.Mean / n
	return u
}

// residual returns how far a count is above the mean, in standard deviations of its power 2/3, whose law is nearly
// symmetric: by the delta method its variance is 4/9·τ·μ^(1/3) where that of the count is τ·μ (Farrington and
// others, section 3.6).
func residual(count, mean, scatter float64) float64 {
	const power = 2.0 / 3
	return (math.Pow(count, power) - math.Pow(mean, power)) / (power * math.Sqrt(scatter) * math.Pow(mean, 1.0/6))
}

// Surprise returns how far a count is above what is usual, in standard deviations, those of the mean
// itself included; NaN where nothing is usual.
func (u Usual) Surprise(count float64) float64 {
	if math.IsNaN(u.Mean) {
		return math.NaN()
	}
	return residual(max(0, count), u.Mean, u.Scatter+u.Error/u.Mean)
}
