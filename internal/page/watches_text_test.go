package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/api"
)

func TestLines(t *testing.T) {
	got := readLines("#BookTok | on TikTok, x\r\n\r\n  @penguin \r\nsound: id:douyin:7\r\nnew york | not new york times, it\\, too | in en |on x\r\nphrase:#1 hit\r\nhttps://example.com/a\r\n")
	want := &watchLines{
		terms: []api.WatchTerm{
			{Kind: "hashtag", Term: "#BookTok", Platforms: []string{"TikTok", "x"}}, {Kind: "mention", Term: "@penguin"}, {Kind: "sound", Term: "id:douyin:7"},
		},
		phrases: []api.WatchPhrase{
			{Phrase: "new york", Exclude: []string{"new york times", "it, too"}, Languages: []string{"en"}, Platforms: []string{"x"}},
			{Phrase: "#1 hit"}, {Phrase: "https://example.com/a"},
		},
		termAt: []int{1, 3, 4}, phrasAt: []int{5, 6, 7},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(watchLines{}, lineFault{})); d != "" {
		t.Error(d)
	}
	for line, reason := range map[string]string{
		"sound:": "has no term or phrase", " | on x": "has no term or phrase", "a | of b": "use on, not or in", "#a | not b": "for phrases alone", "a |": "use on, not or in",
	} {
		if got := readLines("fine\n" + line); len(got.faults) != 1 || got.faults[0].Line != 2 || !strings.Contains(got.faults[0].Reason, reason) {
			t.Errorf("%q: %+v", line, got.faults)
		}
	}
}

// Nothing of a list is lost or becomes something else between the endpoint and the form.
func TestLinesKeepAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune(`ab #@:|,\n"<é書`)), 1, 8, -1), rapid.SampledFrom([]string{"#tag", "@name", "sound:x", "phrase:y", "phrase:phrase:z", `a\`, `\|`, "hashtag:#a", "a\nb", "x\r\ny"}), rapid.String(),
		).Filter(func(s string) bool { return strings.TrimSpace(s) == s && s != "" })
		names := rapid.SliceOfN(word, 0, 3)
		var w api.Watch
		for range rapid.IntRange(0, 4).Draw(t, "terms") {
			w.Terms = append(w.Terms, api.WatchTerm{Kind: rapid.SampledFrom(postKinds()).Draw(t, "kind"), Term: word.Draw(t, "term"), Platforms: names.Draw(t, "platforms")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "phrases") {
			w.Phrases = append(w.Phrases, api.WatchPhrase{Phrase: word.Draw(t, "phrase"), Exclude: names.Draw(t, "exclude"), Languages: names.Draw(t, "languages"), Platforms: names.Draw(t, "platforms")})
		}
		text := linesOf(&w)
		got := readLines(strings.ReplaceAll(text, "\n", "\r\n")) // as a browser sends it
		if len(got.faults) > 0 {
			t.Fatalf("%q: %+v", text, got.faults)
		}
		if d := cmp.Diff(w.Terms, got.terms, cmpopts.EquateEmpty()) + cmp.Diff(w.Phrases, got.phrases, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%q: %s", text, d)
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add("#a | on x\nb | not c\\, d")
	f.Fuzz(func(t *testing.T, text string) {
		got := readLines(text)
		if len(got.terms) != len(got.termAt) || len(got.phrases) != len(got.phrasAt) || !slices.IsSorted(got.termAt) || !slices.IsSorted(got.phrasAt) {
			t.Errorf("got %+v", got)
		}
	})
}
