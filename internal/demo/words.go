package demo

import (
	"strings"
	"unicode"

	"github.com/swell-radar/swell/term"
)

// spaced returns a text in which nothing touches a hashtag, neither emoji nor another: not every program that posts
// are written with would see where such a hashtag ends.
func spaced(text string) string {
	var b strings.Builder
	done := 0
	for _, s := range term.AppendHashtags(nil, text) {
		sign := strings.LastIndexAny(text[:s.Start], "#＃")
		if sign > 0 && text[sign-1] != ' ' {
			b.WriteString(text[done:sign])
			b.WriteByte(' ')
			done = sign
		}
		if s.End < len(text) && text[s.End] != ' ' {
			b.WriteString(text[done:s.End])
			b.WriteByte(' ')
			done = s.End
		}
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

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
