// Package record keeps what a source's site answers as files that tests can be made of,
// with the people in it replaced.
//
// It owns the form of these files and what is replaced in them. Where a page names people is
// the source's to say (scrapers.Redaction). JSON and XML that break are kept up to there. A name of
// less than five bytes is replaced where a page says that it is one, and not in texts, where it would be
// a word too.
//
// # Concurrency
//
// A Recorder may be used from any goroutine.
package record
