package serve

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// manyTrends returns a view of n trends that differ in all that can be asked, a sixth
// of them held back.
func manyTrends(n int) *fixed {
	f := fixedSource()
	models := f.view.Trends
	f.view.Trends, f.view.Held = nil, nil
	for i := range n {
		tr := models[i%len(models)]
		tr.Term.Key = fmt.Sprintf("%s%d", tr.Term.Key, i)
		tr.Term.Display = fmt.Sprintf("%s%d", tr.Term.Display, i)
		if i%9 == 6 {
			tr.Variants = []engine.Variant{{Term: term.Term{Kind: tr.Term.Kind, Key: fmt.Sprintf("Libro_%d", i), Display: "Libro"}}}
		}
		tr.Platform = f.view.Platforms[i%4].Name
		tr.Phase = detect.Emerging + detect.Phase(i%4)
		tr.Rank = float64(n - i)
		tr.Score = float64(i * 7 % 11)
		tr.PostsPerHour = float64(i * 5 % 13)
		tr.Authors24 = uint64(i * 3 % 7)
		tr.Began -= int64(i * 11 % 17)
		tr.Confidence = float64(i*13%101) / 100
		tr.Confirmed = i%5 == 0
		tr.Left.Mid = float64(i * 17 % 29)
		if tr.Hours != nil {
			tr.Hours = make([]uint32, window.Hours)
			tr.Posts, tr.Over = uint64(i%3), uint64(i%3)
			for h := window.Hours - 1 - i*31%window.Hours; h < window.Hours; h++ {
				tr.Hours[h] = uint32((i*h + 1) % 97)
				tr.Posts += uint64(tr.Hours[h])
			}
		}
		if i%6 == 5 {
			tr.Phase = detect.Unconfirmed
			f.view.Held = append(f.view.Held, tr)
			continue
		}
		f.view.Trends = append(f.view.Trends, tr)
	}
	return f
}

// modelQuery is a query as a plain walk over the view answers it.
type modelQuery struct {
	platforms, kinds, phases []string
	text, prefix             string
	score, confidence        float64 // below all: not asked
	confirmed                bool
	watch                    *watch.List
	window, order            string
}

func drawQuery(t *rapid.T, lists map[string]*watch.List) *modelQuery {
	subset := func(name string, of []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID[string]).Draw(t, name)
	}
	rarely := func(name string) bool { return rapid.IntRange(0, 3).Draw(t, name) == 0 }
	q := &modelQuery{
		platforms: subset("platforms", []string{"tiktok", "reddit", "douyin", "x", "nowhere"}),
		kinds:     subset("kinds", kindNames()), phases: subset("phases", phaseNames()),
		text:   rapid.SampledFrom([]string{"", "", "tok", "1", "espresso", "none", "libro", "Libro_6"}).Draw(t, "text"),
		prefix: rapid.SampledFrom([]string{"", "", "", "book", "book_t", "BookTok1", "id:douyin:7481", "artist – e", "example.com/a", "libro", "none"}).Draw(t, "prefix"),
		score:  float64(rapid.IntRange(-1, 12).Draw(t, "score")), confidence: -1, confirmed: rarely("confirmed"),
		window: rapid.SampledFrom([]string{"", "72h", "24h", "6h", "1h"}).Draw(t, "window"),
		order:  rapid.SampledFrom(sortNames()).Draw(t, "order"),
	}
	if rarely("confidence") {
		q.confidence = float64(rapid.IntRange(0, 100).Draw(t, "least confidence")) / 100
	}
	if rarely("watch") {
		q.watch = lists[rapid.SampledFrom([]string{"books", "empty", "sounds"}).Draw(t, "list")]
	}
	return q
}

