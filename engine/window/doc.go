// Package window is the counting core: posts and fresh authors of every term in
// a sliding window of 72 hours, in a fixed amount of memory, without a lock.
//
// # Shape
//
// A [Core] has producers and shards. A [Producer] folds the observations of one
// goroutine into batches, one being filled per shard; a term seen again in the
// same pane costs an addition. Full batches travel through bounded
// single-producer single-consumer rings to the [Shard] that owns the term, and
// come back empty the same way. When no empty batch is left the producer waits:
// that is the back-pressure, and nothing is ever lost to it.
//
// A shard counts terms in its table: exactly, per pane and per hour, from the
// moment a term is admitted. What is not in the table is counted by a count-min
// doorkeeper, whose estimate decides on admission and stands in for what came
// before it.
//
// # Time
//
// Time is event time and an argument. A pane is the number of whole pane lengths
// since the Unix epoch. [Producer.Seal] sends a [Mark] behind everything the
// producer delivered before; a shard acts on a mark when it has come from every
// producer (an aligned barrier), so what a shard holds at a mark does not depend
// on how goroutines were scheduled.
//
// # Concurrency
//
// Lock-free by ownership: a Producer and a Shard belong to one goroutine each,
// and a batch to whoever holds it. The rings' atomic head and tail hand batches
// over. The package starts no goroutine, looks at no clock and does no I/O; the
// engine runs the owners.
package window
