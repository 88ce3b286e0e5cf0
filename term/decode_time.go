package term

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Event times outside [minTS, maxTS) are refused: they are clocks gone wrong,
// and one of them would move the watermark past every true record.
const (
	minTS = 631152000 * microsPerSecond  // 1990-01-01T00:00:00Z
	maxTS = 4133980800 * microsPerSecond // 2101-01-01T00:00:00Z

	microsPerSecond = 1_000_000
)

// timestamp is the spelling of a ts as found, read only when the line is known
// to be whole.
type timestamp struct {
	spelling string
	numeric  bool  // stood without quotes
	whole    bool  // and is a whole number
	n        int64 // which is this
	at       int
}

func (d *Decoder) timestamp() (ts timestamp, err *DecodeError) {
	t, err := d.r.peek()
	if err != nil {
		return ts, err
	}
	ts.at = d.r.pos
	switch t {
	case jsonNumber:
		ts.numeric = true
		if ts.n, ts.whole = d.r.natural(); ts.whole {
			ts.spelling = alias(d.r.text[ts.at:d.r.pos])
			return ts, nil
		}
		ts.spelling, err = d.r.number()
	case jsonString:
		ts.spelling, err = d.r.str()
	case jsonNull:
		_, err = d.r.literal()
	default:
		err = wrong("ts", d.r.pos, "must be a time, not %s", t)
	}
	return ts, err
}

// micros reads the time: RFC 3339, or a Unix time in seconds, milliseconds or
// microseconds. The three are told apart by size: between 1990 and 2100 their
// ranges are far from touching.
func (ts timestamp) micros() (int64, *DecodeError) {
	if ts.spelling == "" {
		return 0, &DecodeError{Field: "ts", Offset: -1, Reason: "is missing"}
	}
	micros, ok := int64(0), false
	switch {
	case ts.whole:
		micros, ok = scaled(ts.n)
	case ts.numeric:
		micros, ok = unixMicros(ts.spelling)
	default:
		if micros, ok = utcMicros(ts.spelling); !ok {
			micros, ok = unixMicros(ts.spelling)
		}
	}
	if !ok {
		if ts.numeric {
			return 0, ts.wrong("is no time")
		}
		t, err := time.Parse(time.RFC3339, ts.spelling)
		if err != nil {
			return 0, ts.wrong("is not an RFC 3339 time with a zone (2016-07-28T14:23:00Z) or a Unix time")
		}
		micros = t.UnixMicro()
	}
	switch {
	case micros < 0:
		return 0, ts.wrong("is before 1970: expected a time from 1990 to 2100")
	case micros < minTS || micros >= maxTS:
		year := time.UnixMicro(micros).UTC().Year()
		return 0, ts.wrong("is in the year " + strconv.Itoa(year) + ": expected a time from 1990 to 2100")
	}
	return micros, nil
}

func (ts timestamp) wrong(what string) *DecodeError {
	shown := quote(ts.spelling)
	if ts.numeric {
		shown = clip(ts.spelling)
	}
	return wrong("ts", ts.at, "%s %s", shown, what)
}

// unixMicros reads a decimal Unix time of unknown scale. It fails on what is
// not a number or lies beyond the year 9999.
func unixMicros(s string) (int64, bool) {
	if strings.Trim(s, "-+.eE0123456789") != "" || strings.IndexByte("-0123456789", s[0]) < 0 {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return scaled(n)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	scale := scaleOf(f)
	return int64(math.Round(f * float64(scale))), scale != 0
}

// scaled brings a whole number to microseconds.
func scaled(n int64) (int64, bool) {
	scale := scaleOf(float64(n))
	return n * scale, scale != 0
}

// digits reads a number of at most maxDigits digits and nothing else.
func digits(s string) (n int64, ok bool) {
	for i := range len(s) {
		if !isDigit(s[i]) || i == maxDigits {
			return 0, false
		}
		n = 10*n + int64(s[i]-'0')
	}
	return n, s != ""
}

// utcMicros reads the commonest form of RFC 3339: a time in UTC to the second,
// with up to six digits of a fraction.
func utcMicros(s string) (int64, bool) {
	const form = "2006-01-02T15:04:05"
	n := len(s) - 1
	if n < len(form) || s[n] != 'Z' || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	var parts [6]int64 // year to second
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		var ok bool
		if parts[i], ok = digits(s[at[0]:at[1]]); !ok {
			return 0, false
		}
	}
	year, month, day := parts[0], parts[1], parts[2]
	hour, minute, second := parts[3], parts[4], parts[5]
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	micros := (((dayOf(year, month, day)*24+hour)*60+minute)*60 + second) * microsPerSecond
	if n == len(form) {
		return micros, true
	}
	fraction, ok := digits(s[len(form)+1 : n])
	if !ok || s[len(form)] != '.' || n-len(form)-1 > 6 {
		return 0, false
	}
	for range 6 - (n - len(form) - 1) {
		fraction *= 10
	}
	return micros + fraction, true
}

// dayOf returns the days from 1970-01-01 to a date of the Gregorian calendar.
// Years are taken to begin in March, so that the leap day is their last (Howard
// Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil).
func dayOf(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}

// daysIn returns the days of a month.
func daysIn(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// scaleOf returns how many microseconds one unit of n is worth: the largest
// magnitude read as seconds is in the year 5138, as milliseconds likewise.
func scaleOf(n float64) int64 {
	switch n = math.Abs(n); {
	case n < 1e11:
		return microsPerSecond
	case n < 1e14:
		return 1000
	case n < 2.5e17:
		return 1
	}
	return 0
}
