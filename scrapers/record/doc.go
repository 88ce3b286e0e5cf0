// Package record keeps what a source's site answers as files that tests can be made of,
// with the people in it replaced.
//
// It owns the form of these files and what is replaced in them. Where a page names people is
// the source's to say (scrapers.Redaction).
//
// # Concurrency
//
// A Recorder may be used from any goroutine.
package record
