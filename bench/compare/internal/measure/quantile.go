package measure

import (
	"math"
	"slices"
)

// Sample is a sorted sample of numbers.
type Sample []float64

// SampleOf sorts the numbers it is given and returns them as a sample.
func SampleOf(numbers []float64) Sample {
	slices.Sort(numbers)
	return numbers
}

// Quantile returns the smallest number that at least the share q of the sample does
// not exceed, or NaN for an empty sample.
func (s Sample) Quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	at := int(math.Ceil(q*float64(len(s)))) - 1
	return s[min(max(at, 0), len(s)-1)]
}

// Median returns the median: the mean of the middle two of an even number.
func (s Sample) Median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Min returns the least number, or NaN for an empty sample.
func (s Sample) Min() float64 { return s.Quantile(0) }
