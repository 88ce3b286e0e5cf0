// Package contract holds a source to the promises of scrapers.Source: against a fake
// site that works, one that fails in every way of scrapetest, a host that refuses,
// restarts, and a context that ends at any moment.
//
// It owns what is asked of every source alike. It does not know what any source should make
// of an odd page: those are the source's own test cases.
//
// # Time
//
// A [Host] has a clock of its own, which leaps to the end of every sleep: a day of polls
// takes milliseconds. Nothing here fails because a machine is slow; what never happens is
// waited for for twenty seconds.
//
// # Concurrency
//
// A [Host] may be used from any goroutine. Checks run beside each other, each with a site, a
// host and sources of its own: the functions of a [Subject] share nothing that changes.
package contract
