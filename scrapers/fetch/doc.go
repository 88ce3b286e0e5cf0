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
// # A request
//
// Each hop of a request, the first and every redirect, passes the same gates in this order: the guard
// (addresses of this machine and of private networks are refused), robots.txt (not for interfaces), the host's pace,
// the source's budget. Its answer is read whole, within a minute and up to a limit, and judged: what is no
// answer to what was asked becomes a trouble, and what it says of when to come back holds for all
// who ask that host.
//
// Nothing is kept of answers. What conditional requests need is the caller's to keep ([Validators]).
//
// # Concurrency
//
// A Fetcher and its Clients may be used from any goroutine. Every call ends
// within a second of its context.
package fetch
