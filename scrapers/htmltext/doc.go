// Package htmltext turns fragments of HTML, as posts and feeds have them, into plain text in
// which hashtags, mentions and links can be found.
//
// It owns what of a fragment is text, where words and lines end, and which addresses it points
// to. It neither renders nor sanitises: its text is for scanning, not for a page.
//
// # Concurrency
//
// Its functions are pure, and may be called from any goroutine.
package htmltext
