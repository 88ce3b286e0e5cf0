// Package cow saves tables while their owner goes on changing them: copy-on-write
// by the one goroutine that writes, without a lock, a copy of the whole, or a page
// fault.
//
// # A cut
//
// A [Table] notes which of its cells were changed since the last cut. [Set.Begin]
// begins a cut of several tables together: from then on it means what they held at
// that moment. The owner saves pending cells bit by bit ([Set.Step]), and one that it
// is about to change before it does so ([Table.Touch]). So the moment is kept while
// time goes on, each pending cell is written once, and what a cut costs is split into
// slices as small as the owner likes.
//
// A cut is of all cells (full), or of those that changed since the one before. The
// newest full one and all that came after it make the state: of each cell, the
// newest counts ([Set.Restore]).
//
// # Encoding
//
// Frames, one behind the other, each of up to 64 neighbouring cells of a table:
//
//	u8      number of the table in the set
//	uvarint number of the first cell, divided by 64
//	u64     a bit for each cell that follows
//	        the cells, rising; where they differ in length, each behind its own (uvarint)
//
// A full cut leaves out cells that are as in a new table. Which frames there are, and
// in which order, depends on when the owner came to what; what they say together does
// not.
//
// The package owns the bookkeeping and the framing. What is in a cell, and where the
// frames go, is the owner's affair. It starts no goroutine and does no I/O.
//
// Concurrency: a set and its tables belong to one goroutine at a time. Pieces that
// [Set.Take] returned belong to whoever took them.
package cow
