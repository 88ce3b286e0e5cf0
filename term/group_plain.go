package term

import "unicode/utf8"

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
		case r < unmarkedLatin:
			base := latinBase[r]
			if base == "" {
				return dst[:end], false
			}
			dst, latin = append(dst, base...), true
		case 0x0410 <= r && r <= 0x044F, 0x05D0 <= r && r <= 0x05EA, 0x0660 <= r && r <= 0x0669,
			0x2013 <= r && r <= 0x201D, 0x2600 <= r && r <= 0x27BF, 0x3001 <= r && r <= 0x3020, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FA, r == 0x30FC,
			0x3400 <= r && r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF, 0xAC00 <= r && r <= 0xD7A3,
			0x1F300 <= r && r <= 0x1F64F, 0x1F680 <= r && r <= 0x1F6FF, 0x1F900 <= r && r <= 0x1FAFF:
			dst, latin = utf8.AppendRune(dst, r), false
		case 0x0626 <= r && r <= 0x063A && r != 'ة', 0x0641 <= r && r <= 0x0648, r == 0x064A: // Arabic
			dst, latin = utf8.AppendRune(dst, r), false
		case !latin && (0x0900 <= r && r <= 0x097F || 0x0E01 <= r && r <= 0x0E4E): // Devanagari and Thai, with marks
			dst = utf8.AppendRune(dst, r)
		default:
			return dst[:end], false
		}
	}
	return dst, true
}

// unmarkedLatin is the first character that latinBase does not hold.
const unmarkedLatin = 0x0250

// latinBase holds what the characters of Latin beyond ASCII are without their marks; empty for
// those that are looked at one by one.
var latinBase = func() (t [unmarkedLatin]string) {
	for r := rune(0xA0); r < unmarkedLatin; r++ {
		if r != '·' {
			t[r] = string(appendUnmarked(nil, string(r), true))
		}
	}
	return t
}()
