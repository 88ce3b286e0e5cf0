package serve

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// fixedTogether are the companions of [bookTok]: one that comes with it mostly, one by
// chance alone, a rare one, one whose counts are bounds that contradict each other.
func fixedTogether() []engine.Together {
	companion := func(t term.Term, both, over, posts uint64) engine.Companion {
		return engine.Companion{ID: term.ScopeOf(t.Kind, "tiktok").ID(t.Key), Term: t, Both: both, Over: over, Posts: posts}
	}
	tag := func(display string) term.Term {
		return term.Term{Kind: term.Hashtag, Key: strings.ToLower(display), Display: display}
	}
	return []engine.Together{
		{
			Platform: "tiktok", From: hourOf(31), AsOf: fixedAsOf, Posts: 168, All: 90_000,
			Companions: []engine.Companion{
				companion(tag("FYP"), 60, 0, 32_000),
				companion(tag("Reading"), 40, 3, 220),
				companion(espresso, 12, 4, 10),
				companion(tag("Rare"), 1, 0, 1),
				companion(linked, 3, 0, 1500),
			},
		},
		{Platform: "reddit", From: hourOf(80), AsOf: fixedAsOf, Posts: 3, All: 8_000, Companions: []engine.Companion{companion(tag("Books"), 2, 0, 40)}},
	}
}

func TestRelated(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for query, want := range map[string][]string{
		"platform=tiktok":                                       {"Reading", "Artist – Espresso <remix>"}, // not FYP, which is everywhere
		"platform=tiktok&sort=pmi":                              {"Artist – Espresso <remix>", "Reading"},
		"platform=tiktok&sort=pmi&min_both=1":                   {"Rare", "Artist – Espresso <remix>", "Reading"},
		"platform=tiktok&min_llr=0":                             {"Reading", "Artist – Espresso <remix>", "https://example.com/a/series?page=2", "FYP"},
		"platform=tiktok&sort=both&min_llr=0&kind=link,hashtag": {"FYP", "Reading", "https://example.com/a/series?page=2"},
		"platform=tiktok&sort=npmi&limit=1":                     {"Artist – Espresso <remix>"},
		"platform=reddit":                                       {},
		"platform=reddit&min_both=2":                            {"Books"},
	} {
		got := ask[api.RelatedAnswer](t, s, "/api/v1/terms/hashtag/BookTok/related?"+query)
		names := []string{}
		for _, r := range got.Platforms[0].Related {
			names = append(names, r.Term)
		}
		if len(got.Platforms) != 1 || !slices.Equal(names, want) {
			t.Errorf("%s: got %q, want %q", query, names, want)
		}
	}
	// A term that is known and came with no other.
	if got := ask[api.RelatedAnswer](t, s, "/api/v1/terms/hashtag/buynow/related?platform=tiktok"); len(got.Platforms) != 1 {
		t.Errorf("got %+v", got)
	}
}

