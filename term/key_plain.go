package term

import (
	"slices"
	"unicode/utf8"
)

// appendKeyPlain is [AppendKey] for text of [plain] characters, short enough
// that its key needs no cutting within a grapheme cluster. It reports false, and
// leaves dst as it was, where that is not so.
func appendKeyPlain(dst []byte, s string) ([]byte, bool) {
	base := len(dst)
	dst = slices.Grow(dst, len(s)) // no plain character grows when it is folded
	key := dst[base : base+len(s)]
	n := 0            // bytes of the key
	wide := false     // it has characters beyond ASCII
	last := roleOther // role of the last character; at the start, no mark may follow
	marks := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if k := asciiKey[c]; k > ' ' || k == ' ' && n > 0 && key[n-1] != ' ' {
				key[n], last = k, roleLetter
				n++
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		folded, part := plain(r)
		switch part {
		case roleOther:
			return dst[:base], false
		case roleLetter:
		case roleMark:
			marks++
		case roleNonStarter:
			if last != roleLetter && last != roleMark {
				return dst[:base], false
			}
			marks++
		}
		if n+size > MaxKeyGraphemes || marks > maxMarks {
			return dst[:base], false
		}
		n += utf8.EncodeRune(key[n:], folded)
		i += size
		last, wide = part, true
	}
	if n > MaxKeyGraphemes {
		if wide {
			return dst[:base], false
		}
		n = MaxKeyGraphemes
	}
	if n > 0 && key[n-1] == ' ' {
		n--
	}
	return dst[:base+n], true
}

// asciiKey holds what an ASCII character is in a key: itself in lower case, a
// space for white space, 0 for control characters, which are dropped.
var asciiKey = func() (t [utf8.RuneSelf]byte) {
	for c := byte('!'); c < 0x7f; c++ {
		t[c] = c
	}
	for c := byte('A'); c <= 'Z'; c++ {
		t[c] = c | 0x20
	}
	for _, c := range " \t\n\v\f\r" {
		t[c] = ' '
	}
	return t
}()

// role says what part a character plays in the normal form of a text.
type role uint8

const (
	roleOther      role = iota // normalisation has to look at it
	roleLetter                 // a starter
	roleMark                   // a mark that is a starter, of combining class 0
	roleNonStarter             // a mark that is reordered among its like
)

// plain returns the case folding of a character beyond ASCII that normalisation
// (NFKC) leaves alone wherever it stands: it has no decomposition but one that
// composes again, and composes with nothing before it. A single non-starter
// behind a starter is left alone as well. The folding is one such character of
// the same length in UTF-8.
//
// These are the characters that nearly all hashtags and titles are made of, not
// all there are. The test goes through every character.
func plain(r rune) (folded rune, part role) {
	switch {
	case r < 0x0100:
		return plainLatin1(r)
	case r < 0x0180:
		return plainLatinA(r)
	case r < 0x0370:
		switch r {
		case 0x01A0, 0x01AF: // Ơ Ư
			return r + 1, roleLetter
		case 0x01A1, 0x01B0:
			return r, roleLetter
		}
		return r, roleOther
	case r < 0x0400:
		return plainGreek(r)
	case r < 0x0460:
		switch {
		case r < 0x0410:
			return r + 0x50, roleLetter
		case r < 0x0430:
			return r + 0x20, roleLetter
		}
		return r, roleLetter
	case 0x05D0 <= r && r <= 0x05EA, // Hebrew
		0x0621 <= r && r <= 0x063A, 0x0641 <= r && r <= 0x064A, 0x0660 <= r && r <= 0x0669, 0x0679 <= r && r <= 0x06D3: // Arabic
		return r, roleLetter
	case 0x0900 <= r && r <= 0x097F:
		return r, plainDevanagari(r)
	case 0x0E01 <= r && r <= 0x0E4E:
		return r, plainThai(r)
	case 0x1EA0 <= r && r <= 0x1EF9: // Vietnamese
		return r | 1, roleLetter
	case 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FC, // kana
		0x3400 <= r && r <= 0x4DBF, 0x4E00 <= r && r <= 0x9FFF, r == 0x3005, // Han
		0xAC00 <= r && r <= 0xD7A3,                                                                                   // Hangul
		0x2018 <= r && r <= 0x201D, r == 0x2013, r == 0x2014, 0x3001 <= r && r <= 0x3003, 0x3008 <= r && r <= 0x3011, // punctuation
		0x2600 <= r && r <= 0x27BF, 0x1F300 <= r && r <= 0x1F64F, 0x1F680 <= r && r <= 0x1F6FF, 0x1F900 <= r && r <= 0x1FAFF: // emoji
		return r, roleLetter
	}
	return r, roleOther
}

func plainLatin1(r rune) (rune, role) {
	switch {
	case r == 0xA1, r == 0xA7, r == 0xA9, r == 0xAB, r == 0xAE, r == 0xB0, r == 0xB7, r == 0xBB, r == 0xBF: // ¡ § © « ® ° · » ¿
		return r, roleLetter
	case r == 0xD7, r == 0xDF, r < 0xC0: // ×, and ß is ss
		return r, roleOther
	case r < 0xDF:
		return r + 0x20, roleLetter
	}
	return r, roleLetter
}

// plainLatinA folds Latin Extended-A: capitals are even at the beginning and in
// its second half, and odd between.
func plainLatinA(r rune) (rune, role) {
	switch {
	case r == 0x130, r == 0x132, r == 0x133, r == 0x13F, r == 0x140, r == 0x149, r == 0x17F: // İ Ĳ ĳ Ŀ ŀ ŉ ſ
		return r, roleOther
	case r == 0x131, r == 0x138: // ı ĸ
		return r, roleLetter
	case r == 0x178: // Ÿ
		return 0xFF, roleLetter
	case 0x139 <= r && r < 0x149, r >= 0x179:
		return r + r&1, roleLetter
	}
	return r | 1, roleLetter
}

func plainGreek(r rune) (rune, role) {
	switch {
	case r == 0x0386:
		return 0x03AC, roleLetter
	case 0x0388 <= r && r <= 0x038A:
		return r + 0x25, roleLetter
	case r == 0x038C:
		return 0x03CC, roleLetter
	case 0x0391 <= r && r <= 0x03AB && r != 0x03A2:
		return r + 0x20, roleLetter
	case r == 0x03C2: // final sigma
		return 0x03C3, roleLetter
	case 0x03AC <= r && r <= 0x03CE && r != 0x03B0:
		return r, roleLetter
	}
	return r, roleOther
}

func plainDevanagari(r rune) role {
	switch {
	case r == 0x093C, 0x0951 <= r && r <= 0x0954, 0x0958 <= r && r <= 0x095F: // nukta, accents, letters with nukta
		return roleOther
	case r == 0x094D: // virama
		return roleNonStarter
	case r <= 0x0902, r == 0x093A, 0x0941 <= r && r <= 0x0948, 0x0955 <= r && r <= 0x0957, r == 0x0962, r == 0x0963:
		return roleMark
	}
	return roleLetter
}

func plainThai(r rune) role {
	switch {
	case r == 0x0E33, 0x0E3B <= r && r <= 0x0E3F: // sara am is two characters; not letters
		return roleOther
	case 0x0E38 <= r && r <= 0x0E3A, 0x0E48 <= r && r <= 0x0E4B:
		return roleNonStarter
	case r == 0x0E31, 0x0E34 <= r && r <= 0x0E37, r >= 0x0E47:
		return roleMark
	}
	return roleLetter
}