func (q *modelQuery) values() url.Values {
	v := url.Values{"sort": {q.order}, "platform": q.platforms, "kind": {strings.Join(q.kinds, ",")}, "phase": q.phases, "q": {q.text}, "prefix": {q.prefix}, "window": {q.window}}
	if q.score >= 0 {
		v.Set("min_score", fmt.Sprint(q.score))
	}
	if q.confidence >= 0 {
		v.Set("min_confidence", fmt.Sprint(q.confidence))
	}
	if q.confirmed {
		v.Set("confirmed", "1")
	}
	if q.watch != nil {
		v.Set("watch", q.watch.Name)
	}
	return v
}

// names reports whether one of the names of the trend is as wanted.
func names(tr *engine.Trend, wanted func(kind term.Kind, key, display string) bool) bool {
	if wanted(tr.Term.Kind, tr.Term.Key, tr.Term.Display) {
		return true
	}
	return slices.ContainsFunc(tr.Variants, func(v engine.Variant) bool { return wanted(v.Term.Kind, v.Term.Key, v.Term.Display) })
}

func (q *modelQuery) wants(tr *engine.Trend) bool {
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	text, prefix := strings.ToLower(q.text), strings.ToLower(q.prefix)
	switch {
	case tr.Phase == detect.Unconfirmed && len(q.phases) == 0, tr.VariantOf != "",
		!among(q.platforms, tr.Platform), !among(q.kinds, tr.Term.Kind.String()), !among(q.phases, tr.Phase.String()),
		tr.Score < q.score, tr.Confidence < q.confidence, q.confirmed && !tr.Confirmed:
		return false
	}
	return names(tr, func(_ term.Kind, key, display string) bool {
		return strings.Contains(key, text) || strings.Contains(strings.ToLower(display), text)
	}) && names(tr, func(kind term.Kind, key, display string) bool {
		plain := strings.HasPrefix(key, prefix) || kind == term.Sound && strings.HasPrefix(strings.ToLower(display), prefix)
		group := string(term.AppendGroupKey(nil, key))
		return plain || kind == term.Hashtag && strings.HasPrefix(group, string(term.AppendGroupKey(nil, prefix)))
	}) && (q.watch == nil || names(tr, func(kind term.Kind, key, _ string) bool { return q.watch.Has(kind, key, tr.Platform) }))
}

// chosen returns the trends that the query asks for, in order.
func (q *modelQuery) chosen(v *engine.View) (out []*engine.Trend) {
	for tr := range v.Open() {
		if q.wants(tr) {
			out = append(out, tr)
		}
	}
	w := span(max(0, slices.Index(spanNames[:], q.window)))
	value := map[string]func(*engine.Trend) float64{
		"rank": func(tr *engine.Trend) float64 { return tr.Rank }, "score": func(tr *engine.Trend) float64 { return tr.Score },
		"rate":        func(tr *engine.Trend) float64 { return tr.PostsPerHour },
		"authors":     func(tr *engine.Trend) float64 { return float64(tr.Authors24) },
		"started":     func(tr *engine.Trend) float64 { return float64(tr.Began) },
		"hours_left":  func(tr *engine.Trend) float64 { return tr.Left.Mid },
		"growth":      func(tr *engine.Trend) float64 { return clockOf(v, w).measureOf(tr).growth },
		"posts_per_h": func(tr *engine.Trend) float64 { return clockOf(v, w).measureOf(tr).perHour },
	}[q.order]
	known := func(tr *engine.Trend) float64 {
		if x := value(tr); x == x {
			return x
		}
		return math.Inf(-1)
	}
	slices.SortFunc(out, func(a, b *engine.Trend) int {
		held := func(tr *engine.Trend) int { return int(tr.Phase) / int(detect.Unconfirmed) }
		return cmp.Or(cmp.Compare(held(a), held(b)), cmp.Compare(known(b), known(a)), cmp.Compare(b.Rank, a.Rank))
	})
	return out
}

func nameOf(tr *engine.Trend) string { return tr.Term.Key + " " + tr.Platform }

