// Package serve answers questions about trends over HTTP: the ranking, single
// terms, their hourly series and the state of the engine, as JSON under
// /api/v1, and what was raised as a feed and as a calendar (package syndicate). It also
// holds the client for these answers.
//
// It owns the paths, their parameters, the shape of the answers and the defence
// of the endpoint (host names, limits, headers), and it keeps the watch lists, in
// memory or on a shelf that it is given. It does not own the listening socket,
// counts nothing and stores nothing else: what it says comes from the engine's
// published view, from the engine's owner of a term, and from the stored history.
//
// # Answers
//
// Names are snake_case with the unit at the end, times are RFC 3339 in UTC,
// ranges are half-open, and a number that is not known is null. Fields may be
// added, never renamed. Errors are problem details (RFC 9457) whose type stays
// the same: see [Problem].
//
// # Concurrency
//
// A [Server] may be used by any number of goroutines. A ranking is answered
// from one immutable view and takes no lock shared with those who count; what a
// view is asked for the first time is made ready then, and kept with it. A
// question about one term waits for the owner of that term for at most
// queryTimeout, and only a few such questions are let in at a time.
package serve
