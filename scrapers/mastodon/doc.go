// Package mastodon reads the public timelines, tag timelines and trends of Mastodon instances, and of
// servers that speak its interface (Pleroma, Akkoma, GoToSocial, Pixelfed).
//
// It asks the documented REST interface, without an account. A timeline is read forward, from the
// newest status that was taken; each status is an occurrence of platform "mastodon" whose ID is its
// uri, the same on every instance. The trends of an instance are gauges. What an instance
// does not give to everybody is not asked for.
//
// A timeline that fills up faster than it may be read is left behind: the source goes on with its
// newest page, and says what it passed over.
//
// # Concurrency
//
// Run asks several instances at once, each by one goroutine for each of its parts.
package mastodon
