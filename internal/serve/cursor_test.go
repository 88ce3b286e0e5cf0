package serve

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// publishing is a source whose views follow each other.
type publishing struct {
	*fixed
	newest atomic.Pointer[engine.View]
}

func newPublishing(f *fixed) *publishing {
	p := &publishing{fixed: f}
	p.newest.Store(&f.view)
	return p
}

func (p *publishing) View() *engine.View { return p.newest.Load() }

// publish replaces the view by one of the next pane, in which the trends have changed places.
func (p *publishing) publish() *engine.View {
	v := *p.newest.Load()
	v.Seq++
	v.AsOf += detect.PaneSeconds
	v.From = windowHour(v.AsOf) * hourSeconds
	v.Trends = slices.Clone(v.Trends)
	slices.Reverse(v.Trends)
	v.Trends = v.Trends[len(v.Trends)/10:]
	for i := range v.Trends {
		t := &v.Trends[i]
		t.Rank, t.Score, t.PostsPerHour = float64(len(v.Trends)-i), float64(i*5%7), float64(i*3%11)
	}
	p.newest.Store(&v)
	return &v
}

// TestPagesWhilePublishing pages through a query while one view after another is published,
// with and without a store that keeps them: each row of the first view comes exactly once.
func TestPagesWhilePublishing(t *testing.T) {
	for _, stored := range []bool{false, true} {
		t.Run(fmt.Sprint("stored=", stored), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				source := newPublishing(manyTrends(60))
				opt := Options{Source: source, Nonce: "test"}
				most := maxViews - 1
				if stored {
					opt.History = &keptRankings{}
					most = 3 * maxViews
				}
				s := newServer(t, opt)
				keep := func(v *engine.View) {
					if stored {
						opt.History.(*keptRankings).put(v)
					}
				}
				keep(source.View())
				lists := keepLists(t, s)
				q := drawQuery(rt, lists)
				limit := rapid.IntRange(1, 12).Draw(rt, "limit")
				var want, got []string
				for _, tr := range q.chosen(source.View()) {
					want = append(want, nameOf(tr))
				}
				asOf := source.View().AsOf
				values := q.values()
				values.Set("limit", fmt.Sprint(limit))
				for {
					page := ask[api.TrendsAnswer](t, s, "/api/v1/trends?"+values.Encode())
					if page.AsOf.Unix() != asOf || page.Total != len(want) {
						rt.Fatalf("a page of %v, of %d rows; want %d", page.AsOf, page.Total, len(want))
					}
					for _, tr := range page.Trends {
						got = append(got, tr.Key+" "+tr.Platform)
					}
					if page.Next == nil {
						break
					}
					values.Set("cursor", *page.Next)
					for range rapid.IntRange(0, most).Draw(rt, "published") {
						keep(source.publish())
						if rapid.Bool().Draw(rt, "others ask") {
							ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=1")
						}
					}
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("%s\ngot  %v\nwant %v", values.Encode(), got, want)
				}
			})
		})
	}
}

// keptRankings is a history of rankings alone.
type keptRankings struct {
	History
	at   []int64
	data [][]byte
}

func (k *keptRankings) put(v *engine.View) {
	k.at, k.data = append(k.at, v.AsOf*1e6), append(k.data, v.AppendBinary(nil))
}

func (k *keptRankings) RankingAt(t int64) (int64, []byte, error) {
	for i, at := range slices.Backward(k.at) {
		if at <= t {
			return at, k.data[i], nil
		}
	}
	return 0, nil, store.ErrNotFound
}

