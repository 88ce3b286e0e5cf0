package syndicate

import (
	"strings"

	"github.com/swell-radar/swell/internal/console"
)

// maxShown is how wide a name may be in a line, in columns. Links are longer, and say nothing at their end.
const maxShown = 80

// clean leaves of a text what can be shown: no control characters, ends of lines or marks of direction, and
// nothing that XML 1.0 has no place for (its production Char). What is no UTF-8 becomes U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, console.Printable(s))
}

// shown is a text within a line: cut to what is readable, and so that its direction does not reach what
// stands beside it.
func shown(s string) string { return console.Isolated(console.Cut(clean(s), maxShown)) }
