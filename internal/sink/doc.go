// Package sink sends messages to where people read them: chats, boards, mailboxes, other programs, files.
//
// It owns the form in which each service takes them, its limits, what its answers mean, and the escaping: what
// people wrote on a platform is text wherever it arrives. It does not keep messages, does not try again and
// knows nothing of schedules.
//
// A [Sink] may be used by one goroutine at a time.
package sink
