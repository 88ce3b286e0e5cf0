package term

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// TestPlainCharacters goes through every character: one that is called plain is
// what the slow way makes of it, and stays so in any company.
func TestPlainCharacters(t *testing.T) {
	count := 0
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		folded, part := plain(r)
		if part == roleOther {
			continue
		}
		count++
		if utf8.RuneLen(folded) != utf8.RuneLen(r) {
			t.Errorf("%U folds to %U, which has another length", r, folded)
		}
		if again, same := plain(folded); again != folded || same != part {
			t.Errorf("%U folds to %U, which folds to %U in another role", r, folded, again)
		}
		// Behind a letter: alone, marks have no base.
		if got, want := "x"+string(folded), string(appendKeySlow(nil, "x"+string(r))); got != want {
			t.Errorf("the key of x%c is %q, want %q", r, got, want)
		}
		for _, c := range []rune{r, folded} {
			p := norm.NFKC.PropertiesString(string(c))
			if starter := p.CCC() == 0; starter != (part != roleNonStarter) {
				t.Errorf("%U has the combining class %d", c, p.CCC())
			}
			if part != roleNonStarter && !p.BoundaryBefore() || norm.NFKC.String(string(c)) != string(c) {
				t.Errorf("%U may be changed by what stands before it", c)
			}
			// Hangul composes with jamo behind it, letters with accents: neither is plain.
			if part == roleNonStarter {
				for _, before := range "xéकกあ한" {
					if s := string(before) + string(c); norm.NFKC.String(s) != s {
						t.Errorf("%U composes with %U", before, c)
					}
				}
			}
		}
		if mark := unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r); mark != (part == roleMark || part == roleNonStarter) {
			t.Errorf("%U is a mark: %t", r, mark)
		}
		if ignorable(r) || unicode.IsSpace(r) || unicode.IsControl(r) || arabicVowel(r) || foldCherokee(r) != r {
			t.Errorf("%U is not kept in keys", r)
		}
	}
	if count < 39_000 {
		t.Errorf("%d characters are plain", count)
	}
}

// plainText draws text of characters that the fast way is for, and of those that
// may upset it.
func plainText() *rapid.Generator[string] {
	pieces := []rune("aZ9_ \t\n\x00\x7féÉÿŸıİşŁŉßΣςΐЖжאآلَّ۰कि्ंनी़ก้ิุำあガー゛々漢字한국ᄒ\u0301\u0307\u200d\ufe0f\u00a0\u3000＃#🔥")
	return rapid.Map(rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom(pieces), rapid.Rune(), rapid.RuneFrom(nil, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic,
			unicode.Devanagari, unicode.Thai, unicode.Hiragana, unicode.Katakana, unicode.Han, unicode.Hangul),
	), 0, 40), func(r []rune) string { return string(r) })
}

func TestPlainKeysAreKeys(t *testing.T) {
	plainOnes := 0
	rapid.Check(t, func(t *rapid.T) {
		s := plainText().Draw(t, "text")
		if got, ok := appendKeyPlain(nil, s); ok {
			plainOnes++
			if want := appendKeySlow(nil, s); string(got) != string(want) {
				t.Fatalf("the key of %+q is %+q, want %+q", s, got, want)
			}
		}
	})
	if plainOnes == 0 {
		t.Error("no text was plain")
	}
}

func FuzzPlainKey(f *testing.F) {
	for _, s := range []string{
		"BlackLivesMatter", "ÉcoleNormaleSupérieure", "日本語ハッシュタグ", "السلام", "हिन्दी", "ภาษาไทย", "한국어", "Việt Nam", " a\t b ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > maxKeyInput {
			s = s[:maxKeyInput]
		}
		got, ok := appendKeyPlain([]byte("before"), s)
		if !ok {
			if string(got) != "before" {
				t.Fatalf("%+q is not plain and leaves %+q", s, got)
			}
			return
		}
		if want := appendKeySlow(nil, s); string(got) != "before"+string(want) {
			t.Fatalf("the key of %+q is %+q, want %+q", s, got, want)
		}
	})
}
