// Package example knows some posts of each open trend: where they can be seen, not what they say.
//
// A [Book] is bounded: [MaxTerms] terms, [MaxPosts] posts of each, 16 MiB in all at the most. It is in memory alone: what a trend
// leaves open is kept for, and nothing longer, and a restart begins anew. It starts no goroutine and looks at no clock.
package example

// The limits of a book.
const (
	MaxTerms = 4000 // those that come first in the view
	MaxPosts = firstPosts + latePosts

	firstPosts = 3   // that the term was met with first
	latePosts  = 5   // that came last
	maxID      = 384 // bytes of the ID of a post; one that is longer is passed over
	maxLang    = 16
	spacing    = 60e6 // µs of event time between two of the last posts, at least
)
