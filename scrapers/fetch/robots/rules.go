package robots

import (
	"net/url"
	"strings"
	"time"
)

// Rules are what one robots.txt says to one crawler. Nil rules allow everything.
type Rules struct {
	rules []rule
	delay time.Duration
}

type rule struct {
	allow   bool
	pattern string // normalised; "*" stands for any bytes, a "$" at the end for the end
}

// Allowed reports whether an address may be asked for, and the rule that decided it, as in
// "Disallow: /private"; empty where none did. Of the rules that match, the longest decides, and
// allowing wins over disallowing of the same length (RFC 9309, 2.2.2). The file itself is always allowed.
func (r *Rules) Allowed(u *url.URL) (bool, string) {
	if r == nil {
		return true, ""
	}
	target := u.EscapedPath()
	if target == "" {
		target = "/"
	}
	if target == "/robots.txt" {
		return true, ""
	}
	if u.RawQuery != "" || u.ForceQuery {
		target += "?" + u.RawQuery
	}
	target = normal(target, false)
	var best *rule
	for i := range r.rules {
		c := &r.rules[i]
		if best != nil && (len(c.pattern) < len(best.pattern) || len(c.pattern) == len(best.pattern) && !c.allow) {
			continue
		}
		if matches(c.pattern, target) {
			best = c
		}
	}
	switch {
	case best == nil:
		return true, ""
	case best.allow:
		return true, "Allow: " + best.pattern
	}
	return false, "Disallow: " + best.pattern
}

// CrawlDelay returns how long to wait between two requests, 0 where the file does not say. It is
// no part of the RFC; sites that use it mean it.
func (r *Rules) CrawlDelay() time.Duration {
	if r == nil {
		return 0
	}
	return r.delay
}

// Size returns about how many bytes the rules take.
func (r *Rules) Size() int {
	if r == nil {
		return 0
	}
	n := 64
	for i := range r.rules {
		n += 24 + len(r.rules[i].pattern)
	}
	return n
}

// matches reports whether a pattern matches the beginning of a target, in time proportional to their lengths for each
// "*" at most.
func matches(pattern, target string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	head, rest, wild := strings.Cut(pattern, "*")
	if !strings.HasPrefix(target, head) {
		return false
	}
	target = target[len(head):]
	for wild {
		head, rest, wild = strings.Cut(rest, "*")
		if !wild && whole {
			return strings.HasSuffix(target, head)
		}
		// The leftmost place is as good as any: it leaves the most to the rest.
		at := strings.Index(target, head)
		if at < 0 {
			return false
		}
		target = target[at+len(head):]
	}
	return !whole || target == ""
}

// normal returns a path in the one form that paths are compared in (RFC 9309, 2.2.2): what need not be
// percent-encoded is not, everything else is. In a pattern, "*" and the "$" at its end keep their
// meaning; elsewhere they are encoded.
func normal(path string, pattern bool) string {
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]):
			if d := unhex(path[i+1])<<4 | unhex(path[i+2]); unreserved(d) {
				b.WriteByte(d)
			} else {
				encode(&b, d)
			}
			i += 2
		case pattern && (c == '*' || c == '$' && i == len(path)-1):
			b.WriteByte(c)
		case c <= ' ' || c >= 0x7f || c == '*' || c == '$':
			encode(&b, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func encode(b *strings.Builder, c byte) {
	const hex = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}
