package watch

import (
	"slices"
	"testing"

	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "EN-us": "en", "pt_BR": "pt", "eng": "en", "ENG": "en", "deu-AT": "de", "ger": "de", "fre": "fr", "fra": "fr", "chi": "zh", "zho": "zh", "nob": "nb",
		"fil": "fil", "haw-US": "haw", "yue": "yue", "cmn": "cmn", "xqz": "xqz",
		"": "", "?": "", "x": "", "english": "", "e1": "", "und": "", "UND-Latn": "", "mul": "", "mis": "", "zxx": "",
	} {
		if got := Language(tag); got != want {
			t.Errorf("%q is %q, want %q", tag, got, want)
		}
	}
}

// The table says what the registry of subtags says of the same codes.
func TestBibliographicCodes(t *testing.T) {
	for code, want := range bibliographic {
		tag, err := language.Parse(code)
		if base, _ := tag.Base(); err != nil || base.String() != want {
			t.Errorf("%s is %s, want %s: %v", code, want, base, err)
		}
	}
}

// A code of the language of a tag is a tag of that language.
func TestLanguageOfALanguage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.StringMatching(`[a-zA-Z]{1,4}([-_][a-zA-Z]{2,4})?`).Draw(t, "tag")
		if l := Language(tag); Language(l) != l {
			t.Fatalf("%q is %q, and that %q", tag, l, Language(l))
		}
	})
}

// Posts of no known language count, whatever says so; those of a language do under each of its codes.
func TestLanguagesOfPosts(t *testing.T) {
	f := compile(t, []*List{
		make1(t, Draft{Name: "german", Phrases: []Phrase{{Spelling: "coke"}}, Languages: []string{"deu"}}),
		make1(t, Draft{Name: "nobody", Phrases: []Phrase{{Spelling: "coke"}}, Languages: []string{"und"}}),
	}).Finder()
	for lang, want := range map[string][]string{
		"": {"german", "nobody"}, "und": {"german", "nobody"}, "mul": {"german", "nobody"}, "zxx": {"german", "nobody"},
		"de": {"german"}, "ger": {"german"}, "deu-CH": {"german"}, "eng": nil, "fil": nil,
	} {
		rec := term.Record{Text: "coke", Lang: lang}
		if f.Note(&rec); !slices.Equal(rec.Watches, want) {
			t.Errorf("%q: lists %q, want %q", lang, rec.Watches, want)
		}
	}
}

func TestLanguageAllocatesNothing(t *testing.T) {
	for _, tag := range []string{"en", "pt-BR", "und", "eng", "ger", "fil"} {
		if n := testing.AllocsPerRun(100, func() { Language(tag) }); n != 0 {
			t.Errorf("%q: %v allocations", tag, n)
		}
	}
}
