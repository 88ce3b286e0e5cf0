package console

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// Printable drops what could move the cursor, change the terminal, or turn the writing
// direction of what follows. What is no UTF-8 becomes U+FFFD.
func Printable(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if acts(r) {
			return -1
		}
		return r
	}, s)
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// acts reports whether a terminal may do more with the character than to show it:
// control characters, marks, embeddings, overrides and isolates of direction, ends of
// lines and paragraphs, annotations.
func acts(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0,
		r == 0x061c, r == 0x200e, r == 0x200f,
		r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x206f,
		r == 0xfeff, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

const (
	isolate = "\u2068" // first strong isolate
	pop     = "\u2069"
)

// Isolated returns s such that its direction does not reach what stands beside it: a
// term in Arabic or Hebrew would else take the numbers next to it along.
func Isolated(s string) string {
	if !rightToLeft(s) {
		return s
	}
	return isolate + s + pop
}

func rightToLeft(s string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= 0x590 && r != utf8.RuneError && unicode.IsGraphic(r) {
			p, _ := bidi.LookupRune(r)
			switch p.Class() {
			case bidi.R, bidi.AL, bidi.AN:
				return true
			}
		}
		i += n
	}
	return false
}
