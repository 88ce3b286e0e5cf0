package serve

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

func TestTermByAnySpelling(t *testing.T) {
	s := newServer(t, testOptions(t))
	for _, c := range []struct{ kind, key string }{
		{"hashtag", "BookTok"}, {"hashtag", "#booktok"}, {"hashtag", "＃ＢｏｏｋＴｏｋ"}, {"hashtag", " booktok "}, {"hashtag", "book\u200dtok"},
	} {
		got := ask[api.TermAnswer](t, s, api.TermPath(c.kind, c.key))
		if got.Key != "booktok" || got.Term != "BookTok" || len(got.Platforms) != 2 || got.Platforms[1].Platform != "reddit" || got.Platforms[1].Spread != "groups" {
			t.Errorf("%q: got %+v", c.key, got)
		}
		if p := got.Platforms[0]; !p.Tracked || p.Evidence == nil || p.Doorkeeper != nil || len(p.Trends) != 1 || p.FirstSeen.Unix() != start.Add(24*time.Hour).Unix() {
			t.Errorf("%q: got %+v", c.key, p)
		}
	}
	one := ask[api.TermAnswer](t, s, api.TermPath("hashtag", "booktok")+"?platform=reddit")
	if len(one.Platforms) != 1 || one.Platforms[0].Platform != "reddit" {
		t.Errorf("got %+v", one)
	}
}

// TestKeysWithSlashes asks for links with and without escaped slashes.
func TestKeysWithSlashes(t *testing.T) {
	s := newServer(t, testOptions(t))
	for _, path := range []string{
		api.TermPath("link", "https://example.com/a/series?page=2"),
		"/api/v1/terms/link/example.com/a/series%3Fpage=2",
		"/api/v1/terms/link/https://example.com/a/series%3Fpage=2",
		"/api/v1/terms/link/https://www.example.com/a%2Fseries%3Fpage=2%23top",
	} {
		if got := ask[api.TermAnswer](t, s, path); got.Key != "example.com/a/series?page=2" {
			t.Errorf("%s: key is %q", path, got.Key)
		}
		if got := ask[api.SeriesAnswer](t, s, path+"/series"); got.Key != "example.com/a/series?page=2" || len(got.Platforms) != 1 {
			t.Errorf("%s/series: got %+v", path, got)
		}
	}
	for path, key := range map[string]string{
		"/api/v1/terms/link/b.example/a/series":          "b.example/a", // the series of b.example/a
		"/api/v1/terms/link/b.example/a%2Fseries":        "b.example/a/series",
		"/api/v1/terms/link/b.example/a%2Fseries/series": "b.example/a/series",
		"/api/v1/terms/link/b.example/../c/":             "b.example/../c",
		"/api/v1/terms/hashtag/series":                   "series",
		"/api/v1/terms/hashtag/series/series":            "series",
		"/api/v1/terms/hashtag/..":                       "..",
		"/api/v1/terms/hashtag/.":                        ".",
		"/api/v1/terms/hashtag/a%2Fb":                    "a/b",
		"/api/v1/terms/hashtag/%FF%41":                   "a",
	} {
		p := problemOf(t, do(s, "GET", path))
		if p.Type != api.ProblemUnknownTerm || !strings.Contains(p.Detail, strconv.Quote(key)) {
			t.Errorf("%s: %+v, want the unknown term %q", path, p, key)
		}
	}
}

func TestTermPathRoundTrips(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	rapid.Check(t, func(rt *rapid.T) {
		key := rapid.StringN(1, 20, -1).Draw(rt, "key")
		want := term.KeyOf(term.Keyword, key)
		if want == "" || want == "/" { // net/http takes an escaped slash alone for the end of the path
			return
		}
		for _, tail := range []string{"", api.SeriesPath} {
			p := problemOf(t, do(s, "GET", api.TermPath("keyword", key)+tail))
			if p.Type != api.ProblemUnknownTerm || !strings.Contains(p.Detail, strconv.Quote(want)) {
				rt.Fatalf("%q%s: %+v, want the unknown term %q", key, tail, p, want)
			}
		}
	})
}

func TestUntrackedTerm(t *testing.T) {
	got := ask[api.TermAnswer](t, newServer(t, fixedOptions(t)), "/api/v1/terms/hashtag/booktok?platform=reddit")
	p := got.Platforms[0]
	if p.Tracked || p.TrackedSince != nil || p.Posts.Exact || p.Posts.Count != 3 || p.Authors24h != nil || p.Evidence != nil ||
		p.Doorkeeper == nil || p.Doorkeeper.Over != 2 || p.Doorkeeper.Delta != 0.01 {
		t.Errorf("got %+v", p)
	}
}

