package serve

import (
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

func TestLanguagesAndRegionsOfATerm(t *testing.T) {
	opt := fixedOptions(t)
	st := openStore(t)
	if err := fillStore(st); err != nil {
		t.Fatal(err)
	}
	tiktok, other := term.ScopeOf(term.Hashtag, "tiktok").ID("booktok"), term.ScopeOf(term.Sound, "douyin").ID(espresso.Key)
	last := fixedAsOf/detect.PaneSeconds - 1
	for _, at := range []struct {
		pane  int64
		pairs []store.TermFacet
	}{
		{last - 5*store.PanesPerDay, []store.TermFacet{{ID: tiktok, Facet: store.FacetLang, Value: "fr"}}}, // before the window
		{last - store.PanesPerDay, []store.TermFacet{{ID: tiktok, Facet: store.FacetLang, Value: "es"}, {ID: tiktok, Facet: store.FacetLang, Value: "other"}}},
		{last, []store.TermFacet{
			{ID: tiktok, Facet: store.FacetLang, Value: "en"}, {ID: tiktok, Facet: store.FacetLang, Value: "es"}, {ID: tiktok, Facet: store.FacetRegion, Value: "MX"},
			{ID: other, Facet: store.FacetLang, Value: "ja"},
		}},
	} {
		if err := st.AppendFacets(at.pane, at.pairs); err != nil {
			t.Fatal(err)
		}
	}
	opt.History = st
	got := ask[api.TermAnswer](t, newServer(t, opt), "/api/v1/terms/hashtag/booktok")
	if want := []api.Used{{Name: "es", Days: 2}, {Name: "en", Days: 1}}; !slices.Equal(got.Langs, want) || !slices.Equal(got.Regions, []api.Used{{Name: "MX", Days: 1}}) {
		t.Errorf("got %+v and %+v", got.Langs, got.Regions)
	}
	opt.History = nil
	if got := ask[api.TermAnswer](t, newServer(t, opt), "/api/v1/terms/hashtag/booktok"); len(got.Langs)+len(got.Regions) > 0 {
		t.Errorf("got %+v and %+v", got.Langs, got.Regions)
	}
}
