// Package stream is the loop of sources that listen: how messages of a connection
// become deliveries, what happens when they come faster than they are counted or not at all, and how
// long to wait before a connection is tried again.
//
// It owns the batches, their memory and the timing. It does not know what a message holds, nor
// how a connection is opened: those are the source's, in [Pump.Take] and around [Pump.Run].
//
// # Back-pressure
//
// Three batches go round: one that is filled, one that waits, one that is delivered. When none is
// free the connection is not read. A server that drops slow readers then does so, and the
// source comes back with its cursor; nothing is thrown away here.
//
// # Concurrency
//
// A [Pump] runs once at a time. It reads in one goroutine, keeps the time in another and delivers in
// the caller's; all have ended when Run returns. [Pump.Take] is never called twice at the same time,
// and what it writes may be read when Run has returned.
package stream
