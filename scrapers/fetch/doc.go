// Package fetch is the only way of a source to the network: polite HTTP and
// WebSockets.
//
// It owns who Swell says it is, robots.txt, the pace of requests to a host, what is
// kept for conditional requests, the limits of what is read, which addresses may
// be asked at all, and what an answer of a server means for the source ([scrapers.Trouble]).
// It does not know what any answer holds.
//
// HTML pages go through colly, everything else through net/http; both through one
// transport, so that the same rules hold for both.
//
// # Concurrency
//
// A Fetcher and its Clients may be used from any goroutine. Every call ends
// within a second of its context.
package fetch
