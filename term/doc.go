// Package term says what Swell counts and how it is named.
//
// It owns the [Term] (a kind and a normalised key), the [Record] that a source
// delivers, the line format in which records travel (NDJSON: [Decoder] and
// [AppendRecord]), the scanners that find hashtags, mentions and links in texts,
// the rules that turn what people typed into keys, the [Extractor] that puts
// them together, and the [Phrases] for phrases that somebody wants to have found in
// texts.
//
// It does no I/O, starts no goroutine and never looks at a clock. Everything in
// it is a pure function of its arguments and safe for concurrent use, except the
// Decoder, the Extractor and the Phrases: each belongs to one goroutine at a time.
package term
