// Package api is what the HTTP endpoint and those who ask it agree on: the shape
// of every answer, the types of problems, the media types and paths, and the client.
//
// It owns the names and units of all fields, and the rule that they are added to and
// never renamed. It does not answer anything: the package serve does, and the package
// imports nothing of this module, so that a program which asks needs nothing else.
//
// Names are snake_case with the unit at the end, times are RFC 3339 in UTC, ranges are
// half-open, and a number that is not known is null. Errors are problem details (RFC
// 9457) whose type stays the same: see [Problem].
//
// Answers are plain values without concurrency promises of their own; a [Client] may be
// used by any number of goroutines.
package api
