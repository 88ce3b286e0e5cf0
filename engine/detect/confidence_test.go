package detect

import (
	"math"
	"testing"
)

// What is said shall happen as often as it is said: a platform on which one in
// four of what is raised goes on comes to say so, whatever was believed.
func TestConfidenceIsARecord(t *testing.T) {
	j := newJudge(t)
	tr := j.trustOf(7)
	for i := range 400 {
		tr.outcomes[0][0][0].add(i%4 == 0)
	}
	if p := j.chance(7, 0, 0, 0); math.Abs(p-0.25) > 0.06 {
		t.Errorf("chance %.2f after one in four went on", p)
	}
	if p, want := j.chance(8, 0, 0, 0), believed[0][0]; p != want {
		t.Errorf("chance %.2f on a platform without record, want %.2f", p, want)
	}
	// A margin without a record of its own takes that of its neighbours.
	if p := j.chance(7, 0, 0, 3); p > 0.5 {
		t.Errorf("chance %.2f at a margin never seen, beside margins of which one in four went on", p)
	}
}

// A trend counts at every margin that it passed: who reads "0.7" reads it of all
// that stood there then, not of those that stayed there.
func TestEveryMarginPassedCounts(t *testing.T) {
	j := newJudge(t)
	ep := episode{trend: Trend{Candidate: Candidate{ID: 1, Platform: 3, Evidence: Evidence{Age: 1000}}, Phase: Rising, Raised: firstPane, Threshold: 2}}
	j.watched = []watched{{id: 1, proved: false}}
	for i, score := range []float64{2.1, 3.5, 7} {
		j.pane = firstPane + int64(i)
		ep.trend.Best.Score = score
		j.estimate(&ep)
	}
	j.watched[0].proved = true
	j.pane = firstPane + judgedAfter
	j.estimate(&ep)
	j.learn()
	if ep.trend.Confidence != provedChance {
		t.Errorf("confidence %v of a trend that went on", ep.trend.Confidence)
	}
	for place, o := range j.trustOf(3).outcomes[0][0] {
		if want := float32(1); o.right != want || o.wrong != 0 {
			t.Errorf("margin %d: %v went on, %v did not; want %v and none", place, o.right, o.wrong, want)
		}
	}
	j.estimate(&ep)
	j.learn()
	if o := j.trustOf(3).outcomes[0][0][0]; o.right != 1 {
		t.Error("a trend was counted twice")
	}
}

// What came to nothing within a day and a half is said to be nothing.
func TestWhatDoesNotGoOnIsDoubted(t *testing.T) {
	j := newJudge(t)
	ep := episode{trend: Trend{Candidate: Candidate{ID: 1, Evidence: Evidence{Age: 1000}}, Phase: Rising, Raised: firstPane, Threshold: 2, Best: Evidence{Score: 9}}}
	j.watched = []watched{{id: 1}}
	j.pane = firstPane + judgedAfter
	j.estimate(&ep)
	if ep.trend.Confidence != failedChance {
		t.Errorf("confidence %v", ep.trend.Confidence)
	}
}
