package demo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

func TestWordsOf(t *testing.T) {
	for tag, want := range map[string]string{
		"SlowGardenClub": "slow garden club", "slow_garden_club": "slow garden club", "Tea2026": "tea 2026",
		"夜カフェ": "夜カフェ", "": "", "CaféHoje": "café hoje", "a": "a",
	} {
		if got := wordsOf(tag); got != want {
			t.Errorf("the words of %q are %q, want %q", tag, got, want)
		}
	}
}

// TestSpaced spaces texts of any kind: the hashtags stay, and nothing touches them.
func TestSpaced(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"#", "＃", "tea", "茶", "_", " ", "🔥", ".", "é", "2", "\n", "https://a.example/#b"})).Draw(t, "text"), "")
		got := spaced(text)
		if d := cmp.Diff(tagsOf(text), tagsOf(got)); d != "" {
			t.Fatalf("%q became %q: %s", text, got, d)
		}
		for _, s := range term.AppendHashtags(nil, got) {
			if s.End < len(got) && !strings.ContainsRune(" \n", rune(got[s.End])) {
				t.Fatalf("%q became %q, where something touches %q", text, got, s.In(got))
			}
		}
	})
}

func tagsOf(text string) []string {
	var tags []string
	for _, s := range term.AppendHashtags(nil, text) {
		tags = append(tags, s.In(text))
	}
	return tags
}

func TestOptions(t *testing.T) {
	clock := &watch{noon}
	for name, o := range map[string]Options{
		"no clock":   {},
		"no past":    {Now: clock.now, Past: -1},
		"much past":  {Now: clock.now, Past: MostPast + 1},
		"no volume":  {Now: clock.now, Scale: -1},
		"too much":   {Now: clock.now, Scale: 1000},
		"not number": {Now: clock.now, Scale: nan()},
	} {
		if w, err := Open(o); err == nil || !strings.HasPrefix(err.Error(), "demo: ") {
			t.Errorf("%s: %v", name, err)
			if w != nil {
				_ = w.Close()
			}
		}
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}
