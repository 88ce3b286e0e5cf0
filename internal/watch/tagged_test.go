package watch

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// Whatever stands in texts and lists of tags, a watched hashtag among them is found.
func TestEveryTagIsFound(t *testing.T) {
	piece := rapid.SampledFrom([]string{"jalan", "ja", "l", "a", "abc", "ABC", "2", "7", "é", "e\u0301", "\u0301", "İ", "K", "ﬁ", "ß", "_", "-", "·", "か", "\u3099", "か\u3099", "東", "\u200d", "ａ", "1\u20e3"})
	word := rapid.Map(rapid.SliceOfN(piece, 1, 5), func(s []string) string { return strings.Join(s, "") })
	sign := rapid.SampledFrom([]string{"#", "＃", "##", " #", "\ufe0f#", "&#", "x#", "", "# "})
	tag := rapid.Custom(func(t *rapid.T) string { return sign.Draw(t, "sign") + word.Draw(t, "word") })
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(tag, 0, 4).Draw(t, "text"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		rec := term.Record{Text: text, Tags: rapid.SliceOfN(tag, 0, 2).Draw(t, "tags")}
		terms, _ := new(term.Extractor).Terms(&rec)
		words := rapid.SliceOfN(word, 0, 3).Draw(t, "words") // that may be there or not
		for _, x := range terms {
			words = append(words, x.Key)
		}
		for _, w := range words {
			l, err := Make(Draft{Name: "l", Terms: []Term{{Kind: term.Hashtag, Spelling: w}}})
			if err != nil {
				continue // there is nothing to count in it
			}
			m, err := Compile([]*List{l}, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := rec
			m.Finder().Note(&got)
			want := slices.ContainsFunc(terms, func(x term.Term) bool { return l.Has(x.Kind, x.Key, "") })
			if found := len(got.Watches) > 0; found != want {
				t.Fatalf("%q in %q and %q: found %v, want %v", w, rec.Text, rec.Tags, found, want)
			}
		}
	})
}

func TestStandsIn(t *testing.T) {
	for _, c := range []struct {
		text, tag string
		want      bool
	}{
		{"#NewYork", "newyork", true}, {"so\n#newyork now", "#NewYork", true}, {"#a #newyork", "newyork", true}, {"#café x", "café", true},
		{"", "a", false}, {"newyork", "newyork", false}, {"#newyorker", "newyork", false}, {"#new", "newyork", false}, {"#a#newyork", "newyork", false},
		{"https://x.example/#newyork", "newyork", false}, {"#newyork\u0301", "newyork", false}, {"#CAFÉ", "café", false}, {"#a@", "a`", false}, {"#@", "`", false},
	} {
		if got := standsIn(c.text, c.tag); got != c.want {
			t.Errorf("%q in %q: %v", c.tag, c.text, got)
		}
	}
}
