// Package outbox keeps messages until they were sent, and sends them.
//
// It owns when a message is tried, tried again and given up, and the form in which messages wait in the drawer of
// the store. It does not make messages, knows no service and nothing of what a message says: a [sink.Sink] does.
//
// # What is promised
//
// A message that was committed ([Outbox.Items]) is sent at least once, or it is a dead letter that says why. Before
// every attempt the drawer says that there is one. A program that ended between that and the answer does not know
// whether the message arrived. What is told of an alert is then sent again, under the same ID. A digest is sent
// again where the receiver can know a repeat ([sink.Sink.Recognises]); else it is given up as being in doubt,
// because a digest that comes twice is worse than one that somebody has to send by hand.
//
// What is told of one thread arrives in order: a change waits for the alert before it, until that was sent or given
// up. An alert that was given up is not tried again once its sink was told that the thread is over.
//
// An ID that was sent, given up or dropped is remembered for 30 days, and not taken again.
//
// # Concurrency
//
// Any goroutine may call an [Outbox]. [Outbox.Run] sends, to each sink by a goroutine of its own, one message after
// the other.
package outbox
