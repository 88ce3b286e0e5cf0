// Package alert decides what is worth an interruption, and whom it may interrupt now.
//
// It owns rules, what holds of them, alerts, mutes and the bounds that each recipient sets. It is shown what was
// found pane by pane, live or from the store, and gives the same alerts either way. It sends nothing and looks at
// no clock.
package alert
