package serve

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
)

func TestTrendsOfARealStream(t *testing.T) {
	opt := testOptions(t)
	s := newServer(t, opt)
	all := ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=1000&series=1")
	view := opt.Source.View()
	if all.Total != len(view.Trends) || all.Seq != view.Seq || all.AsOf.Unix() != view.AsOf || all.Next != nil {
		t.Errorf("total %d, seq %d, as of %v do not fit the view", all.Total, all.Seq, all.AsOf)
	}
	top := all.Trends[0]
	if top.Key != "booktok" || top.Platform != "tiktok" || !top.Confirmed || top.Platforms < 2 {
		t.Errorf("on top is %+v", top)
	}
	posts := uint64(0)
	for pane := range worldPanes {
		for _, rec := range stream(pane) {
			if rec.Platform == "tiktok" && slices.Contains(rec.Tags, "BookTok") {
				posts++
			}
		}
	}
	if got := *top.Posts; got != (api.Posts{Count: posts, Exact: true}) {
		t.Errorf("posts are %+v, want %d exactly", got, posts)
	}
	for _, tr := range all.Trends {
		if tr.Raised.Before(tr.Started) || tr.Since.Before(tr.Raised) || all.AsOf.Before(tr.Since) {
			t.Errorf("%s: started %v, raised %v, in its phase since %v, as of %v", tr.Key, tr.Started, tr.Raised, tr.Since, all.AsOf)
		}
		if l := tr.HoursLeft; l.Low > l.Mid || l.Mid > l.High || tr.Confidence < 0 || tr.Confidence > 1 {
			t.Errorf("%s: hours left %+v, confidence %v", tr.Key, l, tr.Confidence)
		}
		if tr.Posts == nil {
			continue
		}
		sum := uint64(0)
		for _, n := range tr.Hours {
			sum += uint64(n)
		}
		if len(tr.Hours) != 72 || sum > tr.Posts.Count || sum < tr.Posts.Count-tr.Posts.Over {
			t.Errorf("%s: %d hours with %d posts do not fit %+v", tr.Key, len(tr.Hours), sum, tr.Posts)
		}
		if a := tr.Authors72h; a.Low > a.Estimate || a.Estimate > a.High || a.High > tr.Posts.Count {
			t.Errorf("%s: authors %+v of %d posts", tr.Key, a, tr.Posts.Count)
		}
	}
}

func TestTrendsAreFoundAsTheyAreWritten(t *testing.T) {
	s := newServer(t, testOptions(t))
	for q, want := range map[string]string{
		"#BookTok": "booktok", "BOOKTOK": "booktok", "ookt": "booktok", "#booktok": "booktok", "man\u0303": "mañana", "MAÑANA": "mañana",
	} {
		got := ask[api.TrendsAnswer](t, s, "/api/v1/trends?q="+url.QueryEscape(q))
		if len(got.Trends) == 0 {
			t.Errorf("%q finds nothing", q)
		}
		for _, tr := range got.Trends {
			if tr.Key != want {
				t.Errorf("%q finds %q", q, tr.Key)
			}
		}
	}
	// The title of a sound is not in its key.
	got := ask[api.TrendsAnswer](t, newServer(t, fixedOptions(t)), "/api/v1/trends?q=espresso")
	if len(got.Trends) != 1 || got.Trends[0].Key != espresso.Key || got.Trends[0].Posts != nil || got.Trends[0].Authors24h != nil {
		t.Errorf("got %+v", got.Trends)
	}
}

func TestTrendsBeforeTheFirstPane(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source, opt.History = &fixed{}, nil
	s := newServer(t, opt)
	got := ask[api.TrendsAnswer](t, s, "/api/v1/trends")
	if got.AsOf != nil || got.Window != nil || got.Trends == nil || len(got.Trends) != 0 {
		t.Errorf("got %+v", got)
	}
	if st := ask[api.StatusAnswer](t, s, "/api/v1/status"); st.AsOf != nil || st.Newest != nil || !st.Ready {
		t.Errorf("got %+v", st)
	}
	if p := problemOf(t, do(s, "GET", "/api/v1/terms/hashtag/booktok/series")); p.Type != api.ProblemUnknownTerm {
		t.Errorf("got %+v", p)
	}
}

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
		tr.Platform = f.view.Platforms[i%4].Name
		tr.Phase = detect.Emerging + detect.Phase(i%4)
		tr.Rank = float64(n - i)
		tr.Score = float64(i * 7 % 11)
		tr.PostsPerHour = float64(i * 5 % 13)
		tr.Authors24 = uint64(i * 3 % 7)
		tr.Began -= int64(i * 11 % 17)
		if i%6 == 5 {
			tr.Phase = detect.Unconfirmed
			f.view.Held = append(f.view.Held, tr)
			continue
		}
		f.view.Trends = append(f.view.Trends, tr)
	}
	return f
}

