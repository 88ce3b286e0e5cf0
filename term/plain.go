package term

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MinPlain is the least number of characters that [Comparable] asks for.
const MinPlain = 12

// Comparable reports whether a plain form, as [AppendPlain] makes it, is long enough
// to say that two posts with it say the same: shorter texts ("good morning") are
// posted by many who know nothing of each other.
func Comparable(plain []byte) bool {
	n := 0
	for _, c := range plain {
		if c&0xC0 != 0x80 { // the first byte of a character
			if n++; n == MinPlain {
				return true
			}
		}
	}
	return false
}

// AppendPlain appends to dst what a text says: its letters, with the marks on
// them, in one case. Everything in which copies of a text usually differ is left
// out: hashtags, mentions and links (as [AppendHashtags], [AppendMentions] and
// [AppendLinks] see them, and links without a scheme, like pic.twitter.com/x, as
// well), digits, punctuation, emoji, white space, what readers do not see, and
// the vowel signs of Arabic, as in keys.
//
// Case is folded character by character (Unicode 15, chapter 3.13, simple folding);
// beyond that nothing is normalised: whoever posts one text many times sends the
// same characters.
//
// The result is valid UTF-8 whatever the text holds. The plain form of a plain
// form is itself. Time is linear in the text; nothing is allocated while dst has
// room for as many bytes as the text has.
func AppendPlain(dst []byte, text string) []byte {
	p := plainer{text: text, out: dst}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			i = p.wide(i)
		case asciiPlain[c] == plainStop:
			i = p.sign(i)
		default:
			i = p.ascii(i)
		}
	}
	return p.out
}

// What asciiPlain holds of bytes that are no letters of ASCII: less than letters.
const (
	plainDropped = iota
	plainStop    // a part to leave out may begin here; or it is not ASCII
)

// asciiPlain holds the lower case of letters, and what other bytes are.
var asciiPlain = func() (t [256]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	for _, c := range "#@:/" {
		t[c] = plainStop
	}
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = plainStop
	}
	return t
}()

// plainer is a pass of [AppendPlain] over a text.
type plainer struct {
	text   string
	out    []byte
	last   int  // end of the part that was left out last
	letter bool // the character beyond ASCII in front was kept, so a mark may follow
}

// ascii keeps the letters from i on to the next stop, which it returns.
func (p *plainer) ascii(i int) int {
	p.letter = false
	rest := p.text[i:]
	p.out = slices.Grow(p.out, len(rest))
	room := p.out[len(p.out):cap(p.out)]
	n, at := 0, 0
	for at < len(rest) {
		c := asciiPlain[rest[at]]
		if c == plainStop {
			break
		}
		// Written in any case, and kept if it is a letter: where words end cannot
		// be predicted.
		room[n] = c
		n += int(c >> 6)
		at++
	}
	p.out = p.out[:len(p.out)+n]
	return i + at
}

// sign handles one of "#@:/" at i and returns where to go on.
func (p *plainer) sign(i int) int {
	end := 0
	switch p.text[i] {
	case '#':
		end = hashtagEnd(p.text, i+1)
	case '@':
		end = mentionEnd(p.text, i+1)
	case ':':
		end = p.link(i)
	case '/':
		end = p.bareLink(i)
	}
	return p.leave(max(end, i+1))
}

// leave notes that the text up to end was left out, and returns end.
func (p *plainer) leave(end int) int {
	p.last, p.letter = end, false
	return end
}

// link returns the end of the URL whose scheme ends at colon, and takes the
// scheme back; 0 if there is none.
func (p *plainer) link(colon int) int {
	if !strings.HasPrefix(p.text[colon:], "://") {
		return 0
	}
	start := schemeStart(p.text, colon)
	if start < p.last {
		return 0
	}
	end := linkEnd(p.text, colon+len("://"))
	if end > 0 {
		p.out = p.out[:len(p.out)-(colon-start)]
	}
	return end
}

// bareLink returns the end of the URL without a scheme whose host ends at slash,
// and takes the host back; 0 if there is none. Only hosts in ASCII are seen.
func (p *plainer) bareLink(slash int) int {
	host, letters := slash, 0
	for host > p.last && hostByte(p.text[host-1]) {
		host--
		letters += int(asciiPlain[p.text[host]] >> 6)
	}
	if host > 0 {
		if before, _ := utf8.DecodeLastRuneInString(p.text[:host]); urlRune(before) && !strings.ContainsRune("(['", before) {
			return 0 // the host does not begin there
		}
	}
	top := host + 1 + strings.LastIndexByte(p.text[host:slash], '.')
	if hostEnd(p.text[:slash], host) != slash || !plainTLD(p.text[top:slash]) {
		return 0
	}
	end := linkEnd(p.text, host)
	if end > 0 {
		p.out = p.out[:len(p.out)-letters]
	}
	return end
}

func hostByte(c byte) bool { return asciiAlnum(c) || c == '.' || c == '-' || c == '_' }

// wide handles a character beyond ASCII at i and returns where to go on.
func (p *plainer) wide(i int) int {
	r, size := utf8.DecodeRuneInString(p.text[i:])
	next := i + size
	switch {
	case caseless(r):
		for next < len(p.text) && p.text[next] >= utf8.RuneSelf {
			if r, size = utf8.DecodeRuneInString(p.text[next:]); !caseless(r) {
				break
			}
			next += size
		}
		p.out = append(p.out, p.text[i:next]...)
		p.letter = true
	case arabicVowel(r):
		p.letter = p.markMayFollow(i) // as if it were not there
	case commonLetter(r):
		p.out = utf8.AppendRune(p.out, foldLetter(r))
		p.letter = true
	case r == '＃':
		return p.leave(hashtagEnd(p.text, next))
	case r == '＠':
		return p.leave(mentionEnd(p.text, next))
	case ignorable(r):
		p.letter = p.markMayFollow(i)
	case unicode.IsLetter(r), unicode.IsMark(r) && p.markMayFollow(i):
		p.out = utf8.AppendRune(p.out, foldLetter(r))
		p.letter = true
	default:
		p.letter = false
	}
	return next
}

// markMayFollow reports whether a letter or another mark was kept in front of i.
func (p *plainer) markMayFollow(i int) bool {
	return p.letter || i > p.last && asciiPlain[p.text[i-1]] > plainStop
}

// caseless reports the letters and marks of the large blocks without cases.
func caseless(r rune) bool {
	return (r >= 0x3000 || 0x0900 <= r && r < 0x1000) && commonLetter(r)
}

// foldLetter returns the simple case folding of a letter or a mark.
func foldLetter(r rune) rune {
	if folded, part := plain(r); part != roleOther {
		return folded
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
