package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/term"
)

// facetEvent is a pair with the pane that first had it.
type facetEvent struct {
	pane int64
	TermFacet
}

// Filters give the terms that the pairs say, over days, restarts, retention and a run
// that goes on from before.
func TestFacetsMatchModel(t *testing.T) {
	t.Parallel()
	const terms = 6
	platforms := []string{"tiktok", "x"}
	langs, regions, phases := []string{"en", "de", "other"}, []string{"US", "DE"}, []string{"rising", "fading"}
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		var all []Term
		for i := range terms {
			all = append(all, Term{ID: testID(i), Kind: term.Kinds()[i%2], Platform: platforms[i/3], Key: fmt.Sprint(i), FirstSeen: 1 << 60})
		}
		if err := s.RegisterTerms(all[:4]); err != nil {
			rt.Fatal(err)
		}
		known := 4
		var events []facetEvent
		now, floor := int64(5*PanesPerDay), int64(0)
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				s = reopen(t, s)
			case 1:
				day := rapid.Int64Range(0, now/PanesPerDay).Draw(rt, "floor")
				if _, err := s.Prune(Floors{Facets: day * 24}); err != nil {
					rt.Fatal(err)
				}
				floor = max(floor, day*PanesPerDay)
			case 2:
				last := rapid.Int64Range(max(floor, now-200), now).Draw(rt, "last")
				if err := s.TruncateFacets(last); err != nil {
					rt.Fatal(err)
				}
				events = slices.DeleteFunc(events, func(e facetEvent) bool { return e.pane > last })
				now = last
			case 3:
				if err := s.RegisterTerms(all); err != nil {
					rt.Fatal(err)
				}
				known = terms
			default:
				now += rapid.SampledFrom([]int64{0, 1, 1, 30, 150}).Draw(rt, "after")
				var pairs []TermFacet
				for range rapid.IntRange(0, 5).Draw(rt, "pairs") {
					p := TermFacet{ID: all[rapid.IntRange(0, terms-1).Draw(rt, "term")].ID}
					switch rapid.IntRange(0, 2).Draw(rt, "facet") {
					case 0:
						p.Facet, p.Value = FacetLang, rapid.SampledFrom(langs).Draw(rt, "value")
					case 1:
						p.Facet, p.Value = FacetRegion, rapid.SampledFrom(regions).Draw(rt, "value")
					default:
						p.Facet, p.Value = FacetPhase, rapid.SampledFrom(phases).Draw(rt, "value")
					}
					pairs = append(pairs, p)
					if slices.ContainsFunc(all[:known], func(t Term) bool { return t.ID == p.ID }) {
						events = append(events, facetEvent{now, p})
					}
				}
				if err := s.AppendFacets(now, pairs); err != nil {
					rt.Fatal(err)
				}
			}
			from := rapid.Int64Range(max(floor, now-3*PanesPerDay), now).Draw(rt, "from")
			to := rapid.Int64Range(from, now).Draw(rt, "to")
			f := TermFilter{
				Langs: subset(rt, langs), Regions: subset(rt, regions), Phases: subset(rt, phases),
				Platforms: subset(rt, platforms), Kinds: subset(rt, term.Kinds()[:2]),
			}
			had := func(id term.ID, facet Facet, values []string) bool {
				return len(values) == 0 || slices.ContainsFunc(events, func(e facetEvent) bool {
					return e.ID == id && e.Facet == facet && slices.Contains(values, e.Value) && e.pane >= from/PanesPerDay*PanesPerDay && e.pane <= to
				})
			}
			set, err := s.FilterTerms(from, to, f)
			if err != nil {
				rt.Fatal(err)
			}
			n := 0
			for _, at := range all[:known] {
				want := had(at.ID, FacetLang, f.Langs) && had(at.ID, FacetRegion, f.Regions) && had(at.ID, FacetPhase, f.Phases) &&
					(len(f.Platforms) == 0 || slices.Contains(f.Platforms, at.Platform)) && (len(f.Kinds) == 0 || slices.Contains(f.Kinds, at.Kind))
				if want {
					n++
				}
				if got := set.Has(at.ID); got != want {
					rt.Fatalf("panes %d to %d, %+v: term %s is in it: %v, want %v; events %v", from, to, f, at.Key, got, want, events)
				}
			}
			if set.Len() != n {
				rt.Fatalf("%d terms in it, want %d", set.Len(), n)
			}
			checkTermFacets(rt, s, events, all, max(0, from-PanesPerDay), to, floor)
			if floor > 0 {
				_, err := s.FilterTerms(floor-1, now, TermFilter{Langs: langs})
				wantErr(t, err, ErrNotFound, "days that retention left")
			}
		}
	})
}

