package chart

import (
	"math"
	"strconv"
)

// scale maps values onto 0..1 of an axis.
type scale struct {
	min, max float64
	log      bool
	percent  bool
}

// newScale makes the range of an axis from its description and the data.
func newScale(a Axis, values []float64) scale {
	s := scale{log: a.Log, percent: a.Percent}
	switch {
	case usable(a):
		s.min, s.max = a.Min, a.Max
	case a.Log:
		s.decades(values)
	default:
		s.round(values)
	}
	return s
}

// usable reports whether an axis has a range of its own that can be divided.
func usable(a Axis) bool {
	if a.Log {
		return a.Min > 1e-300 && a.Max < 1e300 && a.Max > float64(1.001*a.Min)
	}
	span := a.Max - a.Min
	return a.Min > -1e300 && a.Max < 1e300 && span > 1e-300 && span > float64(1e-9*max(a.Max, -a.Min))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// decades spans whole powers of ten; 0.1 to 10 where there are no data.
func (s *scale) decades(values []float64) {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		if v > 0 && finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		low, high = 0.1, 10
	}
	from, to := math.Floor(log10(low)), math.Ceil(log10(high))
	if from == to {
		to++
	}
	// No more than what can be told apart.
	s.min, s.max = math.Pow(10, max(from, to-12, -300)), math.Pow(10, min(max(to, -299), 300))
}

// round spans 0 and the data, up to a round number.
func (s *scale) round(values []float64) {
	for _, v := range values {
		if finite(v) {
			s.min, s.max = min(s.min, v), max(s.max, v)
		}
	}
	s.min, s.max = max(min(s.min, 0), -1e300), min(max(s.max, 0), 1e300)
	if s.max-s.min < 1e-300 {
		s.max = 1
	}
	step := niceStep(s.max - s.min)
	s.min, s.max = math.Floor(s.min/step)*step, math.Ceil(s.max/step)*step
}

// at returns where a value lies, within 0..1.
func (s *scale) at(v float64) float64 {
	low, high := s.min, s.max
	if s.log {
		if v <= s.min {
			return 0
		}
		low, high, v = log10(low), log10(high), log10(v)
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// tick is a line across the panel.
type tick struct {
	value float64
	label string // empty: a fine line without one
}

// ticks returns the lines that a reader finds values by.
func (s *scale) ticks() []tick {
	if s.log {
		return s.logTicks()
	}
	step := niceStep(s.max - s.min)
	var ticks []tick
	first := math.Ceil(s.min/step - 1e-9)
	for i := range 20 {
		v := float64((first + float64(i)) * step)
		if v > s.max+float64(step*1e-9) {
			break
		}
		ticks = append(ticks, tick{v, s.label(v, step)})
	}
	return ticks
}

func (s *scale) logTicks() []tick {
	from, to := int(math.Floor(log10(s.min))), int(math.Ceil(log10(s.max)))
	every := (to-from-1)/6 + 1
	few := s.max/s.min < 101
	var ticks []tick
	for e := from; e <= to; e += every {
		power := math.Pow(10, float64(e))
		for m := 1; m <= 9 && (m == 1 || every == 1); m++ {
			v := float64(power * float64(m))
			if v < float64(s.min*0.999999) || v > float64(s.max*1.000001) {
				continue
			}
			t := tick{value: v}
			if m == 1 || few && (m == 2 || m == 5) {
				t.label = s.label(v, power)
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// label writes a value that is a multiple of step.
func (s *scale) label(v, step float64) string {
	if s.percent {
		return strconv.FormatFloat(100*v, 'f', decimals(100*step), 64) + " %"
	}
	if step >= 1e6 || step < 1e-4 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals(step), 64)
}

func decimals(step float64) int {
	return min(max(0, int(math.Ceil(-log10(step)-1e-9))), 6)
}

// niceStep is 1, 2 or 5 times a power of ten, for about five steps in a span.
func niceStep(span float64) float64 {
	power := math.Pow(10, math.Floor(log10(span/5)))
	for _, m := range []float64{1, 2, 5} {
		if float64(m*power*6) >= span {
			return float64(m * power)
		}
	}
	return 10 * power
}

// log10 is rounded before it is used: some processors would otherwise fuse its last
// multiplication with what follows, and equal charts would differ between them.
func log10(x float64) float64 { return float64(math.Log10(x)) }
