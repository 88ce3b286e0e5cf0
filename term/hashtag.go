package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const wideHash = "＃"

// AppendHashtags appends to dst the bodies of the hashtags in text, without
// their '#', from left to right and with repeats. It follows the rules of
// twitter-text 3.1 (conformance/extract.yml):
//
//   - the sign is '#' or '＃', not before U+FE0F or U+20E3 (a keycap emoji);
//   - before it stands no letter, mark, digit, '&' or character that a body may
//     hold; U+FE0E and U+FE0F, which end an emoji, are allowed;
//   - the body is the longest run of letters, marks, decimal digits, '_' and 16
//     other joiners, with at least one letter or mark;
//   - after it stands neither another sign nor "://";
//   - it does not lie within a URL, with or without a scheme.
//
// Time is linear in the text. Nothing is allocated while dst has room.
func AppendHashtags(dst []Span, text string) []Span {
	urls := urlGuard{text: text}
	last := 0 // end of the last body, reported or not
	narrow, wide := indexByteFrom(text, 0, '#'), indexWideFrom(text, 0, wideHash)
	for narrow < len(text) || wide < len(text) {
		var sign, start int
		if narrow < wide {
			sign, start = narrow, narrow+1
			narrow = indexByteFrom(text, start, '#')
		} else {
			sign, start = wide, wide+len(wideHash)
			wide = indexWideFrom(text, start, wideHash)
		}
		end := hashtagEnd(text, start)
		if end == start || !hashtagMayStart(text, sign, last) {
			continue
		}
		last = end
		if end < len(text) {
			rest := text[end:]
			if rest[0] == '#' || strings.HasPrefix(rest, wideHash) || strings.HasPrefix(rest, "://") {
				continue
			}
		}
		if !urls.covers(sign) {
			dst = append(dst, Span{start, end})
		}
	}
	return dst
}

// indexFrom returns where sub next stands in text, or len(text).
func indexFrom(text string, from int, sub string) int {
	if i := strings.Index(text[from:], sub); i >= 0 {
		return from + i
	}
	return len(text)
}

func indexByteFrom(text string, from int, c byte) int {
	if i := strings.IndexByte(text[from:], c); i >= 0 {
		return from + i
	}
	return len(text)
}

// indexWideFrom is indexFrom for a sign in its wide form. Its first byte is in no
// ASCII text, and rare in most others.
func indexWideFrom(text string, from int, sign string) int {
	for from < len(text) {
		i := strings.IndexByte(text[from:], sign[0])
		if i < 0 {
			break
		}
		from += i
		if strings.HasPrefix(text[from:], sign) {
			return from
		}
		from++
	}
	return len(text)
}

// hashtagMayStart says whether what stands before the sign lets a hashtag
// start. Characters before last belong to the hashtag before.
func hashtagMayStart(text string, sign, last int) bool {
	if sign == 0 {
		return true
	}
	if c := text[sign-1]; c < utf8.RuneSelf {
		return c != '&' && asciiClass[c] == classNone
	}
	r, size := utf8.DecodeLastRuneInString(text[:sign])
	if r == '\uFE0E' || r == '\uFE0F' {
		return sign-size >= last
	}
	return classOf(r) == classNone
}

// hashtagEnd returns the end of the body that starts at start, or start when
// there is none.
func hashtagEnd(text string, start int) int {
	named := false
	i := start
	for i < len(text) {
		c := text[i]
		if c < utf8.RuneSelf {
			class := asciiClass[c]
			if class == classNone {
				break
			}
			named = named || class == classLetter
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if i == start && (r == '\uFE0F' || r == '\u20E3') {
			break
		}
		class := classOf(r)
		if class == classNone {
			break
		}
		named = named || class == classLetter
		i += size
	}
	if !named {
		return start
	}
	return i
}

// class says what part a character may play in a hashtag.
type class uint8

const (
	classNone   class = iota
	classJoin         // digits and joiners: only beside a letter
	classLetter       // letters and marks
)

var asciiClass = func() (t [utf8.RuneSelf]class) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9', c == '_':
			t[c] = classJoin
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			t[c] = classLetter
		}
	}
	return t
}()

// classOf classifies a character outside ASCII.
func classOf(r rune) class {
	if commonLetter(r) {
		return classLetter
	}
	switch r {
	case '\u00B7', // middle dot
		'\u05BE', '\u05F3', '\u05F4', // Hebrew maqaf, geresh, gershayim
		'\u0F0B', '\u0F0C', // Tibetan tsheg
		'\u200C', '\u200D', // zero width non-joiner and joiner
		'\u3003', '\u301C', '\u309B', '\u309C', '\u30A0', '\u30FB', '\uFF5E', // Japanese
		'\uA67E': // Cyrillic kavyka
		return classJoin
	}
	switch {
	case unicode.IsLetter(r), unicode.IsMark(r):
		return classLetter
	case unicode.IsDigit(r):
		return classJoin
	}
	return classNone
}

// commonLetter reports the letters and marks of the large blocks that hold no
// other characters. It spares texts the search in the Unicode tables.
func commonLetter(r rune) bool {
	switch {
	case r < 0x0400:
		return r >= 0x00F8 && r <= 0x02C1 || r >= 0x00C0 && r <= 0x00F6 && r != 0x00D7 || r >= 0x03A3 && r <= 0x03F5
	case r < 0x0700:
		return r <= 0x0481 || r >= 0x0620 && r <= 0x065F || r >= 0x066E && r <= 0x06D3 || r >= 0x05D0 && r <= 0x05EA
	case r < 0x3000:
		return r >= 0x0900 && r <= 0x0963 || r >= 0x0E01 && r <= 0x0E3A || r >= 0x0E40 && r <= 0x0E4E || r >= 0x1E00 && r <= 0x1F15
	}
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3041 && r <= 0x3096 || r >= 0x30A1 && r <= 0x30FA || r >= 0xAC00 && r <= 0xD7A3
}
