// Package export makes files of what was counted in days that are over, and keeps
// those that were asked for.
//
// It owns a directory, in which nobody else writes, and what the files look like. It does not own
// the counts, which it reads from the store, nor how a file gets to whom asked for it.
//
// # Files
//
// A file has what was counted of all terms in one UTC day, in the order of the store. In the long
// layout a row is a term in an hour in which it was used; in the wide one a term of the day, with a
// column for each hour. An hour that was not counted at all is missing, which is not zero: it has
// no row in the one and null in the other, and [File.Hours] tells of it.
//
// A closed day does not change, so a file is made once, when it is first asked for. It is made aside
// and put in place whole; a note beside it has its size and the SHA-256 of its content. What a note does not
// vouch for is no file, and is made again. That is looked at when a file is first used in a run, and when its
// size or time is another one than then: so neither a crash at any moment nor a disk that lies is believed.
// Nothing is synced, since nothing is lost with the directory but time.
//
// The files together are kept below a bound: those that were not used for longest make room. They are
// dropped as well when their day is not kept any more.
//
// # Concurrency
//
// [Exports] may be used by any number of goroutines. One file is made at a time, each once for all who wait
// for it, and to its end if they have left. A [File] is for one goroutine; it can be read
// until it is closed, also if it was dropped meanwhile.
package export
