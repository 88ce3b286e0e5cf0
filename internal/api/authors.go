package api

import "math"

// normal95 is the half width of a 95 % interval in standard deviations.
const normal95 = 1.96

// AuthorsOf returns an estimate of n authors, with its relative standard error, who wrote that many posts: none of
// them can have written less than one.
func AuthorsOf(n uint64, stderr float64, posts uint64) *Authors {
	half := normal95 * stderr * float64(n)
	return &Authors{
		Estimate: min(n, posts), Stderr: Rounded(stderr),
		Low:  min(uint64(max(0, math.Floor(float64(n)-half))), posts),
		High: min(uint64(math.Ceil(float64(n)+half)), posts),
	}
}
