package truth

import (
	"fmt"
	"slices"
	"strings"
)

// columns says in which column of a file a field stands.
type columns struct {
	at    [fields]int // -1: the file does not have it
	width int
}

type field uint8

const (
	fieldTerm field = iota
	fieldOnset
	fieldKind
	fieldPlatform
	fieldType
	fieldShape
	fieldPeak
	fieldEnd
	fieldEvent
	fieldTier
	fieldNear
	fields
)

var fieldNames = [fields]string{
	"term", "onset", "kind", "platform", "type", "shape", "peak", "end", "event", "tier", "near",
}

func (f field) String() string { return fieldNames[f] }

// parseHeader finds the fields by their names, in any order and case.
func parseHeader(file string, line int, names []string) (columns, error) {
	c := columns{width: len(names)}
	for f := range c.at {
		c.at[f] = -1
	}
	for i, name := range names {
		f := slices.Index(fieldNames[:], strings.ToLower(strings.TrimSpace(name)))
		if f < 0 {
			continue
		}
		if c.at[f] >= 0 {
			return c, fmt.Errorf("%w: %s:%d: column %s stands there twice; leave one", ErrHeader, file, line, field(f))
		}
		c.at[f] = i
	}
	for _, f := range []field{fieldTerm, fieldOnset} {
		if c.at[f] < 0 {
			return c, fmt.Errorf("%w: %s:%d: no column %q among %s; the first line names the columns, separated by commas, at least term and onset",
				ErrHeader, file, line, f.String(), shortened(fmt.Sprintf("%q", names)))
		}
	}
	return c, nil
}

func (c *columns) has(f field) bool { return c.at[f] >= 0 }

// of returns the trimmed text of a field in a row, empty where there is none.
func (c *columns) of(row []string, f field) string {
	if i := c.at[f]; i >= 0 && i < len(row) {
		return strings.TrimSpace(row[i])
	}
	return ""
}
