package serve

import (
	"net/url"
	"slices"
	"testing"

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
