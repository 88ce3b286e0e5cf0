// Package journal keeps the batches that were accepted until they are counted for
// good: a durable, ordered log of batches of records.
//
// It owns the log (a stream of NATS JetStream, in a server of its own within the
// process or on servers elsewhere), the encoding of its entries
// (docs/format/journal.md says it byte by byte), their checksums, how long they
// are kept, whose they are ([Options].ID), and the [Ledger], by which a consumer
// counts every batch once. It does not know what batches are counted by, and it
// takes no snapshot.
//
// # What accepted means
//
// When [Journal.Append] returns, the batch is on the disk, synced, with the name
// of the file that it is in. A batch that Append gave an error for was not
// accepted, except with [ErrInDoubt]. Entries have numbers without gaps; each
// carries a CRC-32C of its number and bytes. A [Reader] returns every entry in
// order, whole and verified, or stops with an error: it passes over nothing.
//
// A disk that fails makes the journal fail for good ([Journal.Failed]): a sync
// that came back with an error is never tried again, because the system may have
// dropped what it could not write. A disk that is full does not: batches are
// refused with [ErrFull] until there is room.
//
// # Exactly once
//
// An entry holds one batch or several that were waiting together. Producers that
// number their batches may send one again when they do not know what became of it.
// It may then be in the journal twice; the consumer's Ledger tells, without a window
// in time. The ledger is stored with the counts, in one snapshot, and says where
// reading goes on. A source's cursor travels in its batch and is taken with it.
//
// # Concurrency
//
// Any number of goroutines may use a [Journal]. Two of its own store and tend:
// the committer, which alone publishes entries, one at a time; and the tender,
// which starts an embedded server anew when it ran out of room. A [Reader] with
// its [Entry] and its batches belongs to one goroutine at a time, and so does a
// Ledger. An embedded journal belongs to one process ([ErrLocked]); to a stream of
// an outside server several may append.
package journal
