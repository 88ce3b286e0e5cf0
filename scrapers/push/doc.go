// Package push reads records that somebody hands to Swell as NDJSON: files,
// plain or compressed with gzip or zstd, and standard input.
//
// It owns the way from bytes to [term.Record]: recognising the compression by
// its magic bytes, splitting lines in bounded memory, decoding them beside the
// caller, setting bad lines aside, and the [Cursor] from which a new process
// goes on exactly after the last record it was given. It does not count,
// deduplicate or reorder, and it does not know the engine.
//
// # Bad lines
//
// A bad line never stops the lines after it. It is counted by [Class], handed
// to [Options].OnBad, and kept in a [DeadLetter] file with its number, its byte
// offset in the decoded stream and the reason. A compressed stream that is cut
// or damaged delivers every line decoded before the damage, then one BadLine
// that says where it broke, then [io.EOF]; [Stats].Damage tells the two kinds
// of end apart. Errors other than [io.EOF] mean that the input or the
// dead-letter file could not be used at all.
//
// # Exported posts
//
// A line that is no record but looks like a post that Zeeschuimer or 4CAT exported is
// read as one (scrapers/zeeschuimer); lines that are records never are looked at twice.
//
// # A wrong clock
//
// Event time follows the newest record, so one record with a clock far ahead
// would make all that follow it look late. A record is therefore held back when
// its time is more than 72 h ahead of the newest before it; if the next good
// record falls back by more than 72 h, the held one is set aside as bad
// ([ClassClock]), otherwise it was a gap in the archive and is delivered. The
// first record has nothing before it, so it takes two that fall back to
// discredit it. The search looks at most 64 lines ahead; a record that nothing
// contradicts there, or before the end of the input, is delivered. From a live
// stream the first record, and any after such a gap, comes with the next one.
//
// # Goroutines
//
// A [Reader] starts one goroutine that reads, decompresses and splits, and one
// or more that decode; batches of lines travel over channels and come back to
// be used again, so memory is bounded by a few batches and the longest line. A
// record is not copied out of its batch: it shares the memory of its line until
// the next one is asked for.
// Next, Cursor and Close belong to one goroutine at a time. Stats and Progress
// may be called from any. What is delivered depends on the input alone, not on
// timing.
package push
