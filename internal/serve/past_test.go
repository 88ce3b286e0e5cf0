package serve

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
)

// One tag stands for one body, now, in the past and after the next start.
func TestPastRankings(t *testing.T) {
	opt := fixedOptions(t)
	s := newServer(t, opt)
	past := fmt.Sprint("/api/v1/trends?limit=1&at=", fixedAsOf-1)
	resp := do(s, "GET", past)
	first, tag := body(t, resp), resp.Header.Get("ETag")
	page := ask[api.TrendsAnswer](t, s, past)
	if page.AsOf.Unix() != fixedAsOf-detect.PaneSeconds || page.Next == nil {
		t.Fatalf("as of %v, next %v", page.AsOf, page.Next)
	}
	if next := ask[api.TrendsAnswer](t, s, past+"&cursor="+*page.Next); len(next.Trends) != 1 || next.Trends[0].Key == page.Trends[0].Key {
		t.Errorf("the next page is %+v", next.Trends)
	}
	opt.Nonce = "later"
	again := newServer(t, opt)
	resp = do(again, "GET", past)
	if b := body(t, resp); !bytes.Equal(b, first) || resp.Header.Get("ETag") != tag {
		t.Errorf("after a restart tag %s was %s, body\n%s\nwas\n%s", resp.Header.Get("ETag"), tag, b, first)
	}
	if resp := do(again, "GET", past, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for what the asker holds", resp.StatusCode)
	}
	// A cursor that has outlived its view goes on as of then.
	now := ask[api.TrendsAnswer](t, s, fmt.Sprint("/api/v1/trends?limit=1&at=", fixedAsOf))
	live := ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=1")
	for _, target := range []string{"/api/v1/trends?limit=1", fmt.Sprint("/api/v1/trends?limit=1&at=", fixedAsOf)} {
		for _, next := range []string{*now.Next, *live.Next} {
			if page := ask[api.TrendsAnswer](t, s, target+"&cursor="+next); len(page.Trends) != 1 || page.Trends[0].Key == now.Trends[0].Key {
				t.Errorf("%s goes on with %+v", target, page.Trends)
			}
		}
	}
	if p := problemOf(t, do(s, "GET", past+"&cursor="+*live.Next)); p.Type != api.ProblemInvalidParameter || p.Parameter != "cursor" {
		t.Errorf("cursor of another view: %+v", p)
	}
}

func TestPastWithoutHistory(t *testing.T) {
	opt := fixedOptions(t)
	opt.History = nil
	s := newServer(t, opt)
	for _, target := range []string{
		fmt.Sprint("/api/v1/trends?at=", fixedAsOf-600), fmt.Sprint("/api/v1/terms/hashtag/booktok?at=", fixedAsOf), "/api/v1/trends?lang=en",
	} {
		if p := problemOf(t, do(s, "GET", target)); p.Type != api.ProblemNotKept {
			t.Errorf("%s: %+v", target, p)
		}
	}
	if page := ask[api.TrendsAnswer](t, s, fmt.Sprint("/api/v1/trends?at=", fixedAsOf)); page.AsOf.Unix() != fixedAsOf {
		t.Errorf("the newest view as of its own time: %v", page.AsOf)
	}
}

// Views that are kept are few, and the ones used last.
func TestViewsAreKept(t *testing.T) {
	var k views
	v := fixedSource().view
	at := func(i int64) int64 { return fixedAsOf + i*detect.PaneSeconds }
	for i := range int64(maxViews + 3) {
		next := v
		next.AsOf = at(i)
		r := newRanking(&next)
		k.put(r)
		k.put(r) // no other place
		if k.get(fixedAsOf) == nil && i < maxViews {
			t.Fatalf("the first view is gone after %d", i+1)
		}
		if k.named(r.hash, next.AsOf) != r || k.named(r.hash+1, next.AsOf) != nil {
			t.Fatalf("view %d is not found by its name", i)
		}
	}
	if len(k.kept) != maxViews || k.get(at(1)) != nil {
		t.Errorf("%d views are kept", len(k.kept))
	}
	for i := range int64(4) { // large ones are fewer
		next := v
		next.AsOf = at(100 + i)
		next.Trends = make([]engine.Trend, maxViewRows/2-1)
		k.put(newRanking(&next))
	}
	if len(k.kept) != 3 || k.get(at(103)) == nil || k.get(at(101)) == nil {
		t.Errorf("%d large views are kept", len(k.kept))
	}
}

// BenchmarkPast asks for rankings of other moments each time, and for the same.
func BenchmarkPast(b *testing.B) {
	w, err := shared()
	if err != nil {
		b.Fatal(err)
	}
	s := newServer(b, testOptions(b))
	newest := w.engine.View().AsOf
	b.Run("other", func(b *testing.B) {
		for n := int64(0); b.Loop(); n++ {
			target := fmt.Sprint("/api/v1/trends?limit=50&at=", newest-(n*7%150)*detect.PaneSeconds)
			if resp := do(s, "GET", target); resp.StatusCode != http.StatusOK {
				b.Fatalf("%s: %s", target, resp.Status)
			}
		}
	})
	b.Run("same", func(b *testing.B) {
		for b.Loop() {
			do(s, "GET", fmt.Sprint("/api/v1/trends?limit=50&at=", newest-3*detect.PaneSeconds))
		}
	})
	b.Run("term", func(b *testing.B) {
		for n := int64(0); b.Loop(); n++ {
			do(s, "GET", fmt.Sprint("/api/v1/terms/hashtag/booktok?at=", newest-(n*7%20)*detect.PaneSeconds))
		}
	})
	b.Run("series", func(b *testing.B) {
		for n := int64(0); b.Loop(); n++ {
			do(s, "GET", fmt.Sprint("/api/v1/terms/hashtag/booktok/series?at=", newest-(n*7%20)*detect.PaneSeconds))
		}
	})
}
