package term

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// AppendGroupKey appends to dst the coarser key under which the variants of a
// key are shown as one in rankings, members listed. It is never counted by: año
// and ano are not one word. key must be the key of a hashtag or a keyword; links
// and accounts that differ in one character are different, and for sounds there
// is [SoundGroupKey].
//
//   - Latin and Greek letters lose their marks; đ ð ħ ł ø ŧ ß æ œ þ ı ŋ become
//     the letters that keyboards without them offer.
//   - Arabic: أ إ آ ٱ are ا, ى and Persian ی are ي, ة is ه, Persian ک is ك.
//   - Russian ё is е, as mostly written.
//   - '_', '-', '‐', '·' and '・' do not count.
//   - Indonesian and Malay reduplication: letters followed by a final 2 are
//     written twice, so that jalan2, jalan-jalan and jalanjalan meet. Three
//     letters at least, Latin only. This cannot merge covid2 with covid: it
//     merges it with covidcovid, which nobody writes. It does merge the rare
//     sequel whose first part is itself a doubled word (bye2 and byebye).
//
// A key of which nothing would be left is its own group key. The result is at
// most [MaxKeyBytes] long; the group key of a group key is itself. Nothing is
// allocated for ASCII keys while dst has room.
func AppendGroupKey(dst []byte, key string) []byte {
	base := len(dst)
	for i := range len(key) {
		switch c := key[i]; {
		case c >= utf8.RuneSelf:
			var ok bool
			if dst, ok = appendUnmarkedPlain(dst[:base], key, false); !ok {
				dst = appendUnmarked(dst, key, false)
			}
			return redouble(orKey(dst, base, key), base)
		case c != '_' && c != '-':
			dst = append(dst, c)
		}
	}
	return redouble(orKey(dst, base, key), base)
}

// orKey puts the key itself where nothing was left of it.
func orKey(dst []byte, base int, key string) []byte {
	if len(dst) == base {
		return append(dst, key...)
	}
	return dst
}

// redouble spells out dst[base:] where it is a word with a final 2.
func redouble(dst []byte, base int) []byte {
	n := len(dst) - base - 1 // letters
	if n < 3 || dst[base+n] != '2' || 2*n > MaxKeyBytes {
		return dst
	}
	for _, c := range dst[base : base+n] {
		if c < 'a' || 'z' < c {
			return dst
		}
	}
	dst = dst[:base+n]
	return append(dst, dst[base:]...)
}

// appendUnmarked appends the letters of a key without the marks that do not count. Joiners
// ('_', '-' and what stands for it) are left out, or where joiners is set kept as '_' and '-'.
func appendUnmarked(dst []byte, key string, joiners bool) []byte {
	base := len(dst)
	dst = append(dst, norm.NFD.AppendString(dst[base:], key)...)
	mark := len(dst)
	var letter rune // the letter that marks belong to
	for i := base; i < mark; {
		r, size := utf8.DecodeRune(dst[i:mark])
		i += size
		switch {
		case r == '_', r == '-', r == '\u2010', r == '\u00B7', r == '\u30FB':
			if joiners && r != '_' {
				r = '-'
			}
			if joiners {
				dst, letter = append(dst, byte(r)), r
			}
			continue
		case unicode.Is(unicode.Mn, r):
			if stripsMark(letter, r) {
				continue
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		letter = r
		if plain := plainLetter(r); plain != "" {
			dst = append(dst, plain...)
		} else {
			dst = utf8.AppendRune(dst, r)
		}
	}
	composed := norm.NFC.Append(dst[len(dst):], dst[mark:]...)
	return slices.Replace(dst, base, len(dst), composed...)
}

// stripsMark says whether the mark on a letter is left out of a group key.
func stripsMark(letter, mark rune) bool {
	switch {
	case letter < utf8.RuneSelf:
		return unicode.IsLetter(letter)
	case letter == 'ا':
		return '\u0653' <= mark && mark <= '\u0655' // madda and hamza
	case letter == 'е':
		return mark == '\u0308'
	}
	return unicode.Is(unicode.Latin, letter) || unicode.Is(unicode.Greek, letter)
}

// plainLetter returns what a letter that does not decompose is written as
// where it is not at hand, or "".
func plainLetter(r rune) string {
	switch r {
	case 'đ', 'ð':
		return "d"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ł':
		return "l"
	case 'ŋ':
		return "n"
	case 'ø':
		return "o"
	case 'ŧ':
		return "t"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	case 'ٱ':
		return "ا"
	case 'ى', 'ی':
		return "ي"
	case 'ة':
		return "ه"
	case 'ک':
		return "ك"
	}
	return ""
}
