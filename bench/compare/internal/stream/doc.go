// Package stream makes the streams of observations that the contenders count,
// and the exact truth about them.
//
// A stream is made before anything is measured and lies in memory outside of the
// Go heap, in the order in which it is read. So making it costs a contender
// nothing, reading it is the sequential read that a parser's output would be, and
// its size does not make the collector run less often than it would in a program
// that only counts.
//
// Streams are functions of their [Shape]: the same shape gives the same bytes.
// The terms and authors are made up.
package stream
