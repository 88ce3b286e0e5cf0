package term

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AppendLinks appends to dst the http and https URLs in text, scheme included.
// Punctuation that ends a sentence and brackets that were opened before the URL
// are left out, and so is a URL cut off by '…'. Time is linear in the text;
// nothing is allocated while dst has room.
func AppendLinks(dst []Span, text string) []Span {
	for from := 0; ; {
		s, ok := nextLink(text, &from)
		if !ok {
			return dst
		}
		dst = append(dst, s)
	}
}

// nextLink returns the first link that starts at from or behind it, and sets from behind it.
func nextLink(text string, from *int) (Span, bool) {
	for {
		colon := indexFrom(text, *from, "://")
		if colon == len(text) {
			return Span{}, false
		}
		start := schemeStart(text, colon)
		if start < *from {
			*from = colon + 3
			continue
		}
		end := linkEnd(text, colon+3)
		*from = max(end, colon+3)
		if end > 0 && !strings.HasPrefix(text[end:], "…") {
			return Span{start, end}, true
		}
	}
}

// MostLinks is how many links sources take from one text.
const MostLinks = 32

// LinksIn appends to listed the links that stand in text as [AppendLinks] finds them, each once, until there
// are [MostLinks]. Those that are listed are what the platform itself says of the post: it knows where
// a link ends, so that no beginning of one of them is taken for another. The strings are parts of
// text.
func LinksIn(listed []string, text string) []string {
	known := len(listed)
	for from := 0; len(listed) < MostLinks; {
		s, ok := nextLink(text, &from)
		if !ok {
			break
		}
		link := s.In(text)
		if slices.Contains(listed, link) || slices.ContainsFunc(listed[:known], func(s string) bool { return strings.HasPrefix(s, link) }) {
			continue
		}
		listed = append(listed, link)
	}
	return listed
}

// schemeStart returns where the "http" or "https" before the colon starts, or
// -1 when there is none or it is the end of a longer word.
func schemeStart(text string, colon int) int {
	start := -1
	for _, scheme := range [...]string{"https", "http"} {
		if s := colon - len(scheme); s >= 0 && strings.EqualFold(text[s:colon], scheme) {
			start = s
			break
		}
	}
	if start <= 0 {
		return start
	}
	switch c := text[start-1]; {
	case asciiAlnum(c), c == '@', c == '$', c == '#':
		return -1
	}
	if before := text[:start]; strings.HasSuffix(before, wideHash) || strings.HasSuffix(before, "＠") {
		return -1
	}
	return start
}

// linkEnd returns the end of the URL whose host starts at host, or 0 when there
// is no host with a dot.
func linkEnd(text string, host int) int {
	end := hostEnd(text, host)
	if end == 0 {
		return 0
	}
	if port := end + 1; end < len(text) && text[end] == ':' {
		for port < len(text) && '0' <= text[port] && text[port] <= '9' {
			port++
		}
		if port > end+1 {
			end = port
		}
	}
	if end == len(text) || strings.IndexByte("/?#", text[end]) < 0 {
		return end
	}
	tail, open := end, 0
	for tail < len(text) {
		r, size := utf8.DecodeRuneInString(text[tail:])
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
		if open < 0 || !urlRune(r) {
			break
		}
		tail += size
	}
	return end + len(trimURL(text[end:tail]))
}

// maxHostBytes is above the 253 bytes of RFC 1035 to leave room for names in UTF-8.
const maxHostBytes = 512

// hostEnd returns the end of the host name that starts at start, or 0 when it
// is not two labels at least.
func hostEnd(text string, start int) int {
	dots, end := 0, 0
	label := start // where the label in hand starts
	text = text[:min(len(text), start+maxHostBytes)]
	for i := start; ; {
		r, size := rune(0), 1
		if i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if (r == '-' || r == '_') && i > label || r < utf8.RuneSelf && asciiAlnum(byte(r)) || r >= utf8.RuneSelf && urlRune(r) {
			i += size
			continue
		}
		if i == label || text[i-1] == '-' || text[i-1] == '_' {
			return end
		}
		if dots > 0 && i-label > 1 || dots == 3 {
			end = i
		}
		if r != '.' {
			return end
		}
		dots++
		i++
		label = i
	}
}

// trimURL cuts sentence punctuation, a possessive 's and brackets without a
// partner from the end of a URL's path.
func trimURL(path string) string {
	path = strings.TrimSuffix(path, "'s")
	square := strings.Count(path, "[") - strings.Count(path, "]")
	for path != "" {
		switch c := path[len(path)-1]; {
		case strings.IndexByte(".,;:!?'*([", c) >= 0:
			if c == '[' {
				square--
			}
		case c == ']' && square < 0:
			square++
		default:
			return path
		}
		path = path[:len(path)-1]
	}
	return path
}

func asciiAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// urlRune says whether r may stand unescaped in the URLs that people type:
// ASCII without the delimiters of RFC 3986 appendix C, the en dash, and Latin,
// Greek and Cyrillic letters. Other scripts follow a URL without a space.
func urlRune(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiURL[r]
	}
	return r < 0x0530 && unicode.IsLetter(r) || r >= 0x1E00 && r <= 0x1EFF || r == '–'
}

var asciiURL = func() (t [utf8.RuneSelf]bool) {
	for c := byte('!'); c < 0x7f; c++ {
		t[c] = strings.IndexByte("\"<>\\^`{}", c) < 0
	}
	return t
}()

// urlGuard tells whether a position lies within a URL. Positions must be asked
// for in rising order: each byte is then looked at once.
type urlGuard struct {
	text    string
	checked int // end of the part that was looked at
	run     int // start of the run of URL characters that ends at checked
	end     int // end of the URL in that run; 0 when none was found
}

func (g *urlGuard) covers(at int) bool {
	i := at
	for i > g.checked {
		r, size := utf8.DecodeLastRuneInString(g.text[:i])
		if !urlRune(r) {
			break
		}
		i -= size
	}
	if i > g.checked || i == 0 {
		g.run, g.end = i, 0
	}
	g.checked = at
	if g.run == at {
		return false // what stands before belongs to no URL
	}
	if g.end == 0 {
		g.end = urlEnd(g.text, g.run, max(i, g.run), at)
	}
	return at < g.end
}

// plainTLD says whether a name that no scheme goes before may end so: in lower
// case, and not in a number.
func plainTLD(tld string) bool {
	return tld == strings.ToLower(tld) && (strings.HasPrefix(tld, "xn--") || !strings.ContainsAny(tld, "0123456789"))
}

// urlEnd looks in text[run:at] for the start of a URL that has a path there,
// and returns its end. Only text[fresh:at] was not looked at before.
func urlEnd(text string, run, fresh, at int) int {
	var host int
	if colon := indexFrom(text[:at], max(run, fresh-2), "://"); colon < at {
		if schemeStart(text, colon) < 0 {
			return 0
		}
		host = colon + 3
	} else {
		for host = run; host < at && strings.IndexByte("(['", text[host]) >= 0; host++ {
		}
	}
	name := hostEnd(text[:at], host)
	if name == 0 || name == at || strings.IndexByte("/?:", text[name]) < 0 {
		return 0
	}
	if tld := text[strings.LastIndexByte(text[:name], '.')+1 : name]; host == run && !plainTLD(tld) {
		return 0 // "Dr.Who/#tag" is no URL, nor is "3.50?#deal"
	}
	return linkEnd(text, host)
}
