package term

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Every character, beside such as it might become one with, is searched as in the text as a whole.
func TestSearchedCharacters(t *testing.T) {
	beside := []string{"*", "a*", "*\u0301", "*\u094d", "न*", "*b-c", "か*", "\u3000*\u3000", "#*\u0308x"}
	check := func(r rune) {
		for _, b := range beside {
			text := strings.Replace(b, "*", string(r), 1)
			if got, want := string(appendSearched([]byte("x"), text))[1:], searched(text); got != want {
				t.Fatalf("%+q is searched as %+q, want %+q", text, got, want)
			}
		}
	}
	for _, block := range [][2]rune{{1, 0x0700}, {0x0900, 0x0980}, {0x0E00, 0x0E50}, {0x1E00, 0x2060}, {0x2200, 0x2220}, {0x2FF0, 0x3100}, {0xFE00, 0xFE10}, {0xFF00, 0xFFFF}} {
		for r := block[0]; r < block[1]; r++ {
			check(r)
		}
	}
	for r := rune(0x0700); r <= 0x20000; r += 61 {
		check(r)
	}
}

func TestDecodeRune(t *testing.T) {
	for n := range 1 << 16 {
		for _, rest := range []string{"", "\x7f", "\x80", "\xa5x", "\xbf", "\xc0", "\x8f\x8f"} {
			s := string([]byte{byte(n >> 8), byte(n)}) + rest
			r, size := decodeRune(s)
			if wantRune, want := utf8.DecodeRuneInString(s); r != wantRune || size != want {
				t.Fatalf("% x: %x of %d bytes, want %x of %d", s, r, size, wantRune, want)
			}
		}
	}
	if r, size := decodeRune("\xe3"); r != utf8.RuneError || size != 1 {
		t.Errorf("%x of %d bytes", r, size)
	}
}