// TestRelatedKeepsToItsQuery draws companions and sees that those which are listed fit,
// that they are in order, and that their measures are of a table that can be.
func TestRelatedKeepsToItsQuery(t *testing.T) {
	opt := fixedOptions(t)
	rapid.Check(t, func(rt *rapid.T) {
		source := fixedSource()
		number := func(name string) uint64 {
			return rapid.SampledFrom([]uint64{0, 1, 2, 3, 17, 1000, 1 << 40, 1<<64 - 1}).Draw(rt, name)
		}
		tg := engine.Together{Platform: "tiktok", From: hourOf(31), AsOf: fixedAsOf, Posts: number("posts"), All: number("all")}
		for range rapid.IntRange(0, 8).Draw(rt, "companions") {
			key := rapid.StringMatching("[a-c]{1,2}").Draw(rt, "key")
			tg.Companions = append(tg.Companions, engine.Companion{
				Term: term.Term{Kind: rapid.SampledFrom(term.Kinds()).Draw(rt, "kind"), Key: key, Display: key}, Both: number("both"), Over: number("over"), Posts: number("of it"),
			})
		}
		source.together = []engine.Together{tg}
		opt.Source = source
		order := rapid.SampledFrom([]string{"llr", "pmi", "npmi", "both"}).Draw(rt, "sort")
		got := ask[api.RelatedAnswer](t, newServer(t, opt), "/api/v1/terms/hashtag/booktok/related?platform=tiktok&min_both=2&min_llr=1.5&limit=5&sort="+order).Platforms[0]
		if len(got.Related) != min(5, got.Total) || got.Total > len(tg.Companions) {
			rt.Fatalf("%d of %d are listed", len(got.Related), got.Total)
		}
		for i, r := range got.Related {
			if r.Both < 2 || r.LogLikelihood < 1.5 || r.PMI <= 0 || r.NPMI < 0 || r.NPMI > 1 || r.Exact != (r.Over == 0) {
				rt.Fatalf("%+v does not fit", r)
			}
			of := map[string]api.Number{"llr": r.LogLikelihood, "pmi": r.PMI, "npmi": r.NPMI, "both": api.Number(r.Both)}
			if i > 0 {
				b := got.Related[i-1]
				before := map[string]api.Number{"llr": b.LogLikelihood, "pmi": b.PMI, "npmi": b.NPMI, "both": api.Number(b.Both)}
				if before[order] < of[order] {
					rt.Fatalf("by %s %v stands before %v", order, before[order], of[order])
				}
			}
		}
	})
}

func TestRelatedProblems(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	for target, want := range map[string]string{
		"hashtag/booktok/related?at=1":         "at is not a parameter",
		"hashtag/booktok/related?min_both=0":   "from 1 to 1000000",
		"hashtag/booktok/related?min_llr=-1":   "use 0 or more",
		"hashtag/booktok/related?min_llr=few":  "use a number",
		"hashtag/booktok/related?sort=g2":      "llr, pmi, npmi, both",
		"hashtag/booktok/related?limit=201":    "from 1 to 200",
		"hashtag/booktok/related?kind=tag":     "hashtag, sound, keyword, mention, link",
		"hashtag/neverseen/related":            "never seen",
		"hashtag/booktok/related?platform=x":   "never seen on",
		"tag/booktok/related":                  "kind is",
		"hashtag/booktok/related/?platform=x":  "never seen",
		"hashtag/booktok%2Frelated?platform=x": `"booktok/related"`,
	} {
		p := problemOf(t, do(s, "GET", "/api/v1/terms/"+target))
		if !strings.Contains(strings.ReplaceAll(p.Detail, `"at"`, "at"), want) {
			t.Errorf("%s: got %+v, want %q", target, p, want)
		}
	}
}

// TestClosedEngineIsBusy asks an engine that closes between two questions.
func TestClosedEngineIsBusy(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source = closing{opt.Source}
	if p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/terms/hashtag/booktok/related")); p.Type != api.ProblemBusy {
		t.Errorf("got %+v", p)
	}
}

// closing is a source that knows terms and closes then.
type closing struct{ Source }

func (closing) Together(context.Context, term.Kind, string, string) ([]engine.Together, error) {
	return nil, engine.ErrClosed
}

// What comes with a term on any platform is one list, in which each comes once.
func TestCompany(t *testing.T) {
	opt := fixedOptions(t)
	source := opt.Source.(*fixed)
	twice := source.together[0]
	twice.Platform, twice.Companions = "x", []engine.Companion{twice.Companions[1], twice.Companions[4]}
	twice.Companions[1].Both, twice.Companions[1].Posts = 50, 60
	source.together = append(source.together, twice)
	s := newServer(t, opt)
	for most, want := range map[int]string{10: "https://example.com/a/series?page=2 (50), Reading (40), Artist – Espresso <remix> (12)", 1: "https://example.com/a/series?page=2 (50)", 0: ""} {
		found, err := s.Company(t.Context(), term.Hashtag, "booktok", most)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range found {
			got = append(got, fmt.Sprintf("%s (%d)", r.Term, r.Both))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("at most %d: got %q, want %q", most, got, want)
		}
	}
}