// exactHours returns the posts of every hashtag, as "platform key", by Unix hour,
// counted from the stream itself.
func exactHours() map[string]map[int64]uint64 {
	exact := map[string]map[int64]uint64{}
	for pane := range worldPanes {
		for _, rec := range stream(pane) {
			for _, tag := range rec.Tags {
				name := rec.Platform + " " + term.KeyOf(term.Hashtag, tag)
				if exact[name] == nil {
					exact[name] = map[int64]uint64{}
				}
				exact[name][rec.TS/1e6/hourSeconds]++
			}
		}
	}
	return exact
}

// TestSeriesAgainstStream compares any part of any series, from the store and
// the core, with exact counts.
func TestSeriesAgainstStream(t *testing.T) {
	opt := testOptions(t)
	stored := newServer(t, opt)
	opt.History = nil
	unstored := newServer(t, opt)
	firstHour := start.Unix() / hourSeconds
	running := firstHour + worldPanes/detect.PanesPerHour
	all := exactHours()
	rapid.Check(t, func(rt *rapid.T) {
		key := rapid.SampledFrom([]string{"daily0", "daily5", "booktok", "mañana"}).Draw(rt, "key")
		platform := rapid.SampledFrom([]string{"tiktok", "reddit"}).Draw(rt, "platform")
		if key == "mañana" {
			platform = "tiktok"
		}
		from := rapid.Int64Range(firstHour*hourSeconds, (running+5)*hourSeconds).Draw(rt, "from")
		to := rapid.Int64Range(from, (running+30)*hourSeconds).Draw(rt, "to")
		step := rapid.SampledFrom([]int64{1, 24}).Draw(rt, "step")
		exact := all[platform+" "+key]
		first := running // that has posts
		for hour := range exact {
			first = min(first, hour)
		}
		for _, s := range []*Server{stored, unstored} {
			begin := firstHour
			if s == unstored {
				begin = first // from when the core tracks the term
			}
			var want []api.Point
			for at := firstHour / step; at <= running/step; at++ {
				if sec := at * step * hourSeconds; sec+step*hourSeconds <= from || sec >= to || from == to && sec < from { // a range is widened to whole steps
					continue
				}
				p := api.Point{Start: unix(at * step * hourSeconds)}
				for hour := max(at*step, begin); hour < (at+1)*step && hour <= running; hour++ {
					p.Hours++
					p.Posts += exact[hour]
					p.Partial = hour == running
				}
				if p.Hours > 0 {
					want = append(want, p)
				}
			}
			q := url.Values{"platform": {platform}, "from": {unix(from).Format(time.RFC3339)}, "to": {strconv.FormatInt(to, 10)}, "step": {map[int64]string{1: "1h", 24: "1d"}[step]}}
			got := ask[api.SeriesAnswer](t, s, api.TermPath("hashtag", key)+"/series?"+q.Encode())
			points := got.Platforms[0].Points
			for i := range points {
				if points[i].FreshAuthors < 0 || float64(points[i].FreshAuthors) > float64(points[i].Posts) {
					rt.Fatalf("%+v: more authors than posts", points[i])
				}
				if points[i].Expected == points[i].Expected {
					rt.Fatalf("%+v: after a day nobody knows what is usual", points[i])
				}
				points[i].FreshAuthors, points[i].Expected, points[i].Low, points[i].High = 0, 0, 0, 0
			}
			if !slices.Equal(points, want) {
				rt.Fatalf("%s\ngot  %v\nwant %v", q.Encode(), points, want)
			}
		}
	})
}

func TestSeriesTakesZonesWithPlus(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	plain := ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/booktok/series?from=2026-03-06T01:00:00%2B01:00")
	loose := ask[api.SeriesAnswer](t, s, "/api/v1/terms/hashtag/booktok/series?from=2026-03-06T01:00:00+01:00")
	if want := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC); !plain.Range.From.Equal(want) || !loose.Range.From.Equal(want) {
		t.Errorf("got %v and %v, want %v", plain.Range.From, loose.Range.From, want)
	}
}

func TestTooManyPointsInAll(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = manyHours{opt.History, 6000}
	p := problemOf(t, do(newServer(t, opt), "GET", "/api/v1/terms/hashtag/booktok/series?from=0&to=36000000"))
	if p.Type != api.ProblemTooManyPoints || p.Parameter != "platform" {
		t.Errorf("got %+v", p)
	}
}
