package tiktok

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/scrapers/chart"
)

// figure is a number of a page. The zero value is one that is missing, which is not zero.
type figure struct {
	n     float64
	known bool
	exact bool // not shortened
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (f *figure) UnmarshalJSON(raw []byte) error {
	*f = figure{}
	var c chart.Count
	_ = c.UnmarshalJSON(raw) // never fails
	if c.Known {
		*f = figure{n: c.N, known: true, exact: true}
		return nil
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*f = parseFigure(s)
	}
	return nil
}

// parseFigure reads a number as it is shown to people: "863.9K", "1.2M", "310B", "1,204".
func parseFigure(s string) figure {
	s = strings.ToUpper(strings.TrimSpace(s))
	factor, exact := 1.0, true
	if n := len(s); n > 0 {
		switch s[n-1] {
		case 'K':
			factor = 1e3
		case 'M':
			factor = 1e6
		case 'B':
			factor = 1e9
		}
		if factor > 1 {
			s, exact = strings.TrimSpace(s[:n-1]), false
		}
	}
	if exact { // groups of thousands
		s = strings.ReplaceAll(s, ",", "")
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && c != '.' {
			return figure{} // a sign, an exponent, a word
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) > 40 {
		return figure{}
	}
	if factor > 1 {
		n = math.Floor(n*factor + 0.5)
	}
	return figure{n: n, known: true, exact: exact && n == math.Trunc(n)}
}

// doubted returns the figure as one that is not exact where it may have been rounded to what people are
// shown: to a tenth of a thousand, a million or a billion. Of the numbers that were not, one in a hundred
// at most looks like that, and is no total for once.
func (f figure) doubted() figure {
	unit := 1e3
	for _, next := range []float64{1e6, 1e9} {
		if f.n >= next {
			unit = next
		}
	}
	if f.n >= unit && math.Mod(f.n, unit/10) == 0 {
		f.exact = false
	}
	return f
}
