// Package detect decides which terms are about to trend.
//
// It owns the statistics between plain counts and a verdict: what a platform's
// usual hour looks like ([Rhythm]), what one term's usual hour looks like
// ([Baseline]), how surprising the last panes are ([Evaluate]), how surprising
// things get on an ordinary day ([Tails]), and which surprises become trends,
// in which phase and for how much longer ([Judge]). Terms of which only totals
// or ranks are known are scored by [EvaluateGauge] into the same [Evidence].
//
// It does not count, does not know what a term is called and keeps no series:
// the caller hands over counts ([Series]) and an ID. There is no goroutine, no
// clock and no I/O in here; event time is an argument, in panes and hours since
// the Unix epoch, UTC. The same calls give the same bits.
//
// # Flow
//
// When a pane closes, the caller tells the platform's Rhythm its volume and
// takes a [Frame], an immutable view that any number of goroutines may read.
// Each owner of terms then calls Evaluate for the terms that were touched, once
// an hour [Baseline.Learn] for all of them, and once a day hands over [Tails] of
// their daily maxima ([Marks]). The conductor gives the candidates of all owners to one
// Judge, which answers with the changes of phase.
//
// # Concurrency
//
// Rhythm, Baseline, Tails and Judge belong to one goroutine at a time. Frame and
// Options are read-only once made and may be shared.
package detect
