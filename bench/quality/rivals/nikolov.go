package rivals

import "github.com/swell-radar/swell/bench/quality/trace"

// Nikolov is the vote of reference series: a term's last four hours, normalised,
// against those of a [Library]. The score is the [LogVote]. The original has bins
// of two minutes and judges a topic at any time. Here a pane is the bin, and a
// term is judged in panes in which it is used, if it has 15 posts in the four
// hours and did not slow down in the last one: references are chosen likewise.
type Nikolov struct {
	lib            *Library
	terms          []recent
	series         []float64
	trends, others []float64
}

// NewNikolov returns the detector for terms below that number.
func NewNikolov(terms int, lib *Library) *Nikolov {
	return &Nikolov{lib: lib, terms: make([]recent, terms)}
}

// Name implements [Detector].
func (n *Nikolov) Name() string { return "Nikolov, data templates" }

// Source implements [Detector].
func (n *Nikolov) Source() string {
	return "Nikolov: Trend or No Trend, MIT 2012; xdevplatform/Gnip-Trend-Detection, models.py (WeightedDataTemplates)"
}

// Step implements [Detector]. It compares every judged term with up to 600
// windows: some ten microseconds each.
func (n *Nikolov) Step(pane int64, cells []trace.Cell, emit func(term uint32, score, rank float64)) {
	for i := range cells {
		r := &n.terms[cells[i].Term]
		r.add(pane, cells[i].Posts)
		if !r.judged(pane) {
			continue
		}
		n.series = r.normalised(n.series[:0], pane)
		n.trends = n.lib.distances(n.trends[:0], n.lib.trends, n.series)
		n.others = n.lib.distances(n.others[:0], n.lib.others, n.series)
		if vote := LogVote(n.lib.lambda, n.trends, n.others); vote > 0 {
			emit(cells[i].Term, vote, vote)
		}
	}
}
