package detect

import (
	"math"
	"slices"
)

// Unit says how the readings of a gauge compare over time.
type Unit uint8

// The units of a gauge. Bucket, percent and index carry no growth that could be
// tested; they score nothing.
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
	// Size is the number of terms in the list at the last poll.
	Size int
	// ListAge is how long the list has been polled, in hours.
	ListAge float64
	// Spread is the distribution of [Growth] over the list at the last poll;
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

const (
	gaugeHours  = 6     // hours over which a gauge's movement is taken
	staleHours  = 2.5   // a list polled hourly may miss one poll
	gaugeNoise  = 0.002 // log growth an hour below which growth is rounding
	gaugeMaxZ   = 30
	madToSD     = 1.4826
	minGaugeAge = 0.4 // hours between readings below which growth is noise
)

// Growth returns the log growth per hour of a total over the last six hours:
// the sum of its steps up, over the last reading, over the time. Steps down
// (deletions, resets, rounding) count as no growth. ok is false without two
// readings at least 24 minutes apart.
func Growth(readings []Reading) (perHour float64, ok bool) {
	n := len(readings)
	if n < 2 {
		return 0, false
	}
	last := readings[n-1]
	var sum, hours float64
	for i := n - 1; i > 0; i-- {
		a, b := readings[i-1], readings[i]
		if last.At-a.At > gaugeHours*3600 {
			break
		}
		hours = float64(last.At-a.At) / 3600
		if b.Value > a.Value && a.Value >= 0 {
			sum += math.Log((b.Value + 1) / (a.Value + 1))
		}
	}
	if hours < minGaugeAge {
		return 0, false
	}
	return sum / hours, true
}

// EvaluateGauge scores the metrics of one term at the pane; the strongest
// counts. A total is compared with how the other terms of its list grow. A rank
// is scored by its climb: were the places dealt at random, a term would come to
// place r of n or better with chance r/(n+1), and -2·ln of that chance is
// Fisher's statistic. The result carries [FlagGauge]. It allocates nothing.
func EvaluateGauge(pane int64, metrics []Gauge) Evidence {
	e := Evidence{Pane: pane, Started: pane, Tier: GaugeTier, Flags: FlagGauge, Share: 1}
	now := PaneStart(pane + 1)
	for i := range metrics {
		g := &metrics[i]
		n := len(g.Readings)
		if n == 0 || float64(now-g.Readings[n-1].At) > staleHours*3600 {
			continue
		}
		e.Age = max(e.Age, g.ListAge)
		var m Evidence
		switch g.Unit {
		case UnitTotal:
			m = g.total()
		case UnitRank:
			m = g.rank(now)
		default:
			continue
		}
		if m.Score > e.Score || e.Window == 0 {
			e.Score, e.Z, e.Window = m.Score, m.Z, gaugeHours*PanesPerHour
			e.Seen, e.Expected = m.Seen, m.Expected
			e.Growth, e.Fall, e.Share = m.Growth, m.Fall, m.Share
			e.Flags = FlagGauge | m.Flags
		}
		e.Rank = max(e.Rank, m.Score*(0.5+0.5/(1+math.Exp(-m.Growth))))
		e.Started = min(e.Started, floorDiv(g.Readings[0].At, PaneSeconds))
	}
	return e
}

// total scores the growth of a running count.
func (g *Gauge) total() Evidence {
	rate, ok := Growth(g.Readings)
	if !ok || g.Spread.N < 5 {
		return Evidence{Share: 1}
	}
	z := (rate - g.Spread.Median) / (madToSD*g.Spread.MAD + gaugeNoise)
	z = max(0, min(gaugeMaxZ, z))
	n := len(g.Readings)
	before, okBefore := Growth(g.Readings[:n-1])
	e := Evidence{Score: z, Z: z, Seen: rate, Expected: g.Spread.Median, Share: 1}
	if okBefore {
		e.Growth = (rate - before) / (madToSD*g.Spread.MAD + gaugeNoise)
		e.Share = min(1, (rate+gaugeNoise)/(before+gaugeNoise))
	}
	return e
}

// rank scores the climb within the last six hours. A term that came into a list
// already known counts as coming from below its end; one that stood in the list's
// first poll did not come into it.
func (g *Gauge) rank(now int64) Evidence {
	n := len(g.Readings)
	last := g.Readings[n-1]
	bottom := float64(max(g.Size, 1)) + 1
	place := func(r Reading) float64 { return max(1, min(r.Value, bottom)) }
	from, best, prev := place(last), place(last), place(last)
	entered := true
	for i := n - 1; i >= 0; i-- {
		r := g.Readings[i]
		if last.At-r.At > gaugeHours*3600 {
			entered = false
			break
		}
		from, best = max(from, place(r)), min(best, place(r))
		if last.At-r.At <= 2*3600 {
			prev = place(r)
		}
	}
	firstPoll := now - int64(g.ListAge*3600)
	if entered && g.ListAge > gaugeHours && g.Readings[0].At > firstPoll+2*PaneSeconds {
		from = bottom
		if n == 1 {
			prev = bottom
		}
	}
	here := place(last)
	score := 2 * math.Log(from/here)
	return Evidence{
		Flags: FlagRank, Score: score, Z: math.Sqrt(score), Seen: here, Expected: from,
		Growth: 2 * math.Log(prev/here), Fall: 2 * math.Log(here/best), Share: best / here,
	}
}
