// Package alert keeps what is worth an interruption, and says whom it may interrupt now.
//
// A [Desk] owns rules, alerts, mutes, what was told of each rise and the bounds that recipients set. It is shown
// one moment after the other, live or from the store, and gives the same alerts either way: package judge decides what holds.
// [Test] asks what a rule would have told of the past. It sends nothing, starts no goroutine and looks at no
// clock.
//
// Any goroutine may call a [Desk]. What a step found is there for others from [Outcome.Done] on.
package alert
