package detect

import "math"

const (
	gaugeNoise  = 0.002 // log growth an hour below which growth is rounding
	gaugeMaxZ   = 30
	madToSD     = 1.4826
	minGaugeAge = 0.4 // hours between readings below which growth is noise
)

// What a running count does between two readings, by their ratio.
const (
	resetTo = 0.5 // a fall below that is a new beginning; a smaller one a correction
	wildUp  = 8   // a step up beyond that is believed when the next reading bears it out
)

// Growth returns the log growth per hour of a total over the list's horizon: the sum
// of its steps, corrections downwards included, over the last reading, over the time.
// A fall to less than half is a reset, and no growth. A single reading that its neighbours do not
// bear out, high or low, is left out, and so is a wild last one until the next comes.
// ok is false without two readings at least 24 minutes apart.
func (l *List) Growth(readings []Reading) (perHour float64, ok bool) {
	if len(readings) == 0 {
		return 0, false
	}
	to := readings[len(readings)-1].At
	return growth(readings, to-int64(l.horizon()*3600), to)
}

// growth is Growth over the readings of from ≤ time ≤ to, in Unix seconds.
func growth(readings []Reading, from, to int64) (perHour float64, ok bool) {
	var sum float64
	first, before := int64(-1), Reading{}
	var at int64
	for i, r := range readings {
		if r.At < from || r.At > to || r.Value < 0 || wild(readings, i) {
			continue
		}
		if first >= 0 {
			if step := (r.Value + 1) / (before.Value + 1); step >= resetTo {
				sum += math.Log(step)
			}
		} else {
			first = r.At
		}
		before, at = r, r.At
	}
	hours := float64(at-first) / 3600
	if first < 0 || hours < minGaugeAge {
		return 0, false
	}
	return max(0, sum) / hours, true
}

// wild reports whether the reading stands alone: far from both neighbours, which are
// near each other, or, if it is the last, far above the one before.
func wild(readings []Reading, i int) bool {
	if i == 0 {
		return false
	}
	here, before := readings[i].Value+1, readings[i-1].Value+1
	if i == len(readings)-1 {
		return here > wildUp*before && before > wildFrom
	}
	after := readings[i+1].Value + 1
	near := after < 2*before && before < 2*after
	return near && (here > 2*max(before, after) || here < resetTo*min(before, after))
}

// wildFrom is the count from which a step may be wild: small ones multiply easily.
const wildFrom = 100

// total scores the growth of a running count beyond that of its list and its own before.
func (g *Gauge) total(l *List) Evidence {
	rate, ok := l.Growth(g.Readings)
	if !ok || g.Spread.N < 5 {
		return Evidence{Share: 1}
	}
	scale := madToSD*g.Spread.MAD + gaugeNoise
	z := func(rate, expected float64) float64 { return max(0, min(gaugeMaxZ, (rate-expected)/scale)) }
	n := len(g.Readings)
	last := g.Readings[n-1].At
	begin := last - int64(l.horizon()*3600)
	expected := g.Spread.Median
	if own, ok := growth(g.Readings, last-keptHours*3600, begin); ok {
		expected = max(expected, own)
	}
	e := Evidence{Score: z(rate, expected), Seen: rate, Expected: expected, Share: 1}
	e.Z = e.Score
	if before, ok := l.Growth(g.Readings[:n-1]); ok {
		e.Growth = (rate - before) / scale
		e.Share = min(1, (rate+gaugeNoise)/(before+gaugeNoise))
	}
	// What has lasted is the growth of the last two days beyond the list's.
	if long, ok := growth(g.Readings, last-longest*3600, last); ok {
		e.Lasting = z(long, g.Spread.Median)
	}
	return e
}
