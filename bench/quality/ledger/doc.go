// Package ledger notes what one detector scored over a stream, pane by pane, against
// the truth: enough to read off its figures at any threshold after one pass. It
// collects what [measure.Collect] would of all the scores of a stream, of which there are
// too many to be kept.
package ledger
