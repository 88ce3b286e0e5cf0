// Package term says what Swell counts and how it is named.
//
// It owns the [Term] (a kind and a normalised key), the [Record] that a source
// delivers, the line format in which records travel (NDJSON), the hashtag
// scanner and the rules that turn what people typed into keys.
//
// It does no I/O, starts no goroutine and never looks at a clock. Everything in
// it is a pure function of its arguments, or a value that belongs to one
// goroutine at a time where its comment says so.
package term
