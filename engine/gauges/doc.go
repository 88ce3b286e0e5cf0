// Package gauges keeps what lists and counters said about terms: ranks, totals
// and other readings of the last 72 hours. Readings never enter the counting
// core; they become evidence by how a list's other terms moved in the same time.
//
// A [Book] belongs to one goroutine. Time is an argument; nothing here starts a
// goroutine, looks at a clock or does I/O.
package gauges
