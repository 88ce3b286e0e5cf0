package term

import (
	"unicode"
	"unicode/utf8"
)

// appendUnmarkedPlain is [appendUnmarked] for the characters that most texts are made of. It
// reports false, and leaves dst as it was, where there are others.
func appendUnmarkedPlain(dst []byte, key string, joiners bool) ([]byte, bool) {
	end, latin := len(dst), false
	for _, r := range key {
		switch {
		case r < utf8.RuneSelf:
			if joiners || r != '_' && r != '-' {
				dst, latin = append(dst, byte(r)), true
			}
		case r < tabledLetters || latinAndGreek <= r && r < latinAndGreek+tabledMore:
			var base string
			if r < tabledLetters {
				base = unmarkedLetters[r]
			} else {
				base = unmarkedMore[r-latinAndGreek]
			}
			if base == "" {
				return dst[:end], false
			}
			dst, latin = append(dst, base...), true
		case 0x2013 <= r && r <= 0x201D, 0x2600 <= r && r <= 0x27BF, 0x3001 <= r && r <= 0x3020, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FA, r == 0x30FC,
			0x3400 <= r && r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3,
			0x1F300 <= r && r <= 0x1F64F, 0x1F680 <= r && r <= 0x1F6FF, 0x1F900 <= r && r <= 0x1FAFF:
			dst, latin = utf8.AppendRune(dst, r), false
		case !latin && (0x0900 <= r && r <= 0x097F || 0x0E01 <= r && r <= 0x0E4E): // Devanagari and Thai, with marks
			dst = utf8.AppendRune(dst, r)
		default:
			return dst[:end], false
		}
	}
	return dst, true
}

const (
	tabledLetters = 0x0700 // Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic
	latinAndGreek = 0x1E00 // with marks
	tabledMore    = 0x0200
)

// unmarkedLetters and unmarkedMore hold what characters beyond ASCII are without their marks; empty
// for those that are looked at one by one.
var (
	unmarkedLetters = unmarkedFrom(0, tabledLetters)
	unmarkedMore    = unmarkedFrom(latinAndGreek, tabledMore)
)

func unmarkedFrom(first rune, n int) []string {
	t := make([]string, n)
	for i := range t {
		if r := first + rune(i); r >= 0xA0 && r != '·' && !unicode.Is(unicode.Mn, r) {
			t[i] = string(appendUnmarked(nil, string(r), true))
		}
	}
	return t
}
