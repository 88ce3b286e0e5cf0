package console

import (
	"fmt"
	"math"
	"strings"
)

const (
	days  = 7
	hours = 24
)

var (
	dayNames = [days]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	shades   = []string{"  ", "░░", "▒▒", "▓▓", "██"}
	colours  = []Colour{Plain, Plain, Plain, Cyan, Green}
)

// DayName returns the name of a weekday; 0 is Monday.
func DayName(weekday int) string {
	if weekday < 0 || weekday >= days {
		return Unknown
	}
	return dayNames[weekday]
}

// Heat draws the 168 hours of a week, Monday 0:00 first, a line for each day. The
// darker, the nearer to the highest value; an hour of which nothing is known (NaN, or
// none given) is a dot.
func Heat(b *strings.Builder, week []float64, p Palette) {
	top := 0.0
	for _, x := range week {
		if x > top && !math.IsInf(x, 0) {
			top = x
		}
	}
	line := "    "
	for h := 0; h < hours; h += 3 {
		line += fmt.Sprintf("%02d    ", h)
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	for day := range days {
		line = dayNames[day] + " "
		for h := range hours {
			x := math.NaN()
			if i := day*hours + h; i < len(week) {
				x = week[i]
			}
			i := level(x, top)
			if i < 0 {
				line += string(missing) + " "
				continue
			}
			line += p.Paint(colours[i], shades[i])
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprintf(b, "    ░ ▒ ▓ █: from 20, 40, 60, 80 %% of the highest, %s\n", highest(top))
}

func highest(top float64) string {
	switch {
	case top >= 100:
		return Decimal(top, 0)
	case top >= 1:
		return Decimal(top, 1)
	}
	return Decimal(top, 3)
}

// level returns which of the shades a value has, -1 where there is none.
func level(x, top float64) int {
	switch {
	case math.IsNaN(x):
		return -1
	case x <= 0 || top == 0:
		return 0
	}
	return min(int(x/top*float64(len(shades))), len(shades)-1)
}
