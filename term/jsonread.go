package term

import (
	"fmt"
	"strings"
	"unicode/utf16"
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
// The text must be valid UTF-8. Strings without escapes alias the text, the
// others alias scratch: both must be copied before the next line is read.
type jsonReader struct {
	text    string
	pos     int
	scratch []byte
}

type jsonType uint8

const (
	jsonNull jsonType = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

var jsonTypeNames = [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}

func (t jsonType) String() string { return jsonTypeNames[t] }

func (r *jsonReader) reset(text []byte) {
	r.text = unsafe.String(unsafe.SliceData(text), len(text))
	r.pos = 0
	r.scratch = r.scratch[:0]
}

func (r *jsonReader) fault(format string, args ...any) *DecodeError {
	return &DecodeError{Offset: r.pos, Reason: fmt.Sprintf(format, args...)}
}

// expected is the error for a byte that the grammar does not allow here.
func (r *jsonReader) expected(what string) *DecodeError {
	if r.pos >= len(r.text) {
		return r.fault("invalid JSON: the line ends where %s should stand", what)
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
	return r.fault("invalid JSON: %q where %s should stand", c, what)
}

func (r *jsonReader) skipSpace() {
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
		switch c := r.text[r.pos]; {
		case c == '"':
			return jsonString, nil
		case c == '{':
			return jsonObject, nil
		case c == '[':
			return jsonArray, nil
		case c == '-' || '0' <= c && c <= '9':
			return jsonNumber, nil
		case c == 't' || c == 'f':
			return jsonBool, nil
		case c == 'n':
			return jsonNull, nil
		}
	}
	return 0, r.expected("a value")
}

// take consumes the byte c if it comes next.
func (r *jsonReader) take(c byte) bool {
	r.skipSpace()
	if r.pos < len(r.text) && r.text[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

// end reports anything but white space after the last value.
func (r *jsonReader) end() *DecodeError {
	r.skipSpace()
	if r.pos < len(r.text) {
		return r.expected("the end of the line")
	}
	return nil
}

// literal consumes one of true, false and null.
func (r *jsonReader) literal() (value bool, err *DecodeError) {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			return word == "true", nil
		}
	}
	return false, r.expected("a value")
}

// number consumes a number and returns its spelling.
func (r *jsonReader) number() (string, *DecodeError) {
	start := r.pos
	if r.text[r.pos] == '-' {
		r.pos++
	}
	if r.pos < len(r.text) && r.text[r.pos] == '0' {
		r.pos++
	} else if err := r.digits(); err != nil {
		return "", err
	}
	if r.pos < len(r.text) && r.text[r.pos] == '.' {
		r.pos++
		if err := r.digits(); err != nil {
			return "", err
		}
	}
	if r.pos < len(r.text) && r.text[r.pos]|0x20 == 'e' {
		r.pos++
		if r.pos < len(r.text) && (r.text[r.pos] == '+' || r.text[r.pos] == '-') {
			r.pos++
		}
		if err := r.digits(); err != nil {
			return "", err
		}
	}
	return r.text[start:r.pos], nil
}

func (r *jsonReader) digits() *DecodeError {
	start := r.pos
	for r.pos < len(r.text) && '0' <= r.text[r.pos] && r.text[r.pos] <= '9' {
		r.pos++
	}
	if r.pos == start {
		return r.expected("a digit")
	}
	return nil
}

// str consumes a string and returns its content with the escapes resolved.
func (r *jsonReader) str() (string, *DecodeError) {
	start := r.pos + 1
	i := start
	for i < len(r.text) && !endsPlain[r.text[i]] {
		i++
	}
	r.pos = i
	if i == len(r.text) {
		return "", r.expected("a closing quote")
	}
	switch r.text[i] {
	case '"':
		r.pos++
		return r.text[start:i], nil
	case '\\':
		return r.escaped(start)
	}
	return "", r.expected("a string without control characters")
}

// endsPlain holds the bytes that end a run of plain bytes in a string.
var endsPlain = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// escaped finishes a string that began at start and has its first escape here.
func (r *jsonReader) escaped(start int) (string, *DecodeError) {
	from := len(r.scratch)
	r.scratch = append(r.scratch, r.text[start:r.pos]...)
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			r.pos++
			b := r.scratch[from:]
			return unsafe.String(unsafe.SliceData(b), len(b)), nil
		case c == '\\':
			if err := r.escape(); err != nil {
				return "", err
			}
		case c < 0x20:
			return "", r.expected("a string without control characters")
		default:
			r.scratch = append(r.scratch, c)
			r.pos++
		}
	}
	return "", r.expected("a closing quote")
}

// escape resolves one escape sequence. A surrogate without its other half
// becomes U+FFFD, as in encoding/json.
func (r *jsonReader) escape() *DecodeError {
	if r.pos+1 >= len(r.text) {
		r.pos = len(r.text)
		return r.expected("an escape sequence")
	}
	c := r.text[r.pos+1]
	if c == 'u' {
		first, ok := r.hex4(r.pos + 2)
		if !ok {
			return r.fault(`invalid JSON: \u without four hexadecimal digits`)
		}
		r.pos += 6
		if utf16.IsSurrogate(first) {
			second, ok := rune(0), false
			if strings.HasPrefix(r.text[r.pos:], `\u`) {
				second, ok = r.hex4(r.pos + 2)
			}
			if pair := utf16.DecodeRune(first, second); ok && pair != utf8.RuneError {
				r.pos += 6
				first = pair
			} else {
				first = utf8.RuneError
			}
		}
		r.scratch = utf8.AppendRune(r.scratch, first)
		return nil
	}
	at := strings.IndexByte(`"\/bfnrt`, c)
	if at < 0 {
		r.pos++
		return r.expected("an escape sequence")
	}
	r.scratch = append(r.scratch, "\"\\/\b\f\n\r\t"[at])
	r.pos += 2
	return nil
}

func (r *jsonReader) hex4(at int) (rune, bool) {
	if at+4 > len(r.text) {
		return 0, false
	}
	var v rune
	for _, c := range []byte(r.text[at : at+4]) {
		switch {
		case '0' <= c && c <= '9':
			v = v<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
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
		err = r.array(func() *DecodeError { return r.skip(depth + 1) })
	case jsonObject:
		err = r.object(func(string) *DecodeError { return r.skip(depth + 1) })
	default:
		_, err = r.literal()
	}
	return err
}

// array calls item at the start of each element; item must consume it.
func (r *jsonReader) array(item func() *DecodeError) *DecodeError {
	r.pos++
	if r.take(']') {
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if r.take(']') {
			return nil
		}
		if !r.take(',') {
			return r.expected("',' or ']'")
		}
	}
}

// object calls member at the start of each member's value; member must consume it.
func (r *jsonReader) object(member func(name string) *DecodeError) *DecodeError {
	r.pos++
	if r.take('}') {
		return nil
	}
	for {
		r.skipSpace()
		if r.pos >= len(r.text) || r.text[r.pos] != '"' {
			return r.expected("a field name")
		}
		name, err := r.str()
		if err != nil {
			return err
		}
		if !r.take(':') {
			return r.expected("':'")
		}
		r.skipSpace()
		if err := member(name); err != nil {
			return err
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return r.expected("',' or '}'")
		}
	}
}
