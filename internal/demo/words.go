package demo

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordsOf returns the words of a hashtag, as somebody searches for them and an encyclopedia calls its page:
// "SlowGardenClub" and "slow_garden_club" are "slow garden club".
func wordsOf(tag string) string {
	var b strings.Builder
	last := ' '
	for _, r := range tag {
		switch {
		case r == '_':
			r = ' '
		case unicode.IsUpper(r) && !unicode.IsUpper(last) && last != ' ',
			unicode.IsDigit(r) && !unicode.IsDigit(last) && last != ' ':
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
		last = r
	}
	return b.String()
}

// titleOf returns words as the title of a page.
func titleOf(words string) string {
	r, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(r)) + words[size:]
}

// slug returns a name for a page that nobody has to read.
func slug(h uint64) string {
	const letters = "bcdfghjklmnprstvz"
	const vowels = "aeiou"
	var b []byte
	for range 4 {
		b = append(b, letters[h%uint64(len(letters))], vowels[h>>8%uint64(len(vowels))])
		h >>= 13
	}
	return string(b)
}
