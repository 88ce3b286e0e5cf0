// Package store keeps Swell's state on disk: snapshots of the counting core,
// points of every tracked term by hour and by pane, how they were tracked,
// readings of gauges, what happened on platforms by hour, small values that sources go on
// from, the log of detections, every published ranking, and by day the languages, regions
// and phases of terms. An index of the dictionary finds terms by how they begin, by another
// spelling and with a typing error.
//
// It is the only package that knows the database (Badger). It owns the keys,
// the encoding of every value (docs/format says them byte by byte), their
// checksums and their retention. It does not know the engine: callers hand
// over plain values and opaque parts, and it hands the same back. It reads no
// clock; every time in it is an argument.
//
// # What a crash leaves
//
// Every value carries its own CRC-32C, computed over its key too, so a damaged
// or misplaced value is an error ([ErrDamaged]) and never wrong data.
// [Store.WriteSnapshot] returns once the snapshot and everything written
// before it are on the disk. What is written after it survives the death of
// the process, but a power cut may lose some of it. A process that resumes from
// a snapshot repeats its work from there, and every method is safe to repeat:
// an hour written again replaces what it held, a ranking or a detection put
// again is the same one.
//
// # What damage leaves
//
// Opening verifies every table of the database. Damaged blocks of one are cut
// out, and what they may have held is remembered: a snapshot that misses a piece
// is passed over for the one before, with a [Problem]; history, terms and
// rankings that may miss something up to then are errors that name the table.
// Damage that leaves no way to tell what was lost is an error of [Open].
//
// # What a failing disk leaves
//
// After a sync or a flush that failed nothing more is written ([ErrFailed],
// [Store.Failed]): a sync that is tried again seems to succeed. What the database had
// named in its list of tables by then, and could not finish, the next [Open] takes back
// where what was to be replaced is whole; else that is damage.
//
// # Concurrency
//
// A Store has one writer and any number of readers, in one process. Methods
// that write exclude each other, so two writers damage nothing, but which of
// them is last is theirs to know. Readers do not wait for the writer (but
// [Store.LoadSnapshot] and [Store.LoadSnapshotBefore] do), and each call sees
// one state of the store: an hour being replaced or a day being rolled is seen
// whole, before or after. [Store.Close] refuses new calls and waits for those
// under way; iterators count as calls until their loop ends.
package store
