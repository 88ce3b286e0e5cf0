package rows

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Guarded returns the text of a cell so that no spreadsheet takes it for a formula. Terms are
// written by strangers, and some spreadsheets run what a cell says.
//
// An apostrophe is put before a text that begins with =, +, -, @ or one of their full-width and small
// variants, be it behind spaces or signs that are not seen; before one that begins with a tab or the end of a line; and
// behind each semicolon that such a sign follows, since some programs split cells there.
// Control characters, which could end a cell or a line, become spaces. All other text is as it was.
//
// This is what OWASP advises against CSV injection. Numbers need no guard, and have none.
func Guarded(s string) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	for i, part := range strings.Split(s, ";") {
		if i > 0 {
			b.WriteByte(';')
		}
		if dangerous(part) {
			b.WriteByte('\'')
		}
		for _, r := range part {
			if unicode.IsControl(r) {
				r = ' '
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// harmless reports of most texts that they need no guard.
func harmless(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < '0' && c != '#' && c != ' ' || c == ';' || c == '=' || c == '@' || c >= 0x7F {
			return false
		}
	}
	return !strings.HasPrefix(s, " ")
}

// dangerous reports whether a spreadsheet may take the text for a formula.
func dangerous(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if s == "" || first == '\t' || first == '\r' || first == '\n' {
		return s != ""
	}
	for _, r := range s {
		switch {
		case strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫−", r):
			return true
		case !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r):
			return false
		}
	}
	return false
}
