package engine

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

func TestTagsAreNormalised(t *testing.T) {
	for tag, want := range map[string]string{
		"": "", "en": "en", "EN-us": "en", "pt_BR": "pt", "zh-Hant-TW": "zh", "fil": "fil", "x": "other", "e1": "other", "english": "other", "日本": "other", "-": "other",
	} {
		if got := LangOf(tag); got != want {
			t.Errorf("LangOf(%q) = %q, want %q", tag, got, want)
		}
	}
	for code, want := range map[string]string{
		"": "", "us": "US", "GB-ENG": "GB", "419": "419", "USA": "other", "4": "other", "é": "other", "de_BY": "DE",
	} {
		if got := RegionOf(code); got != want {
			t.Errorf("RegionOf(%q) = %q, want %q", code, got, want)
		}
	}
}

// What is gathered of a pane is what was there, whatever the filter lets through.
func TestFacetsMatchModel(t *testing.T) {
	tags := []string{"", "en", "EN-gb", "de", "ja", "nonsense", "qq"}
	rapid.Check(t, func(t *rapid.T) {
		f := newFacets()
		for range 3 {
			want := map[TermFacet]bool{}
			for range rapid.IntRange(0, 60).Draw(t, "posts") {
				id := term.ID(rapid.Uint64Range(0, 5).Draw(t, "id") << 40) // many share cells
				lang, region := rapid.SampledFrom(tags).Draw(t, "lang"), rapid.SampledFrom(tags).Draw(t, "region")
				if f.note(id, f.lang.number(lang), f.region.number(region)) != 0 {
					t.Fatal("dropped with room left")
				}
				if lang != "" {
					want[TermFacet{id, FacetLang, LangOf(lang)}] = true
				}
				if region != "" {
					want[TermFacet{id, FacetRegion, RegionOf(region)}] = true
				}
			}
			got := map[TermFacet]bool{}
			for _, p := range f.take() {
				got[p] = true
			}
			if !maps.Equal(got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
		}
	})
}

// What there is no room for is counted, and made-up tags are few in memory.
func TestFacetsAreBounded(t *testing.T) {
	f := newFacets()
	lang := f.lang.number("en")
	var dropped uint64
	for id := range term.ID(maxFacetPairs + 9) {
		dropped += f.note(id, lang, 0)
	}
	if dropped != 9 || len(f.take()) != maxFacetPairs {
		t.Errorf("%d dropped, want 9", dropped)
	}
	if f.note(1, f.lang.number("en"), 0) != 0 || len(f.take()) != 1 {
		t.Error("no room in the next pane")
	}
	for i := range 20_000 {
		f.lang.number(fmt.Sprintf("%c%c%c-%d", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, i))
	}
	if len(f.lang.names) != maxFacetValues || len(f.lang.raw) != maxFacetRaw {
		t.Errorf("%d values and %d tags are kept", len(f.lang.names), len(f.lang.raw))
	}
	if n := f.lang.number(strings.Repeat("z", 3)); f.lang.names[n] != OtherValue {
		t.Errorf("one more value is %q", f.lang.names[n])
	}
}

// Tags that a pane made up take no room from those of the next.
func TestFacetsBeginAnewWithEachPane(t *testing.T) {
	f := newFacets()
	for i := range maxFacetValues + 50 {
		f.note(1, f.lang.number(fmt.Sprintf("%c%c%c", 'a'+i%26, 'a'+i/26%26, 'q')), 0)
	}
	f.take()
	f.note(2, f.lang.number("ja"), 0)
	if got := f.take(); len(got) != 1 || got[0].Value != "ja" {
		t.Errorf("a post in ja was gathered as %v", got)
	}
}

// A record's strings share memory with a line that is soon another.
func TestFacetsOutliveTheirRecords(t *testing.T) {
	f := newFacets()
	line := []byte("en US")
	rec := unsafe.String(&line[0], len(line))
	f.note(7, f.lang.number(rec[:2]), f.region.number(rec[3:]))
	copy(line, "xx YY")
	if got := f.take(); len(got) != 2 || got[0].Value != "en" || got[1].Value != "US" {
		t.Errorf("%v of a post in en from US", got)
	}
	if n := f.lang.number("en"); f.lang.names[n] != "en" {
		t.Errorf("en is now %q", f.lang.names[n])
	}
}

func TestFacetsDoNotAllocate(t *testing.T) {
	f := newFacets()
	tags := []string{"en", "de-AT", "ja"}
	round := func() {
		for i := range 300 {
			f.note(term.ID(i), f.lang.number(tags[i%3]), f.region.number(tags[i%2]))
		}
		f.pairs = f.pairs[:0]
		f.pane++
	}
	round()
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations for 300 observations", n)
	}
}

func BenchmarkFacets(b *testing.B) {
	f := newFacets()
	langs := []string{"en", "en", "en", "de", "ja"}
	for n := 0; b.Loop(); n++ {
		f.note(term.ID(uint64(n%5000)*0x9e3779b97f4a7c15), f.lang.number(langs[n%5]), 0)
		if n%50_000 == 0 {
			f.take()
		}
	}
}
