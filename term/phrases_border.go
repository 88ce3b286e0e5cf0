package term

import "unicode"

// inWord reports whether no word can end between two characters of a normalised text.
func inWord(a, b rune) bool {
	if unicode.IsMark(b) {
		return true // it belongs to what is in front of it
	}
	return wordRune(a) && wordRune(b) && !unspaced(a) && !unspaced(b)
}

func wordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// unspaced reports characters of scripts whose words are not parted by spaces.
func unspaced(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r <= 0x0EFF, // Thai, Lao
		0x1000 <= r && r <= 0x109F, // Burmese
		0x1780 <= r && r <= 0x17FF, // Khmer
		0x2E80 <= r && r <= 0xA4CF, // Chinese, Japanese, Yi
		0xF900 <= r && r <= 0xFAFF, 0x20000 <= r && r <= 0x3FFFF:
		return true
	}
	return false
}

// hangul reports the syllables of Korean, whose words take particles at their end.
func hangul(r rune) bool { return 0xAC00 <= r && r <= 0xD7A3 }
