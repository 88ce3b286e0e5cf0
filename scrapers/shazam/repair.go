package shazam

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// repair undoes what some rows have been through: UTF-8 that was read as Latin-1 or Windows-1252,
// "BeyoncÃ©" for "Beyoncé". It does so only where that is certain: all of the text can
// have come from bytes, and these bytes are UTF-8 with characters of more than one. Text that was
// meant as it stands is practically never that. It allocates nothing for ASCII.
func repair(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return repairWide(s)
		}
	}
	return s
}

func repairWide(s string) string {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := asByte(r)
		if !ok {
			return s
		}
		raw = append(raw, b)
	}
	if !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}

// asByte returns the byte that was read as a character.
func asByte(r rune) (byte, bool) {
	if r <= 0xff && r != utf8.RuneError {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
