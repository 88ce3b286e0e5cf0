package detect

import "math"

// estimate fills in confidence and the hours left.
func (j *Judge) estimate(t *Trend) {
	if !t.Flags.Has(FlagBlind) && t.Score >= t.Threshold {
		t.Confidence = max(t.Confidence, confidence(t.Score, t.Threshold, t.Flags))
	}
	age := float64(j.pane-t.Began) / PanesPerHour
	t.Left = Hours{}
	if t.Phase != Over {
		t.Left = j.lifeOf(t.Platform, t.Kind).remaining(age)
	}
}

// confidence rises from a half at the threshold: an exponential null tail of
// unit scale halves the odds of chance with every 0.7 of score. A single narrow
// burst stays in doubt.
func confidence(score, threshold float64, f Flags) float64 {
	c := 1 - 0.5*math.Exp(-(score-threshold)/2)
	if f.Has(FlagBurst) {
		c /= 2
	}
	return min(c, 0.99)
}
