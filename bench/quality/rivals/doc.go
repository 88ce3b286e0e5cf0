// Package rivals holds published trend detectors, to be measured beside Swell's
// own on the same exact counts.
//
// Each method is a pure function of a few numbers, under its own name and as
// its source gives it, and a thin [Detector] that keeps those numbers by term.
// Where a source leaves something open, or where panes of ten minutes force a
// choice, the doc comment says what was chosen; choices favour the rival. To
// spare time, detectors without a threshold of their own skip terms with fewer
// than three uses: most terms have no more, and no list or alarm begins there.
//
// It knows nothing of truth, budgets or figures of merit, apart from what
// [Train] learns from and the callback that [TuneSigniTrend] asks. There is no
// clock and no unseeded randomness: the same panes give the same scores. A
// detector belongs to one goroutine.
package rivals
