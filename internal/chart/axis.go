package chart

import (
	"math"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// nice returns the step of about n ticks from 0 to top: 1, 2 or 5 times a power of ten, and whole.
func nice(top float64, n int) float64 {
	rough := top / float64(max(n, 1))
	if rough <= 1 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range [...]float64{1, 2, 5} {
		if m*unit >= rough*.8 {
			return m * unit
		}
	}
	return 10 * unit
}

// scale is the axis of numbers, from 0.
type scale struct{ top, step float64 }

// scaleOf returns a scale that holds top; what is not known or too large to be told becomes something that can be drawn.
func scaleOf(top float64, ticks int) scale {
	const most = 1e15
	top, ok := known(top)
	if !ok || top < 1 {
		top = 1
	}
	top = min(top, most)
	step := nice(top, ticks)
	return scale{top: math.Ceil(top/step-1e-9) * step, step: step}
}

// ticks returns what the scale is marked with.
func (s scale) ticks() []float64 {
	var out []float64
	for v := 0.0; v <= s.top*1.0001; v += s.step {
		out = append(out, v)
	}
	return out
}

// label writes a tick, large numbers without their zeros.
func (s scale) label(v float64) string {
	for _, u := range [...]struct {
		of   float64
		name string
	}{{1e12, " T"}, {1e9, " bn"}, {1e6, " m"}} {
		if s.step >= u.of/10 && v >= u.of {
			decimals := 0
			if math.Mod(v, u.of) != 0 {
				decimals = 1
			}
			return console.Decimal(v/u.of, decimals) + u.name
		}
	}
	return console.Count(uint64(v))
}

// timeTick is a mark of the axis of time.
type timeTick struct {
	at   time.Time
	text string
	day  bool // a day begins
}

// timeTicks returns where days begin, and hours between them where they are no closer than room allows: perHour is how much
// of the width an hour has. Days and hours are those of the zone, also where a clock is put on or back.
func timeTicks(from, to time.Time, zone *time.Location, perHour float64) (out []timeTick, hourly bool) {
	const dayRoom, hourRoom, most = 64, 26, 400
	every, hours := 1, 0
	for _, n := range [...]int{1, 2, 7, 14, 28, 91, 182, 364, 3640} {
		if every = n; float64(n)*24*perHour >= dayRoom {
			break
		}
	}
	for _, n := range [...]int{1, 3, 6, 12} {
		if every == 1 && float64(n)*perHour >= hourRoom {
			hours = n
			break
		}
	}
	local := from.In(zone)
	year, month, day := local.Date()
	if every > 1 { // the same days wherever the part that is drawn begins
		days := int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
		day -= ((days+3)%every + every) % every
	}
	for ; len(out) < most; day += every {
		midnight := startOfDay(year, month, day, zone)
		if !midnight.Before(to) {
			break
		}
		if !midnight.Before(from) {
			out = append(out, timeTick{at: midnight, text: dayText(midnight, every), day: true})
		}
		if hours == 0 {
			continue
		}
		for h := hours; h < 24; h += hours {
			at := time.Date(year, month, day, h, 0, 0, 0, zone)
			if at.Hour() == h && !at.Before(from) && at.Before(to) {
				out = append(out, timeTick{at: at, text: at.Format("15:04")[:2]})
			}
		}
	}
	return out, hours > 0
}

// startOfDay returns the first moment of a day, which is not midnight where clocks are put on then.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if h := t.Hour(); h > 12 { // the moment before it
		return t.Add(time.Duration(24-h) * time.Hour)
	}
	return t
}

func dayText(t time.Time, every int) string {
	if every >= 28 {
		return t.Format("2 Jan 06")
	}
	return t.Format("Mon 2 Jan")
}

// zoneOf returns a zone to write times in.
func zoneOf(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}