func TestCursors(t *testing.T) {
	source := newPublishing(manyTrends(10))
	opt := fixedOptions(t)
	opt.Source, opt.History = source, nil
	s := newServer(t, opt)
	next := *ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=3").Next
	target := "/api/v1/trends?limit=3&cursor=" + next
	for _, other := range []string{"&sort=rate", "&window=6h", "&min_confidence=0.1", "&prefix=b", "&confirmed=1"} {
		if p := problemOf(t, do(s, "GET", target+other)); p.Type != api.ProblemInvalidParameter || p.Parameter != "cursor" {
			t.Errorf("cursor of another query, %s: %+v", other, p)
		}
	}
	restarted := opt
	restarted.Nonce = "later"
	if page := ask[api.TrendsAnswer](t, newServer(t, restarted), target); len(page.Trends) != 3 {
		t.Errorf("cursor of another start: %d trends", len(page.Trends))
	}
	for range maxViews + 1 { // each is asked, and pushes an older one out
		source.publish()
		ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=1")
	}
	if p := problemOf(t, do(s, "GET", target)); p.Type != api.ProblemStaleCursor || p.Status != 410 || p.Parameter != "cursor" {
		t.Errorf("cursor of a view that is kept nowhere: %+v", p)
	}
	if p := problemOf(t, do(newServer(t, restarted), "GET", target)); p.Type != api.ProblemStaleCursor {
		t.Errorf("cursor of a view before the start: %+v", p)
	}
}

// A watch list that is changed is another question.
func TestCursorsAndChangedWatches(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source = manyTrends(60)
	s := newServer(t, opt)
	put := func(body string) { wantStatus(t, request(s, "PUT", "/api/v1/watches/mine", body), 200, 201) }
	put(`{"terms":[{"kind":"hashtag","term":"booktok0"},{"kind":"hashtag","term":"booktok3"}]}`)
	next := ask[api.TrendsAnswer](t, s, "/api/v1/trends?limit=1&watch=mine").Next
	if next == nil {
		t.Fatal("no second page")
	}
	target := "/api/v1/trends?limit=1&watch=mine&cursor=" + *next
	if page := ask[api.TrendsAnswer](t, s, target); len(page.Trends) != 1 {
		t.Errorf("the second page: %+v", page)
	}
	put(`{"terms":[{"kind":"hashtag","term":"booktok3"}]}`)
	if p := problemOf(t, do(s, "GET", target)); p.Type != api.ProblemInvalidParameter || p.Parameter != "cursor" {
		t.Errorf("got %+v", p)
	}
}

func FuzzCursor(f *testing.F) {
	at := cursor{view: 9, asOf: 5, query: 7, offset: 50}
	f.Add(at.String())
	f.Add("")
	f.Add("____")
	f.Fuzz(func(t *testing.T, text string) {
		if c, fault := parseCursor(text); fault == nil && (c.String() != text || c.offset < 0) {
			t.Errorf("%q is taken for %q", text, c.String())
		}
	})
}

// Who asks as of now is answered from a view of some minutes ago, and goes on with it when
// the next one is published, the same parameter given.
func TestCursorsAndAt(t *testing.T) {
	source := newPublishing(manyTrends(10))
	source.view.Newest = (fixedAsOf + 900) * 1e6
	opt := fixedOptions(t)
	opt.Source, opt.History = source, nil
	s := newServer(t, opt)
	target := fmt.Sprint("/api/v1/trends?limit=3&at=", fixedAsOf+700)
	first := ask[api.TrendsAnswer](t, s, target)
	source.publish()
	for _, target := range []string{target, "/api/v1/trends?limit=3"} {
		second := ask[api.TrendsAnswer](t, s, target+"&cursor="+*first.Next)
		if !second.AsOf.Equal(*first.AsOf) || second.Trends[0].Key == first.Trends[0].Key {
			t.Errorf("%s goes on with %v, %+v", target, second.AsOf, second.Trends)
		}
	}
	other := fmt.Sprint("/api/v1/trends?limit=3&at=", fixedAsOf+901)
	if p := problemOf(t, do(s, "GET", other+"&cursor="+*first.Next)); p.Type != api.ProblemInvalidParameter || p.Parameter != "cursor" {
		t.Errorf("as of another moment: %+v", p)
	}
}
