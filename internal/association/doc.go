// Package association measures whether two things come together more often than chance
// would have it.
//
// It owns the counts of a pair as a 2×2 table and the measures that are taken from
// it: the expected number, pointwise mutual information, its normalised form, and the
// log-likelihood ratio. It does not count, and knows nothing of what is counted.
//
// Everything here is a pure function of its arguments, for any number of goroutines.
// Nothing overflows or becomes NaN, however large or contradictory the counts are.
package association
