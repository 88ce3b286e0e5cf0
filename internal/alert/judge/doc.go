// Package judge decides what is worth an interruption: which rules have come to hold for which trends and
// watch lists.
//
// It owns what a rule may say, what is usual for the mentions of a watch list, threads (what the alerts about one
// rise have in common) and the texts of alerts. It is shown one [Moment] after the other, live or from the store,
// and gives the same alerts either way. It knows nothing of recipients, mutes and messages, looks at no clock and
// keeps nothing on the disk.
//
// A [Judge] belongs to one goroutine. Everything else is a pure function of its arguments.
package judge
