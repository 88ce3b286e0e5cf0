package chart

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Text is a name or an ID: a string, or a number as it is spelled, so that IDs above 2^53 stay
// what they are. Anything else is empty.
type Text string

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = ""
	switch {
	case len(raw) > 0 && raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			*t = Text(strings.TrimSpace(s))
		}
	case isNumber(raw):
		*t = Text(raw)
	}
	return nil
}

func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9')
}

// Count is a number that may be missing, which is not the same as zero: a number, or a
// string of one. What is negative, too large or no number is missing.
type Count struct {
	N     float64
	Known bool
}

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (c *Count) UnmarshalJSON(raw []byte) error {
	*c = Count{}
	spelling := string(bytes.Trim(raw, `"`))
	if !isNumber([]byte(spelling)) {
		return nil
	}
	n, err := strconv.ParseFloat(spelling, 64)
	if err == nil && n >= 0 && !math.IsInf(n, 0) {
		*c = Count{N: n + 0, Known: true} // + 0: no negative zero
	}
	return nil
}

// Whole returns the count as a whole number, 0 where it is none or missing.
func (c Count) Whole() int {
	if !c.Known || c.N != math.Trunc(c.N) || c.N > 1<<31 {
		return 0
	}
	return int(c.N)
}

// Soft is a value that a row can do without: where it is of another type it is zero.
type Soft[T any] struct{ V T }

// UnmarshalJSON implements [json.Unmarshaler]. It never fails.
func (s *Soft[T]) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &s.V) != nil {
		s.V = *new(T)
	}
	return nil
}

// Object reads a JSON object into a struct. The error says what is there instead.
func Object(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	switch head := bytes.TrimSpace(raw); {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("its %s is of another type: %s", wrong.Field, wrong.Value)
	case err == nil && head[0] != '{', errors.As(err, &wrong):
		return fmt.Errorf("it is no object: %.40s", strings.ToValidUTF8(string(head), ""))
	}
	return err
}

// MaxRows is how many rows of a list are read: ten times as many as any list has.
const MaxRows = 10_000

// Elements returns the elements of a JSON array; false when it is none. An object in
// its place is its only element: some interfaces write lists of one like that.
func Elements(raw json.RawMessage) ([]json.RawMessage, bool) {
	var out []json.RawMessage
	if len(raw) > 0 && raw[0] == '{' {
		return []json.RawMessage{raw}, true
	}
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &out) != nil {
		return nil, false
	}
	return out[:min(len(out), MaxRows)], true
}
