package console

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/width"
)

// Width returns how many columns a terminal takes for s: two for East Asian wide
// characters (UAX #11) and emoji, none for what stands on another character.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n += widthOf(g.Value())
	}
	return n
}

// widthOf returns the width of one cluster. What is joined to an emoji does not make it
// any wider; letters that are joined stand beside each other.
func widthOf(cluster string) int {
	n := 0
	for i, r := range cluster {
		switch {
		case r == 0xfe0f && n > 0: // shown as an emoji
			return 2
		case r >= 0x1f1e6 && r <= 0x1f1ff: // half of a flag
			return 2
		case thin(r):
		case wide(r):
			if i == 0 || n == 0 {
				return 2
			}
			n += 2
		default:
			n++
		}
	}
	return n
}

// thin reports whether a character takes no column of its own.
func thin(r rune) bool {
	return acts(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1160 && r <= 0x11ff
}

func wide(r rune) bool {
	if r < 0x1100 {
		return false
	}
	k := width.LookupRune(r).Kind()
	return k == width.EastAsianWide || k == width.EastAsianFullwidth
}

// Cut returns the beginning of s that is at most n columns wide, with … at its end where
// something was left out. It never divides a character.
func Cut(s string, n int) string {
	if n <= 0 {
		return ""
	}
	if Width(s) <= n {
		return s
	}
	var b strings.Builder
	left := n - 1
	for g := graphemes.FromString(s); g.Next(); {
		w := widthOf(g.Value())
		if w > left {
			break
		}
		left -= w
		b.WriteString(g.Value())
	}
	return b.String() + "…"
}
