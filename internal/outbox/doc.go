// Package outbox sends messages: each at least once, however often the program is killed in between.
//
// It owns what waits to be sent, in which order and when it is tried again, and what was given up. It does not
// make messages and knows no service: what an attempt means a [sink.Sink] says.
package outbox
