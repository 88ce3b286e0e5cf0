// Package message is what is sent to people and to other programs: an alert, what became of one, a digest, a
// test.
//
// It owns the form in which messages wait to be sent and the names by which a receiver knows one that comes
// again. It sends nothing and does no I/O. A [Message] does not change once it was made.
package message
