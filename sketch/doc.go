// Package sketch holds the approximate structures of the counting core:
//
//   - [CountMin]: how often a key was used, never too few
//   - [Registers]: how many distinct hashes any recent window holds
//   - [Meetings]: who is a fresh author of a term
//   - [Recent]: which posts came lately, and who posted
//   - [Echoes]: who says what another said lately
//   - [Tally]: how often a key was used in each of the last hours, in any order
//
// Their tables lie in memory of [github.com/swell-radar/swell/internal/offheap],
// each key in one cache line or two. Each has a Touch that loads these lines ahead
// of the operation that needs them.
//
// Their tables can be saved while they change, in part or whole: each has a Table of
// words that knows which of them changed since the last cut, and a head for what is
// beside it (AppendHead, RestoreHead).
//
// The package owns the layouts, their codecs and the bounds that they promise.
// It starts no goroutine, looks at no clock and does no I/O: time is an argument
// (a generation or an hour number), hashes come in ready-made and well mixed.
//
// Concurrency: every value has one writer, and its readers are on the writer's
// goroutine. Nothing in here is locked and nothing is atomic. Conservative
// update is only correct that way: done with compare-and-swap by two writers it
// loses a third of a hot key's increments.
package sketch
