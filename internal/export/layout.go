package export

import (
	"fmt"
	"time"

	"github.com/swell-radar/swell/internal/rows"
)

// Layout is what a row of a file is.
type Layout uint8

// The layouts.
const (
	Long Layout = iota // a term in an hour
	Wide               // a term in the day
)

// version is that of the rows. It rises when the same counts give other rows.
const version = 1

// String returns the name of the layout.
func (l Layout) String() string {
	if l == Wide {
		return "wide"
	}
	return "long"
}

// Kind says which file is meant.
type Kind struct {
	Day    int64 // since 1970, UTC
	Format rows.Format
	Layout Layout
	Raw    bool // CSV without its guard
}

const daySeconds = 24 * 3600

// Date returns a day since 1970 as YYYY-MM-DD.
func Date(day int64) string { return time.Unix(day*daySeconds, 0).UTC().Format(time.DateOnly) }

// ParseDate is the inverse of [Date]. It reports false for what is no date from 1970 on.
func ParseDate(s string) (day int64, ok bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Unix() < 0 {
		return 0, false
	}
	return t.Unix() / daySeconds, true
}

// part is what of a name comes between the day and the format.
func (k Kind) part() string {
	if k.Raw {
		return k.Layout.String() + "-raw"
	}
	return k.Layout.String()
}

// name returns the name of the file in the directory. It names the versions as well, so
// that what another program made is not taken for what this one would make.
func (k Kind) name() string {
	return fmt.Sprintf("%s.%s.v%d-%d.%s", Date(k.Day), k.part(), version, rows.Version, k.Format)
}

// FileName returns a name for the file where people keep it.
func (k Kind) FileName() string {
	return fmt.Sprintf("swell-%s-%s.%s", Date(k.Day), k.part(), k.Format)
}

// kinds returns all files that there may be of a day.
func kinds(day int64) []Kind {
	var out []Kind
	for _, f := range rows.Formats() {
		for _, l := range []Layout{Long, Wide} {
			out = append(out, Kind{Day: day, Format: f, Layout: l})
			if f == rows.CSV {
				out = append(out, Kind{Day: day, Format: f, Layout: l, Raw: true})
			}
		}
	}
	return out
}

// parseName returns what kind of file a name is of. It reports false for a name that this
// program would not give.
func parseName(name string) (Kind, bool) {
	if len(name) < len(time.DateOnly) {
		return Kind{}, false
	}
	day, ok := ParseDate(name[:len(time.DateOnly)])
	if !ok {
		return Kind{}, false
	}
	for _, k := range kinds(day) {
		if k.name() == name {
			return k, true
		}
	}
	return Kind{}, false
}