// checkTermFacets holds the languages of some terms against the events.
func checkTermFacets(rt *rapid.T, s *Store, events []facetEvent, all []Term, from, to, floor int64) {
	rt.Helper()
	var ids []term.ID
	for _, t := range all {
		if rapid.Bool().Draw(rt, "asked") {
			ids = append(ids, t.ID)
		}
	}
	days := map[string]map[int64]bool{}
	for _, e := range events {
		if e.Facet == FacetLang && slices.Contains(ids, e.ID) && e.pane >= max(floor, from/PanesPerDay*PanesPerDay) && e.pane <= to {
			if days[e.Value] == nil {
				days[e.Value] = map[int64]bool{}
			}
			days[e.Value][e.pane/PanesPerDay] = true
		}
	}
	got, err := s.TermFacets(ids, from, to, FacetLang)
	if err != nil {
		rt.Fatal(err)
	}
	if len(got) != len(days) || !slices.IsSortedFunc(got, func(a, b FacetDays) int { return b.Days - a.Days }) {
		rt.Fatalf("got %v, want %v", got, days)
	}
	for _, g := range got {
		if len(days[g.Value]) != g.Days {
			rt.Fatalf("got %v, want %v", got, days)
		}
	}
}

// subset draws some of the words, often none.
func subset[T any](t *rapid.T, words []T) []T {
	if rapid.Bool().Draw(t, "any") {
		return nil
	}
	return words[:rapid.IntRange(1, len(words)).Draw(t, "words")]
}

func TestFacetsTellDamage(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	if err := s.RegisterTerms([]Term{{ID: 1, Key: "a"}}); err != nil {
		t.Fatal(err)
	}
	for _, pane := range []int64{10, 20, PanesPerDay + 1, 2*PanesPerDay + 1, 2*PanesPerDay + 9} {
		if err := s.AppendFacets(pane, []TermFacet{{1, FacetLang, fmt.Sprint("l", pane)}}); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(to int64, value string) error {
		_, err := s.FilterTerms(to, to, TermFilter{Langs: []string{value}})
		return err
	}
	flipBit(t, s, facetKey(0, facetValue{FacetLang, "l10"}, 0), 9)
	flipBit(t, s, facetNewsKey(2*PanesPerDay+1), 9)
	wantErr(t, ask(PanesPerDay-1, "l10"), ErrDamaged, "a sealed set")
	if err := ask(PanesPerDay-1, "l20"); err != nil {
		t.Errorf("another value of the day: %v", err)
	}
	// The running day is read from its panes when the store is opened.
	s = reopen(t, s)
	wantErr(t, ask(2*PanesPerDay+9, "l1"), ErrDamaged, "a pane of the running day")
	if err := s.AppendFacets(2*PanesPerDay+20, []TermFacet{{1, FacetLang, "en"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendFacets(3*PanesPerDay, nil); err != nil {
		t.Fatal(err)
	}
	wantErr(t, ask(3*PanesPerDay-1, "en"), ErrDamaged, "the day when it is over")
}

func FuzzFacetNews(f *testing.F) {
	f.Add(encodeFacetNews(nil))
	f.Add(encodeFacetNews([]facetNews{{facetValue{FacetLang, "en"}, []uint32{0, 1, 500}}, {facetValue{FacetPhase, ""}, nil}}))
	f.Fuzz(func(t *testing.T, body []byte) {
		news, err := decodeFacetNews(body)
		if err != nil {
			return
		}
		again, err := decodeFacetNews(encodeFacetNews(news))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(news) {
			t.Fatalf("%v became %v (%v)", news, again, err)
		}
	})
}

// BenchmarkFilterTerms filters 100,000 terms by what they had in four days.
func BenchmarkFilterTerms(b *testing.B) {
	s := openTest(b, b.TempDir())
	terms := make([]Term, benchTerms)
	for i := range terms {
		terms[i] = Term{ID: testID(i), Kind: term.Kinds()[i%5], Platform: fmt.Sprint("p", i%7), Key: "benchmark"}
	}
	if err := s.RegisterTerms(terms); err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for pane := int64(0); pane < 4*PanesPerDay-30; pane += 12 {
		var pairs []TermFacet
		for range 20_000 {
			id := testID(int(float64(benchTerms) * rng.Float64() * rng.Float64()))
			pairs = append(pairs, TermFacet{id, FacetLang, fmt.Sprint("l", int(rng.ExpFloat64()*3))}, TermFacet{id, FacetRegion, fmt.Sprint("r", int(rng.ExpFloat64()*9))})
		}
		pairs = append(pairs, TermFacet{testID(int(pane)), FacetPhase, "rising"})
		if err := s.AppendFacets(pane, pairs); err != nil {
			b.Fatal(err)
		}
	}
	to := int64(4*PanesPerDay - 31)
	for name, f := range map[string]TermFilter{
		"kind":     {Kinds: []term.Kind{term.Hashtag}},
		"platform": {Platforms: []string{"p1", "p2"}},
		"lang":     {Langs: []string{"l0", "l3"}},
		"region":   {Regions: []string{"r0"}},
		"phase":    {Phases: []string{"rising"}},
		"all":      {Kinds: []term.Kind{term.Hashtag}, Platforms: []string{"p1"}, Langs: []string{"l0"}, Regions: []string{"r1"}, Phases: []string{"rising"}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.FilterTerms(0, to, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("of one term", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.TermFacets([]term.ID{testID(0), testID(1)}, 0, to, FacetLang); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("past pane", func(b *testing.B) {
		for n := int64(0); b.Loop(); n++ {
			if _, err := s.FilterTerms(0, to-70-n%2, TermFilter{Langs: []string{"l0"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
