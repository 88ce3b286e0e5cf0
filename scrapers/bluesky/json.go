package bluesky

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks one JSON text from left to right, and hands out what is asked for; it builds
// nothing. It trusts the text to be JSON, as the server's own encoder makes it, as far as it need not look: a
// text that is not JSON may be taken for one that is, but never reads beyond its end.
//
// A value of another type than the one asked for is passed over and reads as nothing. Only a text
// that ends too early or has no structure is an error; it stays, and from then on everything
// reads as nothing.
type scanner struct {
	text    []byte
	at      int
	failed  bool
	scratch []byte // strings with escapes, resolved; only appended to
}

var errNoJSON = errors.New("the message is not JSON")

func (s *scanner) reset(text []byte) {
	s.text, s.at, s.failed, s.scratch = text, 0, false, s.scratch[:0]
}

func (s *scanner) fail() { s.failed, s.at = true, len(s.text) }

// peek returns the next byte that is not white space, 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// enter goes into an object ('{') or an array ('[') and reports whether there is something in it.
// Anything else is passed over.
func (s *scanner) enter(opening byte) bool {
	if s.peek() != opening {
		s.skip()
		return false
	}
	s.at++
	if s.peek() == opening+2 { // '}' and ']' stand two behind their openings in ASCII
		s.at++
		return false
	}
	return true
}

// more goes behind a member or an element and reports whether another follows in what was entered.
func (s *scanner) more(opening byte) bool {
	switch s.peek() {
	case ',':
		s.at++
		return true
	case opening + 2:
		s.at++
		return false
	}
	s.fail()
	return false
}

// name goes behind the name of a member and its colon. The name is valid until the text is changed.
func (s *scanner) name() []byte {
	if s.peek() != '"' {
		s.fail()
		return nil
	}
	name, _ := s.str()
	if s.peek() != ':' {
		s.fail()
		return nil
	}
	s.at++
	return name
}

// str returns the string that comes next, and whether there is one. It is valid until the
// text is changed or another begins.
func (s *scanner) str() ([]byte, bool) {
	if s.peek() != '"' {
		s.skip()
		return nil, false
	}
	start := s.at + 1
	end := s.closing(start)
	if end < 0 {
		s.fail()
		return nil, false
	}
	s.at = end + 1
	raw := s.text[start:end]
	if i := bytes.IndexByte(raw, '\\'); i >= 0 {
		return s.unescape(raw, i)
	}
	return raw, true
}

// closing returns where the quote is that ends the string whose content starts at start, -1: nowhere.
func (s *scanner) closing(start int) int {
	for i := start; ; {
		n := bytes.IndexByte(s.text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for i-1-slashes >= start && s.text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
		i++
	}
}

// unescape resolves the escapes of a string, the first of which is at i. As in encoding/json,
// half a surrogate pair becomes U+FFFD.
func (s *scanner) unescape(raw []byte, i int) ([]byte, bool) {
	from := len(s.scratch)
	out := append(s.scratch, raw[:i]...)
	for i < len(raw) {
		if raw[i] != '\\' {
			n := bytes.IndexByte(raw[i:], '\\')
			if n < 0 {
				n = len(raw) - i
			}
			out = append(out, raw[i:i+n]...)
			i += n
			continue
		}
		if i++; i == len(raw) {
			break
		}
		switch c := raw[i]; c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(raw, i+1)
			if !ok {
				s.fail()
				return nil, false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				second, ok := rune(0), false
				if i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
					second, ok = hex4(raw, i+3)
				}
				if r = utf16.DecodeRune(r, second); ok && r != utf8.RuneError {
					i += 6
				} else {
					r = utf8.RuneError
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			s.fail()
			return nil, false
		}
		i++
	}
	s.scratch = out
	return out[from:len(out):len(out)], true
}

func hex4(raw []byte, at int) (rune, bool) {
	if at+4 > len(raw) {
		return 0, false
	}
	var v rune
	for _, c := range raw[at : at+4] {
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

// integer returns the whole number that comes next, and whether there is one that fits.
func (s *scanner) integer() (int64, bool) {
	c := s.peek()
	start := s.at
	s.skip()
	if c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	n, err := strconv.ParseInt(string(s.text[start:s.at]), 10, 64)
	return n, err == nil
}

// skip goes behind the value that comes next, whatever it is.
func (s *scanner) skip() {
	depth := 0
	for {
		switch c := s.peek(); c {
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			depth--
			s.at++
		case '"':
			end := s.closing(s.at + 1)
			if end < 0 {
				s.fail()
				return
			}
			s.at = end + 1
		case ',', ':':
			if depth == 0 {
				s.fail()
				return
			}
			s.at++
			continue
		case 0:
			s.fail()
			return
		default:
			s.word()
		}
		if depth < 0 {
			s.fail()
			return
		}
		if depth == 0 {
			return
		}
	}
}

// word goes behind a number, true, false, null, or what stands in such a place.
func (s *scanner) word() {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\t', '\n', '\r':
			return
		}
	}
}
