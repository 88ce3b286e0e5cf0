package report

import (
	"fmt"
	"math"
	"strings"
)

// none stands where there is no figure.
const none = "–"

func nanos(ns float64) string { return number(ns, "%.0f") }

// number formats x, or says that there is none.
func number(x float64, format string) string {
	if math.IsNaN(x) {
		return none
	}
	return fmt.Sprintf(format, x)
}

// micros formats nanoseconds as microseconds.
func micros(ns float64) string {
	switch us := ns / 1e3; {
	case math.IsNaN(ns):
		return none
	case us < 10:
		return fmt.Sprintf("%.2f", us)
	default:
		return fmt.Sprintf("%.0f", us)
	}
}

// millis formats nanoseconds as milliseconds.
func millis(ns float64) string {
	if ms := ns / 1e6; ms < 10 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ns/1e6)
}

func mebibytes(n int64) string { return fmt.Sprintf("%.0f", float64(n)/(1<<20)) }

func percent(x float64) string {
	switch p := 100 * x; {
	case p == 0:
		return "0"
	case p < 0.01:
		return "< 0.01"
	default:
		return fmt.Sprintf("%.2f", p)
	}
}

// count formats a number with a comma every three digits.
func count(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
