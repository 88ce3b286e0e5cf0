package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// maxDepth bounds the nesting of a line. Records need three levels; the rest is
// room for unknown fields that are skipped.
const maxDepth = 64

// jsonReader walks one JSON text (RFC 8259) from left to right and hands out
// its values; it builds no tree. It is strict, because a line that another
// reader of the same archive refuses must not be counted here, and it knows the
// byte at which it stopped.
//
// It accepts no string that is not valid UTF-8; whoever wants to know of such
// bytes before of any other fault looks at the whole text when one is reported.
//
// Strings without escapes alias the text, the others alias scratch, which is
// only appended to.
type jsonReader struct {
	text    []byte
	pos     int
	scratch []byte
}

type jsonType uint8

const (
	jsonNothing jsonType = iota // no value starts with this byte
	jsonNull
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

var jsonTypeNames = [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}

func (t jsonType) String() string { return jsonTypeNames[t] }

// startOf holds the type of the value that a byte starts.
var startOf = func() (t [256]jsonType) {
	t['"'], t['{'], t['['], t['-'], t['n'] = jsonString, jsonObject, jsonArray, jsonNumber, jsonNull
	t['t'], t['f'] = jsonBool, jsonBool
	for c := '0'; c <= '9'; c++ {
		t[c] = jsonNumber
	}
	return t
}()

// alias returns b as a string that shares its memory.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (r *jsonReader) reset(text, scratch []byte) { r.text, r.pos, r.scratch = text, 0, scratch }

func (r *jsonReader) fault(format string, args ...any) *DecodeError {
	return &DecodeError{Offset: r.pos, Reason: fmt.Sprintf(format, args...)}
}

// expected is the error for a byte that the grammar does not allow here.
func (r *jsonReader) expected(what string) *DecodeError {
	if r.pos >= len(r.text) {
		return r.fault("invalid JSON: the line ends where %s should stand", what)
	}
	c, _ := utf8.DecodeRune(r.text[r.pos:])
	return r.fault("invalid JSON: %q where %s should stand", c, what)
}

// skipSpace moves to the next byte that is not white space. Lines written by
// programs have none between their values.
func (r *jsonReader) skipSpace() {
	if r.pos < len(r.text) && r.text[r.pos] <= ' ' {
		r.passSpace()
	}
}

func (r *jsonReader) passSpace() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the type of the value that starts here.
func (r *jsonReader) peek() (jsonType, *DecodeError) {
	r.skipSpace()
	if r.pos < len(r.text) {
		if t := startOf[r.text[r.pos]]; t != jsonNothing {
			return t, nil
		}
	}
	return jsonNothing, r.expected("a value")
}

// end reports anything but white space after the last value.
func (r *jsonReader) end() *DecodeError {
	r.skipSpace()
	if r.pos < len(r.text) {
		return r.expected("the end of the line")
	}
	return nil
}

// open consumes the bracket of an array or an object and reports whether there
// is something in it.
func (r *jsonReader) open(closing byte) (more bool) {
	r.pos++
	r.skipSpace()
	if r.pos < len(r.text) && r.text[r.pos] == closing {
		r.pos++
		return false
	}
	return true
}

// more consumes what stands behind an element or a member and reports whether
// another follows.
func (r *jsonReader) more(closing byte) (bool, *DecodeError) {
	if r.pos < len(r.text) && r.text[r.pos] == ',' {
		r.pos++
		return true, nil
	}
	r.skipSpace()
	if r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ',':
			r.pos++
			return true, nil
		case closing:
			r.pos++
			return false, nil
		}
	}
	if closing == ']' {
		return false, r.expected("',' or ']'")
	}
	return false, r.expected("',' or '}'")
}

// name consumes the name of a member and moves to the start of its value.
func (r *jsonReader) name() (string, *DecodeError) {
	if name, ok := r.shortName(); ok {
		return name, nil
	}
	r.skipSpace()
	if r.pos >= len(r.text) || r.text[r.pos] != '"' {
		return "", r.expected("a field name")
	}
	name, err := r.str()
	if err != nil {
		return "", err
	}
	r.skipSpace()
	if r.pos >= len(r.text) || r.text[r.pos] != ':' {
		return "", r.expected("':'")
	}
	r.pos++
	r.skipSpace()
	return name, nil
}

// literal consumes one of true, false and null.
func (r *jsonReader) literal() (value bool, err *DecodeError) {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(alias(r.text[r.pos:]), word) {
			r.pos += len(word)
			return word == "true", nil
		}
	}
	return false, r.expected("a value")
}

// skip consumes a value of any type.
func (r *jsonReader) skip(depth int) *DecodeError {
	if depth > maxDepth {
		return r.fault("nested more than %d levels deep", maxDepth)
	}
	t, err := r.peek()
	if err != nil {
		return err
	}
	switch t {
	case jsonString:
		mark := len(r.scratch)
		_, err = r.str()
		r.scratch = r.scratch[:mark]
	case jsonNumber:
		_, err = r.number()
	case jsonArray:
		for more := r.open(']'); more && err == nil; {
			if err = r.skip(depth + 1); err == nil {
				more, err = r.more(']')
			}
		}
	case jsonObject:
		for more := r.open('}'); more && err == nil; {
			mark := len(r.scratch)
			_, err = r.name()
			r.scratch = r.scratch[:mark]
			if err == nil {
				err = r.skip(depth + 1)
			}
			if err == nil {
				more, err = r.more('}')
			}
		}
	default:
		_, err = r.literal()
	}
	return err
}
