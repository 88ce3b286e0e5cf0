// Package watch is about the lists of terms and phrases that people keep an eye on: what a list
// may hold, whether a term is on it, which posts mention it, and how it is stored.
//
// It owns the normalisation of what people write into such a list, the limits, the
// matching and the stored form. It does not keep lists, knows nothing of requests and
// does no I/O.
//
// A [List] and a [Matcher] do not change once they were made: any number of goroutines may use
// them. A [Finder], which looks into posts for a Matcher, keeps buffers and belongs to one
// goroutine at a time.
package watch
