// Package obs is what operators look at: metrics in the form of Prometheus, and the
// debugging tools of Go's runtime.
//
// It owns the names, units and labels of all metrics, and what the admin listener
// answers. It counts nothing that others count already: at a scrape it reads the
// published view and the [State] that it is given, so that a metric costs nothing
// between two scrapes. Durations alone are reported to it, by whoever measured them:
// of requests, ticks, snapshots and the journal's syncs, never of single records. It
// opens no socket and looks at no clock of its own.
//
// # Labels
//
// Every label has a bounded number of values, whatever is sent to Swell: platforms are as
// many as the engine tells apart, sources those that were set up, routes those that the
// endpoint has. Terms, people and addresses are no labels.
//
// # Concurrency
//
// Everything may be called by any goroutine. Nothing here takes a lock that those who
// count take. The methods of a nil [Metrics] do nothing.
package obs
