package term

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxKeyInput is how much of a text [AppendKey] looks at. It is 16 times the
// longest key, so that what normalisation drops or shrinks does not shorten it.
const maxKeyInput = 16 * MaxKeyBytes

// AppendKey appends the key of s to dst: two spellings of one word have equal
// keys, words that a native reader tells apart do not.
//
// The key is NFKC, case-folded in full (Unicode 15, chapter 3.13: ß is ss),
// without default-ignorable characters (joiners, variation selectors, soft
// hyphens, direction marks) and control characters, without the dot that
// folding leaves on the Turkish İ, and without tatweel and the vowel signs
// U+064B to U+0652 and U+0670 of Arabic. White space is trimmed and collapsed
// into one space. Marks of other scripts stay: they are letters in Japanese,
// Thai, Tamil or Hindi.
//
// Zero width joiner and non-joiner go although Persian, Sinhala and the Indic
// scripts spell with them: people leave them out as often as not, and the
// display keeps them.
//
// A key has at most [MaxKeyGraphemes] grapheme clusters and [MaxKeyBytes] bytes,
// and is cut on a cluster's border. It is valid UTF-8 whatever s holds. It may
// be empty. The key of a key is itself.
//
// Nothing is allocated for ASCII text, and most text in Latin, Cyrillic, Greek,
// Arabic, Hebrew, Devanagari, Thai, Chinese, Japanese and Korean, while dst has
// room.
func AppendKey(dst []byte, s string) []byte {
	if len(s) > maxKeyInput {
		s = s[:maxKeyInput]
	}
	if key, ok := appendKeyPlain(dst, s); ok {
		return key
	}
	return appendKeySlow(dst, s)
}

// appendKeySlow is [AppendKey] for any text.
func appendKeySlow(dst []byte, s string) []byte {
	base := len(dst)
	dst = appendNormal(dst, s)
	return append(dst[:base], cutKey(dst[base:])...)
}

// appendNormal appends what keys are made of, of any length. The steps use the room
// behind dst as scratch.
func appendNormal(dst []byte, s string) []byte {
	base := len(dst)
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "") // the normaliser misses what stands beside invalid bytes
	}

	// Appending to an empty slice keeps the normaliser from composing the text
	// with what stands in dst.
	composed := norm.NFKC.AppendString(dst[base:], s)
	dst = append(dst, composed...)
	folded := len(dst)
	dst = appendFold(dst, base)
	dst = dst[:folded+len(repair(dst[folded:]))]

	key := dst[folded:]
	if !bytes.Equal(key, dst[base:folded]) {
		// Folding and dropping may have brought together what composes.
		key = norm.NFKC.Append(dst[len(dst):], key...)
	}
	return append(dst[:base], limitMarks(key)...)
}

// appendFold appends the case folding of dst[from:] to dst.
func appendFold(dst []byte, from int) []byte {
	n := len(dst)
	dst = slices.Grow(dst, 3*(n-from)) // folding at most triples a character's bytes
	written, _, err := cases.Fold().Transform(dst[n:cap(dst)], dst[from:n], true)
	if err != nil {
		return append(dst, dst[from:n]...)
	}
	return dst[:n+written]
}

// repair drops, in place, what normalisation and folding leave but readers do
// not see, and collapses white space.
func repair(b []byte) []byte {
	kept := b[:0]
	var last rune // last character kept
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		i += size
		r = foldCherokee(r)
		switch {
		case unicode.IsSpace(r):
			if len(kept) > 0 && last != ' ' {
				kept, last = append(kept, ' '), ' '
			}
			continue
		case unicode.IsControl(r), r == '\u0307' && last == 'i', arabicVowel(r):
			continue
		case ignorable(r) && !(tagRune(r) && (last == blackFlag || tagRune(last))):
			continue
		}
		kept, last = utf8.AppendRune(kept, r), r
	}
	if n := len(kept); n > 0 && kept[n-1] == ' ' {
		kept = kept[:n-1]
	}
	return kept
}

// foldCherokee puts right that x/text swaps the two cases of Cherokee; folding
// goes to the upper one (CaseFolding.txt).
func foldCherokee(r rune) rune {
	switch {
	case 0xAB70 <= r && r <= 0xABBF:
		return r - 0xAB70 + 0x13A0
	case 0x13F8 <= r && r <= 0x13FD:
		return r - 8
	}
	return r
}

// arabicVowel reports the marks and the stretching that Arabic is commonly
// written without.
func arabicVowel(r rune) bool {
	return '\u064B' <= r && r <= '\u0652' || r == '\u0670' || r == '\u0640'
}

const blackFlag = '\U0001F3F4'

// tagRune reports the characters that spell a region after [blackFlag]: without
// them the flags of England, Scotland and Wales are one.
func tagRune(r rune) bool { return '\U000E0020' <= r && r <= '\U000E007F' }

// ignorable reports the characters with the property
// Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties.txt).
func ignorable(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5,
		0x180B <= r && r <= 0x180F,
		0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F,
		r == 0x3164, 0xFE00 <= r && r <= 0xFE0F, r == 0xFEFF, r == 0xFFA0, 0xFFF0 <= r && r <= 0xFFF8,
		0x1BCA0 <= r && r <= 0x1BCA3, 0x1D173 <= r && r <= 0x1D17A, 0xE0000 <= r && r <= 0xE0FFF:
		return true
	}
	return false
}

// maxMarks is the longest run of combining marks that is kept. No language
// stacks half as many, and the normaliser starts to insert joiners at 30.
const maxMarks = 16

// limitMarks drops, in place, the marks of a run beyond maxMarks.
func limitMarks(b []byte) []byte {
	if len(b) <= 2*maxMarks {
		return b // a mark has two bytes at least
	}
	run := 0
	kept := b[:0]
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r >= 0x300 && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)) {
			run++
		} else {
			run = 0
		}
		if run <= maxMarks {
			kept = append(kept, b[i:i+size]...)
		}
		i += size
	}
	return kept
}

// cutKey cuts b to the longest key.
func cutKey(b []byte) []byte { return cutClusters(b, MaxKeyBytes) }

// cutClusters cuts b to MaxKeyGraphemes grapheme clusters and limit bytes,
// on the border of a cluster.
func cutClusters(b []byte, limit int) []byte {
	if len(b) <= min(MaxKeyGraphemes, limit) {
		return b // not more clusters than bytes
	}
	clusters := graphemes.FromBytes(b)
	end := 0
	for n := 0; n < MaxKeyGraphemes && clusters.Next() && clusters.End() <= limit; n++ {
		end = clusters.End()
	}
	if end == 0 { // one cluster longer than a key
		end = limit
		for end > 0 && !utf8.RuneStart(b[end]) {
			end--
		}
	}
	for end > 0 && b[end-1] == ' ' {
		end--
	}
	return b[:end]
}
