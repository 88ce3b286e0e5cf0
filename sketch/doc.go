// Package sketch holds the approximate structures of the counting core: a
// count-min sketch with conservative update ([CountMin]), a rotating blocked
// Bloom filter ([FreshFilter]), a HyperLogLog that answers for any recent window
// ([WindowedHLL]) and an exact set of recently seen hashes ([SeenSet]).
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
