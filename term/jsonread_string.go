package term

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str consumes a string and returns its content with the escapes resolved.
func (r *jsonReader) str() (string, *DecodeError) {
	start := r.pos + 1
	end, wide := plainEnd(r.text, start)
	if end < len(r.text) && r.text[end] == '"' && (!wide || utf8.Valid(r.text[start:end])) {
		r.pos = end + 1
		return alias(r.text[start:end]), nil
	}
	r.pos = end
	if end < len(r.text) && r.text[end] == '\\' {
		return r.escaped(start)
	}
	return "", r.stopped()
}

// stopped is the error for a string whose run of plain bytes ends here.
func (r *jsonReader) stopped() *DecodeError {
	switch {
	case r.pos == len(r.text):
		return r.expected("a closing quote")
	case r.text[r.pos] == '"':
		return r.fault("invalid JSON: a string that is not valid UTF-8")
	}
	return r.expected("a string without control characters")
}

// Eight bytes at once: a byte repeated, and the top bit of each.
const (
	eachByte = 0x0101010101010101
	eachTop  = 0x8080808080808080
)

// stops sets the top bit of each byte in w that ends a run of plain bytes: a
// quote, a backslash, a control character. Only the lowest bit set is to be
// relied on.
//
// A subtraction leaves the top bit set in a byte that was smaller than what was
// subtracted (Warren, Hacker's Delight, section 6-1); borrows make errors only
// above the first such byte. Quotes and control characters are found together:
// they, and only they, are below 0x21 once bit 1 is flipped.
func stops(w uint64) uint64 {
	quote, slash := w^eachByte*2, w^eachByte*'\\'
	return ((quote-eachByte*0x21)&^quote | (slash-eachByte)&^slash) & eachTop
}

// shortName is [jsonReader.name] for ASCII names of one to eight bytes with no
// space around them, as nearly all are. Elsewhere it reports false and consumes
// nothing.
func (r *jsonReader) shortName() (string, bool) {
	const most = len(`"12345678":`)
	i := r.pos
	if i+most >= len(r.text) || r.text[i] != '"' {
		return "", false
	}
	w := binary.LittleEndian.Uint64(r.text[i+1:])
	stop := stops(w) | w&eachTop
	n := bits.TrailingZeros64(stop) / 8 // 8 when there is none
	end := i + 1 + n
	if r.text[end] != '"' || r.text[end+1] != ':' || r.text[end+2] <= ' ' {
		return "", false
	}
	r.pos = end + 2
	return alias(r.text[i+1 : end]), true
}

// plainEnd returns where the run of plain bytes that starts at i ends, at one
// that [stops] finds or at the end of the text. It tells whether bytes beyond
// ASCII are among them.
func plainEnd(text []byte, i int) (end int, wide bool) {
	var high uint64
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		if stop := stops(w); stop != 0 {
			high |= w & (stop&-stop - 1)
			return i + bits.TrailingZeros64(stop)/8, high&eachTop != 0
		}
		high |= w
	}
	wide = high&eachTop != 0
	for ; i < len(text); i++ {
		c := text[i]
		if c < ' ' || c == '"' || c == '\\' {
			break
		}
		wide = wide || c >= utf8.RuneSelf
	}
	return i, wide
}

// escaped finishes a string that began at start and has its first escape here.
func (r *jsonReader) escaped(start int) (string, *DecodeError) {
	from := len(r.scratch)
	plain := start
	for {
		r.scratch = append(r.scratch, r.text[plain:r.pos]...)
		switch {
		case r.pos == len(r.text), r.text[r.pos] < ' ':
			return "", r.stopped()
		case r.text[r.pos] == '"':
			if !utf8.Valid(r.scratch[from:]) {
				return "", r.stopped()
			}
			r.pos++
			return alias(r.scratch[from:len(r.scratch):len(r.scratch)]), nil
		}
		if err := r.escape(); err != nil {
			return "", err
		}
		plain = r.pos
		r.pos, _ = plainEnd(r.text, r.pos)
	}
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
			if r.pos+1 < len(r.text) && r.text[r.pos] == '\\' && r.text[r.pos+1] == 'u' {
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
	for _, c := range r.text[at : at+4] {
		switch {
		case isDigit(c):
			v = v<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