// keepLists writes watch lists into a server and returns them.
func keepLists(t testing.TB, s *Server) map[string]*watch.List {
	t.Helper()
	lists := map[string]*watch.List{}
	for name, terms := range map[string][]watch.Term{
		"books": {
			{Kind: term.Hashtag, Spelling: "Book-Tok3"}, {Kind: term.Hashtag, Spelling: "booktok12", Platforms: []string{"tiktok", "reddit"}},
			{Kind: term.Hashtag, Spelling: "libro6"}, {Kind: term.Keyword, Spelling: "booktok0"}, {Kind: term.Link, Spelling: "example.com/a/series?page=25"},
		},
		"sounds": {{Kind: term.Sound, Spelling: "id:douyin:74811", Platforms: []string{"reddit"}}, {Kind: term.Sound, Spelling: "id:douyin:74814"}},
		"empty":  nil,
	} {
		l, err := watch.New(name, "", start, terms)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, fault, err := s.watches.put(l, nobodyMinds); fault != nil || err != nil {
			t.Fatal(fault, err)
		}
		lists[name] = l
	}
	return lists
}

// TestTrendsAgainstModel compares any query, page by page, with a plain filter
// and sort over the view.
func TestTrendsAgainstModel(t *testing.T) {
	source := manyTrends(120)
	opt := fixedOptions(t)
	opt.Source = source
	s := newServer(t, opt)
	lists := keepLists(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		q := drawQuery(rt, lists)
		limit := rapid.IntRange(1, 50).Draw(rt, "limit")
		var want, got []string
		for _, tr := range q.chosen(&source.view) {
			want = append(want, nameOf(tr))
		}
		values := q.values()
		values.Set("limit", fmt.Sprint(limit))
		for {
			page := ask[api.TrendsAnswer](t, s, "/api/v1/trends?"+values.Encode())
			if page.Total != len(want) || len(page.Trends) > limit || page.Next != nil && len(page.Trends) != limit {
				rt.Fatalf("total %d of %d, %d rows of %d", page.Total, len(want), len(page.Trends), limit)
			}
			for _, facets := range [][]api.Facet{page.Counts.Phases, page.Counts.Kinds, page.Counts.Platforms} {
				sum := 0
				for _, f := range facets {
					sum += f.Trends
				}
				if sum != page.Total {
					rt.Fatalf("counts %+v do not add up to %d", facets, page.Total)
				}
			}
			for _, tr := range page.Trends {
				got = append(got, tr.Key+" "+tr.Platform)
			}
			if page.Next == nil {
				break
			}
			values.Set("cursor", *page.Next)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s\ngot  %v\nwant %v", values.Encode(), got, want)
		}
	})
}

// TestRowsAreWhatTheyWouldBe compares answers that are put together from rows with what
// encoding them whole gives.
func TestRowsAreWhatTheyWouldBe(t *testing.T) {
	source := manyTrends(60)
	for i := range source.view.Trends {
		tr := &source.view.Trends[i]
		tr.Term.Display += ` "<,"posts":{}>,"authors_24h":`
		tr.Variants = append(tr.Variants, engine.Variant{Term: tr.Term, Posts: 3, Over: 1, Authors24: 2})
	}
	opt := fixedOptions(t)
	opt.Source = source
	s := newServer(t, opt)
	for _, query := range []string{"", "&series=1", "&window=6h&sort=growth", "&window=1h&phase=unconfirmed", "&q=nothinglikeit"} {
		for range 2 { // made, and kept
			s.rankings.mu.byTag = nil
			got := body(t, do(s, "GET", "/api/v1/trends?limit=60"+query))
			var out api.TrendsAnswer
			if err := json.Unmarshal(got, &out); err != nil {
				t.Fatal(err)
			}
			want, err := json.Marshal(out)
			if err != nil || string(got) != string(want)+"\n" {
				t.Errorf("%s:\ngot  %s\nwant %s (%v)", query, got, want, err)
			}
		}
	}
}
