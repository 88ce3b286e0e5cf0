package zeeschuimer

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/swell-radar/swell/term"
)

// text is a string, or a number as it is spelled: IDs above 2^53 stay what they are. Anything
// else is empty.
type text string

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (t *text) UnmarshalJSON(raw []byte) error {
	*t = ""
	var s string
	switch {
	case len(raw) == 0:
	case raw[0] == '"' && json.Unmarshal(raw, &s) == nil:
		*t = text(strings.TrimSpace(s))
	case raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9':
		*t = text(raw)
	}
	return nil
}

// soft is a part that a post can do without: where it is of another type it is zero.
type soft[T any] struct{ V T }

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (s *soft[T]) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &s.V) != nil {
		s.V = *new(T)
	}
	return nil
}

// named is a person: the name itself, or an object that has it.
type named string

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (n *named) UnmarshalJSON(raw []byte) error {
	*n = ""
	var person struct {
		UniqueID text `json:"uniqueId"`
		Username text `json:"username"`
		ScreenN  text `json:"screen_name"`
		ID       text `json:"id"`
		PK       text `json:"pk"`
	}
	switch {
	case len(raw) > 0 && raw[0] == '{':
		if json.Unmarshal(raw, &person) == nil {
			*n = named(first(person.UniqueID, person.Username, person.ScreenN, person.ID, person.PK))
		}
	default:
		var s text
		_ = s.UnmarshalJSON(raw) // never fails
		*n = named(s)
	}
	return nil
}

// count is a number that may be missing, which is not zero.
type count struct {
	n     float64
	known bool
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails. Numbers below zero mean that the
// platform does not show them.
func (c *count) UnmarshalJSON(raw []byte) error {
	*c = count{}
	n, err := strconv.ParseFloat(string(bytes.Trim(raw, `"`)), 64)
	if err == nil && n >= 0 && !math.IsInf(n, 0) && !math.IsNaN(n) {
		*c = count{n: n + 0, known: true} // + 0: no negative zero
	}
	return nil
}

// instant is a Unix time in microseconds, in JSON as seconds, milliseconds or microseconds, or written
// out; 0 is none.
type instant int64

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (t *instant) UnmarshalJSON(raw []byte) error {
	*t = 0
	spelling := string(bytes.Trim(raw, `"`))
	if n, err := strconv.ParseFloat(spelling, 64); err == nil {
		for _, unit := range []float64{1e6, 1e3, 1} {
			// The ranges of the three do not touch between 1990 and 2100.
			if micros := n * unit; n > 0 && micros >= 631152000e6 && micros < 4133980800e6 {
				*t = instant(micros)
			}
		}
		return nil
	}
	for _, layout := range []string{
		"Mon Jan 02 15:04:05 -0700 2006", // X
		time.RFC1123Z, time.RFC1123, time.RFC3339Nano, "2006-01-02T15:04:05",
	} {
		if at, err := time.Parse(layout, spelling); err == nil {
			*t = instant(at.UnixMicro())
			return nil
		}
	}
	return nil
}

func first[T ~string](of ...T) string {
	for _, s := range of {
		if s != "" {
			return string(s)
		}
	}
	return ""
}

// firstCount returns the first number that is known.
func firstCount(of ...count) count {
	for _, c := range of {
		if c.known {
			return c
		}
	}
	return count{}
}

func addMetric(rec *term.Record, name string, of ...count) {
	if c := firstCount(of...); c.known {
		rec.Metrics = append(rec.Metrics, term.Metric{Name: name, Value: c.n})
	}
}

func addText(list []string, s text) []string {
	if s == "" {
		return list
	}
	return append(list, string(s))
}
