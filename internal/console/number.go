package console

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Unknown stands for what is not known.
const Unknown = "-"

// Count writes a number with separators between thousands.
func Count(n uint64) string { return grouped(strconv.FormatUint(n, 10)) }

// Decimal writes a number with so many decimals and separators between thousands;
// [Unknown] where it is none.
func Decimal(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Unknown
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	if rest != "" {
		rest = "." + rest
	}
	if strings.Trim(whole+rest, "-0.") == "" {
		return strings.TrimPrefix(whole, "-") + rest // no negative zero
	}
	return grouped(whole) + rest
}

func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Share writes a part of one as a percentage; [Unknown] where it is none.
func Share(x float64) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return Unknown
	case x > 0.99 && x < 1, x > 0 && x < 0.01:
		return Decimal(100*x, 1) + "%" // neither all nor nothing
	}
	return Decimal(100*x, 0) + "%"
}

// Minute writes a moment to the minute, in UTC.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Span writes a duration in its largest unit.
func Span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + "d"
}
