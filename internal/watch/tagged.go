package watch

import (
	"strings"

	"github.com/swell-radar/swell/term"
)

// tagStarts tells how hashtags do not begin: a bit for each beginning by its hash. Most posts have
// no hashtag that is watched, and need not be looked into for what they have.
type tagStarts struct {
	bits [1 << tagBits / 64]uint64
}

const (
	tagStart = 4  // bytes of a beginning
	tagBits  = 16 // 8 KiB, which stay in the cache
)

// add takes in the group key of a hashtag. Only hashtags that [tagStarts.may] does not look at have
// one that does not begin with letters and digits of ASCII.
func (s *tagStarts) add(group string) {
	if at, ok := startOf(group); ok {
		s.bits[at/64] |= 1 << (at % 64)
	}
}

// may reports whether one of the hashtags of a post may be one of those added.
func (s *tagStarts) may(rec *term.Record) bool {
	for _, tag := range rec.Tags {
		if s.begins(strings.TrimPrefix(tag, "#")) {
			return true
		}
	}
	for rest := rec.Text; ; {
		i := strings.IndexByte(rest, '#')
		if i < 0 {
			break
		}
		if rest = rest[i+1:]; s.begins(rest) {
			return true
		}
	}
	return strings.Contains(rec.Text, "＃")
}

// begins reports whether one of the hashtags may begin as a text does.
func (s *tagStarts) begins(text string) bool {
	at, ok := startOf(text)
	// A final 2 stands for the word in front of it.
	return !ok || text[tagStart-1] == '2' || s.bits[at/64]>>(at%64)&1 != 0
}

// startOf returns the number of a beginning in letters and digits of ASCII, whatever their case: what
// follows them changes nothing in how the group key begins. It reports false for others.
func startOf(text string) (at uint32, ok bool) {
	if len(text) < tagStart {
		return 0, false
	}
	for i := range tagStart {
		c := text[i]
		if l := c | 0x20; (l < 'a' || 'z' < l) && (c < '0' || '9' < c) {
			return 0, false
		}
		at = at<<5 | uint32(c&0x1f) // digits meet letters, which does no harm
	}
	return at * 0x9E3779B1 >> (32 - tagBits), true
}

// maxSigns is how many signs of hashtags are looked at in a text for one tag.
const maxSigns = 64

// standsIn reports whether a hashtag stands in a text, between white space: then whatever is found in it is
// found in the text. It need not see all that do.
func standsIn(text, tag string) bool {
	tag = strings.TrimPrefix(tag, "#")
	for i := range maxSigns {
		at := strings.IndexByte(text, '#')
		if at < 0 {
			break
		}
		apart := at == 0 && i == 0 || at > 0 && spaceASCII(text[at-1])
		text = text[at+1:]
		if apart && equalASCII(text, tag) && (len(text) == len(tag) || spaceASCII(text[len(tag)])) {
			return true
		}
	}
	return false
}

// equalASCII reports whether a text begins with a tag, but for the case of letters of ASCII.
func equalASCII(text, tag string) bool {
	if len(text) < len(tag) {
		return false
	}
	for i := range len(tag) {
		if a, b := text[i], tag[i]; a != b && (a^b != 0x20 || a|0x20 < 'a' || 'z' < a|0x20) {
			return false
		}
	}
	return true
}

func spaceASCII(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
