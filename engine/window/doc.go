// Package window is the counting core: posts, fresh authors and distinct authors of
// every term in a sliding window of 72 hours, in a fixed amount of memory, without
// a lock.
//
// # Shape
//
// A [Core] has producers and shards. A [Producer] folds the observations of one
// goroutine into batches, one being filled per shard; a term seen again in the
// same pane costs an addition. Full batches travel through bounded
// single-producer single-consumer rings to the [Shard] that owns the term, and
// come back empty the same way; the one that came back last is filled first, since
// it is the likeliest to be in the cache. When no empty batch is left the producer
// waits: that is the back-pressure, and nothing is ever lost to it.
//
// A shard tracks terms in its table, and what it keeps of a term grows with its use:
//
//	uses                    counts                              distinct authors
//	up to 8                 a log in the record: who, when      the log
//	up to 32                a log in a block of its own         the log
//	more                    a ring of 16-bit counters           a set of 32, then registers
//	beyond 16 bits a cell   a ring of 32-bit counters           the same
//
// Uses that have left the window leave a log, and make room. A ring has a cell for
// each of the newest panes and one for each coarse pane behind them; a pane that
// leaves the fine cells is added to its coarse one when the term is next used, so
// that each post is counted in one cell, and no pass over the table moves a window.
//
// What is not in the table is counted by a count-min doorkeeper. Its estimate
// decides on admission: one use is enough while the table is at most half full, two
// are asked for up to three quarters, three from there, and more where terms still push each other
// out too fast. A full table gives up the coldest of a few random slots, if it is
// colder than the newcomer. Warmth is posts, weighed with a half-life of 12 hours by
// forward decay (Cormode, Shkapenyuk, Srivastava and Xu, ICDE 2009): newer posts
// weigh more, so that old ones need not be touched.
//
// # Time
//
// Time is event time and an argument. A pane is the number of whole pane lengths
// since the Unix epoch. [Producer.Seal] sends a [Mark] behind everything the
// producer delivered before; a shard acts on a mark when it has come from every
// producer (an aligned barrier), so what a shard holds at a mark does not depend
// on how goroutines were scheduled.
//
// # Memory
//
// [Config.Memory] is split by fixed shares into tables of fixed size when the core is
// made (budget.go): terms with their logs, rings and names; registers; doorkeeper;
// meetings. All of it is one mapping outside of the Go heap, which becomes resident as
// it is used. Nothing grows afterwards. Where the blocks of one kind run out, a warmer
// term takes that of a colder one, which leaves the table, or does with less; [Stats]
// counts how often.
//
// # What is exact, and what is estimated
//
// Posts of a tracked term are exact from the pane in [Info.Since] on; a use before it
// stands in with the doorkeeper's estimate, which is never too low unless a counter of
// it was full (then [Count.AtLeast] is set). By how much it may be too high is measured
// on keys that were never used ([Shard.DoorkeeperBound]), with a chance of
// [BoundDelta] to be exceeded.
//
// Fresh authors, those who did not use the term in the 24 hours before the pane, are
// exact for a term with a log. With rings they are a function of the set of meetings
// of terms and authors, in whatever order those of two adjacent panes come, with two
// errors: the share in [Shard.FalseSeen] is overlooked, because the table of meetings
// tells 16-bit tags apart; and where that table is too small, those met longest ago
// are forgotten, and are fresh again after [Shard.FreshHorizon] in place of 24 hours.
// A repost's author counts half.
//
// Distinct authors are exact up to 32 in the window. Beyond, they are estimated by a
// HyperLogLog with a relative standard error of 1.04/√2^p: 3.25 % with the default
// p = 10, and 13 % with p = 6, which the colder terms get once all registers of full
// precision are taken. Where these are taken as well, the coldest term loses its registers, and
// the fresh authors of its last day stand in; so it is for a log that had to be merged
// for want of room. Such a number has an error of 1.
//
// Hashes of authors have 47 bits: two people are one with a chance of about n²/2⁴⁸
// among n.
//
// # Cuts
//
// A shard is cut at a mark, while it goes on counting: [Shard.BeginCut] writes what is
// small, and its tables save their cells bit by bit, all or those that changed since
// the cut before ([Shard.Cut]). Whatever changes a slot or a block says so first.
//
// # Concurrency
//
// Lock-free by ownership: a Producer and a Shard belong to one goroutine each,
// and a batch to whoever holds it. The rings' atomic head and tail hand batches
// over. The package starts no goroutine, looks at no clock and does no I/O beyond
// mapping its memory; the engine runs the owners.
package window
