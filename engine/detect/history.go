package detect

import (
	"math"
	"slices"
)

const historyDays = 28

// history keeps a term's fresh authors per UTC day for four weeks, in steps of
// 9 %. It answers whether today is only the day on which the term always rises.
type history struct {
	days  [historyDays]uint8 // ring by day % historyDays, see packDay
	day   int32              // the day being filled
	known uint8              // days in the ring, the running one included
	today float32            // authors of the running day
}

// roll moves on to the hour's day.
func (h *history) roll(hour int64) {
	day := int32(floorDiv(hour, 24))
	if h.known == 0 {
		h.day, h.known = day, 1
		return
	}
	for range min(int64(day)-int64(h.day), historyDays) {
		h.day++
		h.days[mod(int64(h.day), historyDays)] = 0
		h.known = min(h.known+1, historyDays)
		h.today = 0
	}
	h.day = max(h.day, day)
}

// add counts authors of the running day.
func (h *history) add(authors float64) {
	h.today += float32(authors)
	h.days[mod(int64(h.day), historyDays)] = packDay(float64(h.today))
}

// on returns the authors of a day; ok is false where the ring does not hold it.
func (h *history) on(day int64) (authors float64, ok bool) {
	age := int64(h.day) - day
	if age < 0 || age >= int64(h.known) {
		return 0, false
	}
	return unpackDay(h.days[mod(day, historyDays)]), true
}

// A weekday counts as a term's day when it brings regularPeak times a usual one.
const regularPeak = 3

// within reports whether a day is no more than before: up to half as many again,
// and two standard deviations of a count.
func within(day, before float64) bool { return day <= 1.5*before+2*math.Sqrt(before) }

// weekly reports whether the authors of the last 24 hours are no more than what
// the same weekday brought at least twice in the last three weeks, while other
// days are quiet. Two days of each week are taken, because 24 hours straddle
// midnight.
func (h *history) weekly(day int64, last24 float64) bool {
	var weeks [3]float64
	for k := range weeks {
		a, _ := h.on(day - 7*int64(k+1))
		b, _ := h.on(day - 7*int64(k+1) - 1)
		weeks[k] = a + b
	}
	slices.Sort(weeks[:])
	second := weeks[1]
	return within(last24, second) && second >= regularPeak*(1+h.median(day, historyDays))
}

// daily reports whether the last 24 hours brought no more than most of the last
// seven days.
func (h *history) daily(day int64, last24 float64) bool {
	return h.known >= 5 && within(last24, h.median(day, 7))
}

// median returns the middle of the known whole days among the n days that ended
// at least a guard band ago.
func (h *history) median(day int64, n int) float64 {
	var buf [historyDays]float64
	k := 0
	for age := int64(2); age < int64(n)+2; age++ {
		if a, ok := h.on(day - age); ok {
			buf[k] = a
			k++
		}
	}
	if k == 0 {
		return 0
	}
	slices.Sort(buf[:k])
	return buf[k/2]
}

// packDay and unpackDay store a count in a byte: 8·log2(1+x), exact to 4.5 %.
func packDay(x float64) uint8   { return uint8(min(255, math.Round(8*math.Log2(1+max(0, x))))) }
func unpackDay(q uint8) float64 { return math.Exp2(float64(q)/8) - 1 }

func mod(a, n int64) int64 { return a - n*floorDiv(a, n) }
