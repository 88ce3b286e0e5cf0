package term

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// wrong is the error for a field whose JSON is sound but whose value is not. The
// error outlives the line, which the name may be a part of.
func wrong(field string, at int, format string, args ...any) *DecodeError {
	return &DecodeError{Field: strings.Clone(clip(field)), Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// within puts the name of the enclosing field before the field's own.
func (e *DecodeError) within(parent string) *DecodeError {
	if e.Field != "" {
		e.Field = parent + "." + e.Field
	}
	return e
}

const maxEcho = 80 // bytes of input shown in an error

// clip cuts s to maxEcho bytes on a rune border.
func clip(s string) string {
	if len(s) <= maxEcho {
		return s
	}
	n := maxEcho
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// quote shows hostile input safely.
func quote(s string) string {
	if c := clip(s); len(c) < len(s) {
		return fmt.Sprintf("%q… (%d bytes)", c, len(s))
	}
	return strconv.Quote(s)
}

func firstInvalid(line []byte) int {
	at := 0
	for at < len(line) {
		r, size := utf8.DecodeRune(line[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// open checks the type of the value that comes next. A null is consumed.
func (d *Decoder) open(field string, want jsonType) (null bool, err *DecodeError) {
	if d.r.pos < len(d.r.text) && startOf[d.r.text[d.r.pos]] == want {
		return false, nil
	}
	t, err := d.r.peek()
	if err != nil {
		return false, err
	}
	if t == jsonNull {
		_, err = d.r.literal()
		return true, err
	}
	if t != want {
		return false, wrong(field, d.r.pos, "must be %s, not %s", want, t)
	}
	return false, nil
}

// str reads a string. Most are short and without escapes.
func (d *Decoder) str(field string, limit int) (string, *DecodeError) {
	r := &d.r
	if start := r.pos + 1; start < len(r.text) && r.text[start-1] == '"' {
		end, wide := plainEnd(r.text, start)
		if end < len(r.text) && r.text[end] == '"' && end-start <= limit && (!wide || utf8.Valid(r.text[start:end])) {
			r.pos = end + 1
			return alias(r.text[start:end]), nil
		}
	}
	return d.strSlow(field, limit)
}

// strSlow is str for any value.
func (d *Decoder) strSlow(field string, limit int) (string, *DecodeError) {
	if null, err := d.open(field, jsonString); null || err != nil {
		return "", err
	}
	at := d.r.pos
	s, err := d.r.str()
	if err != nil {
		return "", err
	}
	if len(s) > limit {
		return "", wrong(field, at, "has %d bytes; the limit is %d", len(s), limit)
	}
	return s, nil
}

func (d *Decoder) strs(field string, into []string, limit int) ([]string, *DecodeError) {
	if null, err := d.open(field, jsonArray); null || err != nil {
		return into, err
	}
	for more := d.r.open(']'); more; {
		s, err := d.str(field, limit)
		if err != nil {
			return into, err
		}
		if s != "" {
			into = append(into, s)
		}
		if more, err = d.r.more(']'); err != nil {
			return into, err
		}
	}
	return into, nil
}

func (d *Decoder) boolean(field string) (bool, *DecodeError) {
	if null, err := d.open(field, jsonBool); null || err != nil {
		return false, err
	}
	return d.r.literal()
}

func (d *Decoder) number(field string) (value float64, null bool, err *DecodeError) {
	if null, err := d.open(field, jsonNumber); null || err != nil {
		return 0, null, err
	}
	if n, ok := d.r.natural(); ok {
		return float64(n), false, nil
	}
	at := d.r.pos
	spelling, err := d.r.number()
	if err != nil {
		return 0, false, err
	}
	value, bad := strconv.ParseFloat(spelling, 64)
	if bad != nil {
		return 0, false, wrong(field, at, "%s is out of range", quote(spelling))
	}
	if value == 0 {
		value = 0 // no negative zero: it would not survive a comparison of encoded records
	}
	return value, false, nil
}
