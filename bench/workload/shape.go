package workload

import "fmt"

// Shape is the course of something planted. The two shapes of a trend follow
// Crane and Sornette, "Robust dynamic classes revealed by measuring the response
// function of a social system" (PNAS 105, 2008).
type Shape uint8

// The shapes.
const (
	// Endogenous builds up slowly (logistic), peaks and decays.
	Endogenous Shape = 1 + iota
	// Exogenous jumps within one to six hours and decays by a power law.
	Exogenous
	// Weekly returns on one weekday.
	Weekly
	// Daily returns at one hour of the day.
	Daily
	// Steady keeps its pace from beginning to end.
	Steady
	// Lockstep posts at equal intervals within each five minutes.
	Lockstep
)

var shapeNames = [...]string{
	Endogenous: "endogenous", Exogenous: "exogenous", Weekly: "weekly", Daily: "daily", Steady: "steady", Lockstep: "lockstep",
}

// String returns the shape's name as it stands in the truth file.
func (s Shape) String() string {
	if s == 0 || int(s) >= len(shapeNames) {
		return fmt.Sprintf("shape(%d)", uint8(s))
	}
	return shapeNames[s]
}

// curve is the intensity of something planted over time, with a peak of about 1.
type curve struct {
	shape   Shape
	rise    float64 // hours from onset to peak (Endogenous, Exogenous)
	decay   float64 // hours: time constant of the decay
	power   float64 // exponent of the decay (Exogenous)
	weekday int     // Weekly
	hour    float64 // Daily: the local hour of the peak
	width   float64 // Daily: hours from the peak to nothing
}

// at returns the intensity at an age in hours, on a local weekday and hour.
func (c *curve) at(age float64, weekday int, hour float64) float64 {
	switch c.shape {
	case Endogenous:
		if age < c.rise {
			// A logistic from 0 to 1 over the rise, cut out of the middle 98 % of the curve.
			const steep = 9.19 // 2·ln 99
			y := 1 / (1 + exp(float64(steep*(0.5-age/c.rise))))
			return max(0, (y-0.01)/0.98)
		}
		return exp((c.rise - age) / c.decay)
	case Exogenous:
		if age < c.rise {
			return age / c.rise
		}
		return pow(1+(age-c.rise)/c.decay, -c.power)
	case Weekly:
		if weekday == c.weekday {
			return 1
		}
		return 0.01
	case Daily:
		away := max(hour-c.hour, c.hour-hour)
		return max(0, 1-min(away, 24-away)/c.width)
	default:
		return 1
	}
}

// overBelow is the share of its peak below which a trend is over.
const overBelow = 0.05

// life returns the hours from the onset of a trend until its course, without the
// daily rhythm, has fallen below overBelow of its peak, at most mostLife.
func (c *curve) life() float64 {
	fall := 0.0
	switch c.shape {
	case Endogenous:
		fall = float64(-c.decay * log(overBelow))
	case Exogenous:
		fall = float64(c.decay * (pow(overBelow, -1/c.power) - 1))
	}
	return min(mostLife, c.rise+fall)
}
