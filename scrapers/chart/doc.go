// Package chart is what sources of lists have in common: a list that is asked for again and
// again, of which a new version is a reading of every term in it, and one that has not
// changed is none.
//
// It owns the way from rows to gauges, the cursor of a list, and how tolerant the numbers
// and names of its rows are read. It does not know any list's address or form: those are
// the source's, in its decoder.
//
// # Concurrency
//
// Functions keep no state. A [Poll] is read only once it is made.
package chart
