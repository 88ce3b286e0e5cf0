package detect

import (
	"math"
	"slices"
)

// Unit says how the readings of a gauge compare over time.
type Unit uint8

// The units of a gauge. Bucket, percent and index carry no growth that could be
// tested: they are series of their own and score nothing.
const (
	UnitTotal   Unit = 1 + iota // a running count: growth counts, a fall is a reset
	UnitRank                    // a place in a list; 1 is the top
	UnitBucket                  // the lower bound of a range
	UnitPercent                 // a share in percent
	UnitIndex                   // a number without fixed meaning
)

// Reading is one value of a gauge.
type Reading struct {
	At    int64 // Unix second
	Value float64
}

// Gauge is one metric of one term, as a list showed it.
type Gauge struct {
	Unit Unit
	// Readings are oldest first, at most the last 72 hours. A time at which the
	// term was not listed has no reading; it is missing, not zero.
	Readings []Reading
	// Spread is the distribution of [List.Growth] over the list when it last changed;
	// used for totals.
	Spread Spread
}

// Spread is a robust location and scale.
type Spread struct {
	Median float64
	MAD    float64 // median absolute deviation, unscaled
	N      int
}

// SpreadOf returns the median and the MAD of the values, which it reorders.
func SpreadOf(values []float64) Spread {
	n := len(values)
	if n == 0 {
		return Spread{}
	}
	slices.Sort(values)
	s := Spread{Median: middle(values), N: n}
	for i, v := range values {
		values[i] = math.Abs(v - s.Median)
	}
	slices.Sort(values)
	s.MAD = middle(values)
	return s
}

func middle(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// EvaluateGauge scores the metrics of one term in one list at the pane; the strongest
// counts. A total is compared with how the other terms of its list grow and with how it
// grew before. A rank is scored by its climb: were the places dealt at random, a term
// would come to place r of n or better with chance r/(n+1), and -2·ln of that chance
// is Fisher's statistic. The result carries [FlagGauge]. It allocates nothing.
//
// A list that was not read for too long says nothing: [FlagBlind]. Of a term that the
// newest poll no longer has there is no evidence left.
func EvaluateGauge(pane int64, metrics []Gauge, l *List) Evidence {
	e := Evidence{Pane: pane, Started: pane, Tier: GaugeTier, Flags: FlagGauge, Share: 1, Age: l.Age}
	if l.Lost(PaneStart(pane + 1)) {
		e.Flags |= FlagBlind
	}
	for i := range metrics {
		g := &metrics[i]
		n := len(g.Readings)
		if n == 0 || !l.has(g.Readings[n-1].At) {
			continue
		}
		var m Evidence
		switch g.Unit {
		case UnitTotal:
			m = g.total(l)
		case UnitRank:
			m = g.rank(l)
		default:
			continue
		}
		if m.Score > e.Score || e.Window == 0 {
			e.Score, e.Z, e.Window = m.Score, m.Z, int(l.horizon()*PanesPerHour)
			e.Seen, e.Expected = m.Seen, m.Expected
			e.Growth, e.Fall, e.Share = m.Growth, m.Fall, m.Share
			e.Flags = e.Flags&FlagBlind | FlagGauge | m.Flags
		}
		e.Lasting = max(e.Lasting, m.Lasting)
		e.Rank = max(e.Rank, m.Score*(0.5+0.5/(1+math.Exp(-m.Growth))))
		e.Started = min(e.Started, floorDiv(g.Readings[0].At, PaneSeconds))
	}
	return e
}
