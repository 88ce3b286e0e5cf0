// Package watch is about the lists of terms that people keep an eye on: what a list may
// hold, whether a term is on it, and how it is stored.
//
// It owns the normalisation of what people write into such a list, the limits, the
// matching and the stored form. It does not keep lists, knows nothing of requests and
// does no I/O.
//
// A [List] does not change once it was made: any number of goroutines may use it.
package watch
