package measure

// Forecast is a probability that was given, and what happened.
type Forecast struct {
	P   float64 // 0..1
	Was bool
}

// Reliability says whether what was given a chance of p happened in p of all cases.
type Reliability struct {
	N int `json:"n"`
	// Brier is the mean of (p - outcome)²; 0 is best, always saying one half gives
	// 0.25. Brier, Verification of forecasts expressed in terms of probability
	// (1950), halved as is usual for two outcomes.
	Brier float64 `json:"brier"`
	// ECE is the expected calibration error: the mean distance between what was
	// given and what happened, by bin and weighted by cases. Naeini, Cooper and
	// Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning
	// (2015), section 4.
	ECE  float64 `json:"ece"`
	Bins []Bin   `json:"bins"`
}

// Bin holds the forecasts in [Low, High); the last bin holds 1 as well.
type Bin struct {
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	N        int     `json:"n"`
	Mean     float64 `json:"mean"`     // of the probabilities given
	Observed float64 `json:"observed"` // share of the cases in which it happened
}

// Calibrate measures forecasts in bins of equal width; probabilities outside of
// 0..1 count for nothing, and less than one bin is taken for one.
func Calibrate(forecasts []Forecast, bins int) Reliability {
	bins = max(bins, 1)
	r := Reliability{Bins: make([]Bin, bins)}
	for i := range r.Bins {
		r.Bins[i].Low, r.Bins[i].High = float64(i)/float64(bins), float64(i+1)/float64(bins)
	}
	squares := 0.0
	for _, f := range forecasts {
		if !(f.P >= 0 && f.P <= 1) {
			continue
		}
		was := 0.0
		if f.Was {
			was = 1
		}
		r.N++
		squares += float64((f.P - was) * (f.P - was))
		b := &r.Bins[min(int(f.P*float64(bins)), bins-1)]
		b.N++
		b.Mean += f.P
		b.Observed += was
	}
	if r.N == 0 {
		return r
	}
	r.Brier = squares / float64(r.N)
	for i := range r.Bins {
		b := &r.Bins[i]
		if b.N == 0 {
			continue
		}
		r.ECE += abs(b.Mean-b.Observed) / float64(r.N)
		b.Mean /= float64(b.N)
		b.Observed /= float64(b.N)
	}
	return r
}

func abs(x float64) float64 { return max(x, -x) }

// Outcome is an interval that was forecast and what came of it, in one unit.
type Outcome struct {
	Interval
	Was float64
}

// Coverage says how often outcomes lie in the intervals forecast for them.
type Coverage struct {
	N      int     `json:"n"`
	Within Ratio   `json:"within"` // Low <= outcome <= High
	Below  Ratio   `json:"below"`
	Above  Ratio   `json:"above"`
	Width  float64 `json:"mean_width"`
	// Error is the mean distance of the outcome from Mid.
	Error float64 `json:"mean_error"`
}

// Cover measures forecasts of intervals.
func Cover(outcomes []Outcome) Coverage {
	c := Coverage{N: len(outcomes)}
	c.Within.Of, c.Below.Of, c.Above.Of = c.N, c.N, c.N
	if c.N == 0 {
		return c
	}
	for _, o := range outcomes {
		switch {
		case o.Was < o.Low:
			c.Below.Count++
		case o.Was > o.High:
			c.Above.Count++
		default:
			c.Within.Count++
		}
		c.Width += o.High - o.Low
		c.Error += abs(o.Mid - o.Was)
	}
	c.Width /= float64(c.N)
	c.Error /= float64(c.N)
	return c
}
