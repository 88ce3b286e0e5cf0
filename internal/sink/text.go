package sink

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/swell-radar/swell/internal/console"
)

// clean returns a text in one line: what would break it, turn its direction around or control a terminal becomes a
// blank or is dropped. Nothing that people wrote goes anywhere without it.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', '\t', '\v', '\f', 0x85, 0x2028, 0x2029:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.TrimSpace(console.Printable(s))
}

// cost is how much of a limit a text uses, in the form in which it is sent.
type cost func(string) int

// units is the cost in UTF-16 code units: the most that any service counts a text as, but for those that count bytes.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// bytesOf is the cost in bytes of a JSON string.
func bytesOf(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < ' ', r == 0x2028, r == 0x2029:
			n += 6
		case r == '"', r == '\\':
			n += 2
		default:
			n += utf8.RuneLen(r)
		}
	}
	return n
}

// escaped is the cost of a text in units once it is escaped.
func escaped(escape func(string) string) cost {
	return func(s string) int { return units(escape(s)) }
}

// cut returns the beginning of s that costs at most so much, with … at its end where something was left out. It never
// divides a character.
func cut(s string, most int, of cost) string {
	if n := 4 * (max(most, 0) + 1); len(s) > n {
		// Every character costs one at least and has four bytes at most: what is behind does not fit.
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	if of(s) <= most {
		return s
	}
	const more = "…"
	left := most - of(more)
	end := 0
	for g := graphemes.FromString(s); g.Next(); {
		c := of(g.Value())
		if c > left {
			break
		}
		left -= c
		end += len(g.Value())
	}
	if left < 0 {
		return ""
	}
	return strings.TrimRight(s[:end], " ") + more
}

// punctuation returns s with a backslash before every ASCII character that is neither letter nor digit nor blank: in
// CommonMark, and in what Discord makes of Markdown, each then stands for itself.
func punctuation(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for _, r := range s {
		if punctuates(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func punctuates(r rune) bool {
	return r >= '!' && r <= '/' || r >= ':' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~'
}

// joiner is nothing that is seen, behind a character that would else begin something: a mention, a field.
const joiner = "\u2060"

// apart puts something that is not seen behind every @, so that no name follows it: Trello tells whoever is named.
func apart(s string) string { return strings.ReplaceAll(s, "@", "@"+joiner) }
