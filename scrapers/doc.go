// Package scrapers says what a source is, and keeps sources running.
//
// A source is a sub-package that turns one kind of input into term.Record values
// and a cursor from which it can go on after a restart: see [Source]. Sources
// know nothing of the engine that counts what they deliver, nor of each other;
// whatever they need of the world comes through their [Host] and through
// scrapers/fetch.
//
//   - fetch: polite HTTP and WebSockets, the only way of a source to the network.
//   - poll: the loop of sources that ask again and again.
//   - stream: the loop of sources that listen.
//   - push: lines that somebody hands to Swell: NDJSON archives and standard input.
//   - scrapetest: what every source's tests are made of: a host, fakes, failures.
//   - all: the list of the built-in sources.
//
// # Concurrency
//
// A source runs in a goroutine of its own. A [Host] may be called from any
// goroutine of the source that it was given to, until Run returns.
package scrapers
