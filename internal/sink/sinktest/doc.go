// Package sinktest has the services that sinks send to, for tests: what the true ones take they take and record, and
// what the true ones refuse they refuse with the same status and words.
//
// It owns limits, forms and answers as the services document them, and what each makes of a text. It does not know how
// a sink writes a message, so that both have to agree with the service and not with each other.
//
// All of it may be used by several goroutines.
package sinktest