// TestTrendsAgainstModel compares any query, page by page, with a plain filter
// and sort over the view.
func TestTrendsAgainstModel(t *testing.T) {
	source := manyTrends(120)
	opt := fixedOptions(t)
	opt.Source = source
	s := newServer(t, opt)
	subset := func(t *rapid.T, name string, of []string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID[string]).Draw(t, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		platforms := subset(rt, "platforms", []string{"tiktok", "reddit", "douyin", "x", "nowhere"})
		kinds := subset(rt, "kinds", kindNames())
		phases := subset(rt, "phases", phaseNames())
		text := rapid.SampledFrom([]string{"", "tok", "1", "espresso", "none"}).Draw(rt, "text")
		score := rapid.IntRange(-1, 12).Draw(rt, "score")
		order := rapid.SampledFrom([]string{"rank", "score", "rate", "authors", "started"}).Draw(rt, "order")
		limit := rapid.IntRange(1, 50).Draw(rt, "limit")

		among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
		var want []string
		var chosen []*engine.Trend
		for tr := range source.view.Open() {
			if tr.Phase == detect.Unconfirmed && len(phases) == 0 || tr.VariantOf != "" {
				continue
			}
			if among(platforms, tr.Platform) && among(kinds, tr.Term.Kind.String()) && among(phases, tr.Phase.String()) &&
				(score < 0 || tr.Score >= float64(score)) &&
				(strings.Contains(tr.Term.Key, text) || strings.Contains(strings.ToLower(tr.Term.Display), text)) {
				chosen = append(chosen, tr)
			}
		}
		value := map[string]func(*engine.Trend) float64{
			"rank": func(tr *engine.Trend) float64 { return tr.Rank }, "score": func(tr *engine.Trend) float64 { return tr.Score },
			"rate":    func(tr *engine.Trend) float64 { return tr.PostsPerHour },
			"authors": func(tr *engine.Trend) float64 { return float64(tr.Authors24) },
			"started": func(tr *engine.Trend) float64 { return float64(tr.Began) },
		}[order]
		slices.SortFunc(chosen, func(a, b *engine.Trend) int {
			held := func(tr *engine.Trend) int { return int(tr.Phase) / int(detect.Unconfirmed) }
			return cmp.Or(cmp.Compare(held(a), held(b)), cmp.Compare(value(b), value(a)), cmp.Compare(b.Rank, a.Rank))
		})
		for _, tr := range chosen {
			want = append(want, tr.Term.Key+" "+tr.Platform)
		}

		q := url.Values{"sort": {order}, "limit": {fmt.Sprint(limit)}, "platform": platforms, "kind": {strings.Join(kinds, ",")}, "phase": phases, "q": {text}}
		if score >= 0 {
			q.Set("min_score", fmt.Sprint(score))
		}
		var got []string
		for {
			page := ask[api.TrendsAnswer](t, s, "/api/v1/trends?"+q.Encode())
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
			q.Set("cursor", *page.Next)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s\ngot  %v\nwant %v", q.Encode(), got, want)
		}
	})
}

func TestCursors(t *testing.T) {
	source := manyTrends(10)
	opt := fixedOptions(t)
	opt.Source = source
	s := newServer(t, opt)
	next := *ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=3").Next
	target := "/api/v1/trends?limit=3&cursor=" + next
	if p := problemOf(t, do(s, "GET", target+"&sort=rate")); p.Type != api.ProblemInvalidParameter || p.Parameter != "cursor" {
		t.Errorf("cursor of another query: %+v", p)
	}
	restarted := opt
	restarted.Nonce = "later"
	if page := ask[api.TrendsAnswer](t, newServer(t, restarted), target); len(page.Trends) != 3 {
		t.Errorf("cursor of another start: %d trends", len(page.Trends))
	}
	source.view.Counters.Records++
	if p := problemOf(t, do(s, "GET", target)); p.Type != api.ProblemStaleCursor {
		t.Errorf("cursor of another view of that number: %+v", p)
	}
	source.view.Counters.Records--
	source.view.Seq++
	if p := problemOf(t, do(s, "GET", target)); p.Type != api.ProblemStaleCursor || p.Status != 410 {
		t.Errorf("cursor of another view: %+v", p)
	}
}

func FuzzCursor(f *testing.F) {
	at := cursor{view: 9, seq: 5, query: 7, offset: 50}
	f.Add(at.String())
	f.Add("")
	f.Add("____")
	f.Fuzz(func(t *testing.T, text string) {
		c := cursor{view: 9, seq: 5, query: 7}
		if c.resume(text) == nil && (c.String() != text || c.offset < 0) {
			t.Errorf("%q is taken for %q", text, c.String())
		}
	})
}
