package term

import "unicode/utf8"

// wide is the state of a word with characters beyond ASCII that is normalised and unmarked in
// one pass, character by character, as long as what stands beside a character does not matter.
type wide struct {
	last  role // of the last character that was not dropped; at the start, no mark may follow
	run   int  // marks since the last letter
	latin bool // a letter was last whose marks do not count
}

// append appends a part of a word to dst, which holds the word up to it from at on. It reports
// false where there is a character of which it cannot tell.
func (w *wide) append(dst []byte, at int, s string) ([]byte, bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if k := asciiKey[c]; k != 0 {
				dst = append(dst, k)
				w.letter(true)
			}
			continue
		}
		r, size := decodeRune(s[i:])
		switch {
		case r < tabledLetters || latinAndGreek <= r && r < latinAndGreek+tabledMore:
			var f form
			if r < tabledLetters {
				f = searchedLetters[r]
			} else {
				f = searchedMore[r-latinAndGreek]
			}
			switch f.size {
			case 0:
				return dst, false
			case 1:
				dst = append(dst, f.text[0])
			case 2:
				dst = append(dst, f.text[0], f.text[1])
			default:
				dst = append(dst, f.text[:f.size]...)
			}
			w.letter(true)
		case 0x0900 <= r && r <= 0x0E4E:
			if r == nukta && !w.nuktaMayFollow(dst) || r != nukta && !w.mayFollow(r) {
				return dst, false
			}
			dst = append(dst, s[i:i+size]...)
		case 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FA, r == 0x30FC, 0x3400 <= r && r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3:
			dst = append(dst, s[i], s[i+1], s[i+2])
			w.letter(false)
		case 0xFF01 <= r && r <= 0xFF5E: // ASCII in full width
			dst = append(dst, asciiKey[r-0xFEE0])
			w.letter(true)
		case r == 0x30FB: // it joins words
			dst = append(dst, '-')
			w.letter(false)
		case r == 0x3000:
			if len(dst) > at && dst[len(dst)-1] != ' ' {
				dst = append(dst, ' ')
				w.letter(false)
			}
		case r == 0x2026:
			dst = append(dst, "..."...)
			w.letter(false)
		case (0x2010 <= r && r <= 0x2019 || r == 0x2212) && sign(r) != r:
			dst = append(dst, byte(sign(r)))
			w.letter(false)
		case 0x200B <= r && r <= 0x200F, r == 0xFE0F: // not seen
		default:
			if _, part := plain(r); part != roleLetter {
				return dst, false
			}
			dst = append(dst, s[i:i+size]...)
			w.letter(false)
		}
		i += size
	}
	if len(dst) > at && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst, true
}

// decodeRune is [utf8.DecodeRuneInString], sooner done where most characters beyond ASCII are.
func decodeRune(s string) (rune, int) {
	switch c := s[0]; {
	case 0xC2 <= c && c < 0xE0 && len(s) > 1 && s[1]&0xC0 == 0x80:
		return rune(c&0x1F)<<6 | rune(s[1]&0x3F), 2
	case 0xE1 <= c && c < 0xED && len(s) > 2 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return rune(c&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(s)
}

func (w *wide) letter(latin bool) { w.last, w.run, w.latin = roleLetter, 0, latin }

// mayFollow takes in a letter of a script whose marks are letters, or one of its marks. It reports
// false if it cannot tell what the mark is where it stands.
func (w *wide) mayFollow(r rune) bool {
	_, part := plain(r)
	switch part {
	case roleOther:
		return false
	case roleLetter:
		w.letter(false)
		return true
	case roleNonStarter:
		if w.last != roleLetter && w.last != roleMark {
			return false
		}
	}
	w.last = part
	w.run++
	return !w.latin && w.run <= maxMarks
}

const nukta = 0x093C

// nuktaMayFollow is mayFollow for the dot of Devanagari, which becomes one with some letters.
func (w *wide) nuktaMayFollow(word []byte) bool {
	before, _ := utf8.DecodeLastRune(word)
	if w.last != roleLetter || w.latin || before == 0x0928 || before == 0x0930 || before == 0x0933 {
		return false
	}
	w.last, w.run = roleNonStarter, 1
	return true
}

// form is what a letter is searched as.
type form struct {
	text [3]byte
	size uint8 // 0: that depends on what stands beside it
}

// searchedLetters and searchedMore hold the forms of letters beyond ASCII.
var (
	searchedLetters = searchedFrom(0, tabledLetters)
	searchedMore    = searchedFrom(latinAndGreek, tabledMore)
)

func searchedFrom(first rune, n int) []form {
	t := make([]form, n)
	for i := range t {
		folded, part := plain(first + rune(i))
		if part != roleLetter || folded < utf8.RuneSelf {
			continue
		}
		s := string(plainSigns(appendUnmarked(nil, string(folded), true)))
		if len(s) <= len(t[i].text) {
			t[i].size = uint8(copy(t[i].text[:], s))
		}
	}
	return t
}
