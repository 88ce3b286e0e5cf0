package term

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const wideAt = "＠"

// maxMentionBytes is the longest name: a fediverse address of two DNS-sized parts.
const maxMentionBytes = 320

// AppendMentions appends to dst the names of the accounts mentioned in text,
// without the '@' before them, from left to right and with repeats:
//
//   - a name of ASCII letters, digits and '_' (X, TikTok), with single dots
//     inside (Instagram, TikTok) where a lower-case letter, digit or '_' follows:
//     "@msnbc.Great" is the end of a sentence;
//   - a domain name (Bluesky);
//   - either of them with "@host" behind (fediverse).
//
// E-mail addresses, '@' within a URL, and names that run on in Latin letters
// with accents are none. Time is linear in the text; nothing is allocated while
// dst has room.
func AppendMentions(dst []Span, text string) []Span {
	urls := urlGuard{text: text}
	narrow, wide := indexByteFrom(text, 0, '@'), indexWideFrom(text, 0, wideAt)
	last := 0 // end of the last name
	for narrow < len(text) || wide < len(text) {
		var sign, start int
		if narrow < wide {
			sign, start = narrow, narrow+1
			narrow = indexByteFrom(text, start, '@')
		} else {
			sign, start = wide, wide+len(wideAt)
			wide = indexWideFrom(text, start, wideAt)
		}
		if sign < last || !mentionMayStart(text[:sign]) {
			continue
		}
		end := mentionEnd(text, start)
		if end == start || end-start > maxMentionBytes {
			continue
		}
		last = end
		if !urls.covers(sign) {
			dst = append(dst, Span{start, end})
		}
	}
	return dst
}

// mentionMayStart says whether a name may follow the '@' after before: not
// within a word or an e-mail address, save after the "RT" of an old repost.
func mentionMayStart(before string) bool {
	if before == "" {
		return true
	}
	c := before[len(before)-1]
	if c == '_' || asciiAlnum(c) {
		return repostMark(before)
	}
	return strings.IndexByte("!#$%&*@", c) < 0 && !strings.HasSuffix(before, wideAt)
}

func repostMark(before string) bool {
	n := len(before)
	if n < 2 || !strings.EqualFold(before[n-2:], "rt") {
		return false
	}
	return n == 2 || !asciiAlnum(before[n-3]) && strings.IndexByte("_+~.-", before[n-3]) < 0
}

// mentionEnd returns the end of the name that starts at start, or start when
// there is none.
func mentionEnd(text string, start int) int {
	end := nameEnd(text, start)
	if end == start {
		return start
	}
	// A name with '-' is only one as a domain: elsewhere it ends a word.
	if d := domainEnd(text, start); d > end {
		end = d
	}
	if end < len(text) && text[end] == '@' {
		host := domainEnd(text, end+1)
		if host == 0 {
			return start
		}
		return host
	}
	rest := text[end:]
	if strings.HasPrefix(rest, wideAt) || strings.HasPrefix(rest, "://") {
		return start
	}
	if r, _ := utf8.DecodeRuneInString(rest); r >= utf8.RuneSelf && (unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Mn, r)) {
		return start
	}
	return end
}

// nameEnd returns the end of a name of letters, digits, '_' and inner dots.
func nameEnd(text string, start int) int {
	end := start
	for end < len(text) {
		c := text[end]
		if c == '.' && end > start && end+1 < len(text) {
			next := text[end+1]
			if 'a' <= next && next <= 'z' || '0' <= next && next <= '9' || next == '_' {
				end++
				continue
			}
		}
		if c != '_' && !asciiAlnum(c) {
			break
		}
		end++
	}
	return end
}

// domainEnd returns the end of a domain name of ASCII labels whose last is two
// lower-case letters or more, or 0.
func domainEnd(text string, start int) int {
	end := hostEnd(text, start)
	if end == 0 {
		return 0
	}
	top := end
	for top > start && 'a' <= text[top-1] && text[top-1] <= 'z' {
		top--
	}
	if end-top < 2 || text[top-1] != '.' {
		return 0
	}
	return end
}
