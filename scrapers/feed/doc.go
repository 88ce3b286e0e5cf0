// Package feed reads RSS, Atom and JSON feeds that the user names.
//
// Each entry is an occurrence of the platform that is configured for its feed, "web" by default, with
// the feed's categories as its hashtags and its title and text without HTML. It counts once: its ID is
// the guid where that is an address or another name that is unique in the world, so that an entry is the
// same in all feeds that carry it. How a feed is asked (changes only, as seldom as it wants, at
// its new address) is scrapers/entries'.
//
// # Concurrency
//
// Run asks several feeds at once.
package feed
