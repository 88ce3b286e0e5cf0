package serve

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// discard is a response that goes nowhere.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

const (
	manyOpen    = 10_000  // trends
	manyTracked = 100_000 // terms
)

// largeStore is a store whose dictionary has many terms, those of [manyTrends] among them,
// used in posts of some languages and regions.
var largeStore = sync.OnceValues(func() (*store.Store, error) {
	st, err := tempStore()
	if err != nil {
		return nil, err
	}
	v := &manyTrends(manyOpen).view
	terms := make([]store.Term, 0, manyTracked)
	add := func(t term.Term, platform string) {
		terms = append(terms, store.Term{ID: term.ScopeOf(t.Kind, platform).ID(t.Key), Kind: t.Kind, Platform: platform, Key: t.Key, Display: t.Display, FirstSeen: fixedAsOf*1e6 - 3600e6})
	}
	for t := range v.Open() {
		add(t.Term, t.Platform)
	}
	for i := len(terms); i < manyTracked; i++ {
		add(term.Term{Kind: term.Hashtag, Key: fmt.Sprint("other", i)}, "tiktok")
	}
	if err := st.RegisterTerms(terms); err != nil {
		return nil, err
	}
	var facets []store.TermFacet
	for i := range terms {
		facets = append(facets, store.TermFacet{ID: terms[i].ID, Facet: store.FacetLang, Value: []string{"en", "es", "ja"}[i%3]},
			store.TermFacet{ID: terms[i].ID, Facet: store.FacetRegion, Value: []string{"US", "MX"}[i%2]})
	}
	pane := v.AsOf/detect.PaneSeconds - 1
	if err := st.AppendFacets(pane, facets); err != nil {
		return nil, err
	}
	if err := st.AppendPane(pane, nil, nil); err != nil {
		return nil, err
	}
	return st, st.PutRanking(v.AsOf*1e6, v.AppendBinary(nil))
})

// rankingCases are questions of every sort.
var rankingCases = []struct{ name, query string }{
	{"default", ""},
	{"platform", "?platform=tiktok,x"},
	{"kind-phase", "?kind=hashtag&phase=emerging,rising"},
	{"held", "?phase=unconfirmed"},
	{"confidence", "?min_confidence=0.5&confirmed=1&min_score=3"},
	{"text", "?q=tok77"},
	{"text-common", "?q=o"},
	{"text-none", "?q=nothinglikeit"},
	{"prefix", "?prefix=book_tok1"},
	{"watch", "?watch=books"},
	{"watch-10000", "?watch=large"},
	{"lang", "?lang=es,ja"},
	{"lang-region", "?lang=en&region=MX&kind=hashtag"},
	{"rate", "?sort=rate"}, {"authors", "?sort=authors"}, {"hours_left", "?sort=hours_left"},
	{"1h-rate", "?window=1h&sort=rate"}, {"6h-growth", "?window=6h&sort=growth"}, {"24h-growth", "?window=24h&sort=growth&platform=x"}, {"72h-growth", "?sort=growth"},
	{"all-at-once", "?platform=tiktok&kind=hashtag&phase=emerging,peaking&q=tok&min_confidence=0.2&lang=en,es&watch=large&window=6h&sort=growth&limit=10"},
	{"series", "?series=1"},
	{"last-page", ""}, // by its cursor
}

// BenchmarkTrends asks a view of 10,000 open trends beside 100,000 tracked terms; the answers
// that are kept whole are forgotten each time. What a view is asked for the first time it
// has to make ready: that is told as first-µs, and the rest as p50-µs and p99-µs.
func BenchmarkTrends(b *testing.B) {
	st, err := largeStore()
	if err != nil {
		b.Fatal(err)
	}
	opt := fixedOptions(b)
	opt.History, opt.Sources = st, fixedHealth
	for _, c := range rankingCases {
		b.Run(c.name, func(b *testing.B) {
			source := manyTrends(manyOpen)
			if c.name == "series" {
				knowUsual(&source.view)
			}
			opt.Source = source
			s := newServer(b, opt)
			keepLists(b, s)
			keepLargeList(b, s)
			query := c.query
			if c.name == "last-page" {
				v := s.live()
				at := cursor{view: v.hash, asOf: v.view.AsOf, query: defaultQuery(b, s).hash(), offset: len(v.view.Trends) - 50}
				query = "?cursor=" + at.String()
			}
			r := httptest.NewRequest("GET", "/api/v1/trends"+query, nil)
			r.Host = "localhost"
			once := func() time.Duration {
				s.rankings.mu.byTag = nil
				d := &discard{header: http.Header{}}
				begin := time.Now()
				s.ServeHTTP(d, r)
				took := time.Since(begin)
				if d.status != http.StatusOK {
					b.Fatalf("status %d", d.status)
				}
				return took
			}
			first := once()
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				took = append(took, once())
			}
			slices.Sort(took)
			b.ReportMetric(micros(first), "first-µs") // the loop forgets what was told before it
			b.ReportMetric(micros(took[len(took)/2]), "p50-µs")
			b.ReportMetric(micros(took[len(took)*99/100]), "p99-µs")
		})
	}
}

// knowUsual has it be known what is usual of trends from posts: some hundred posts an hour, of
// which it takes longest to tell how they scatter.
func knowUsual(v *engine.View) {
	var r detect.Rhythm
	var learned detect.Baseline
	opt := detect.DefaultOptions()
	const posts = 400
	for pane := runningHour(v.AsOf)*detect.PanesPerHour - 5*detect.PanesPerDay; pane < v.AsOf/detect.PaneSeconds; pane++ {
		r.Close(pane, detect.Volume{Posts: 5 * posts / detect.PanesPerHour, Fresh: 10 * posts / detect.PanesPerHour}, false)
		if (pane+1)%detect.PanesPerHour == 0 {
			learned.Learn(r.Frame(&opt), detect.HourOf(pane)-detect.Guard, posts, 2*posts)
		}
	}
	usual := learned.UsualOf(r.Frame(&opt))
	for t := range v.Open() {
		if t.Hours != nil {
			t.Usual = &usual
		}
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// defaultQuery is what is asked without parameters.
func defaultQuery(b testing.TB, s *Server) *trendQuery {
	b.Helper()
	return s.readTrendQuery(parse(httptest.NewRequest("GET", "/api/v1/trends", nil)))
}

// keepLargeList keeps a list of as many terms as there may be, half of which trend.
func keepLargeList(b testing.TB, s *Server) {
	b.Helper()
	terms := make([]watch.Term, watch.MaxTerms-100)
	for i := range terms {
		terms[i] = watch.Term{Kind: term.Hashtag, Spelling: fmt.Sprint("book-tok", 2*i)}
	}
	l, err := watch.New("large", "", start, terms)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, fault, err := s.watches.put(l, nobodyMinds); fault != nil || err != nil {
		b.Fatal(fault, err)
	}
}

// BenchmarkTrendsRepeated asks the same again, whose answer is kept.
func BenchmarkTrendsRepeated(b *testing.B) {
	opt := fixedOptions(b)
	opt.Source = manyTrends(manyOpen)
	s := newServer(b, opt)
	r := httptest.NewRequest("GET", "/api/v1/trends", nil)
	r.Host = "localhost"
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(&discard{header: http.Header{}}, r)
	}
}

// TestRankingAllocations bounds what a question costs in allocations, once a view is ready.
func TestRankingAllocations(t *testing.T) {
	opt := fixedOptions(t)
	opt.Source = manyTrends(2000)
	s := newServer(t, opt)
	keepLists(t, s)
	for _, query := range []string{"", "?platform=tiktok&q=tok&min_confidence=0.2&window=6h&sort=growth", "?watch=books&prefix=book", "?series=1"} {
		r := httptest.NewRequest("GET", "/api/v1/trends"+query, nil)
		r.Host = "localhost"
		const most = 400 // far fewer than one for each row, whatever the query
		if n := testing.AllocsPerRun(20, func() {
			s.rankings.mu.byTag = nil
			s.ServeHTTP(&discard{header: http.Header{}}, r)
		}); n > most {
			t.Errorf("%q takes %.0f allocations; want at most %d", query, n, most)
		}
	}
}

func BenchmarkTerm(b *testing.B) {
	s := newServer(b, testOptions(b))
	for _, target := range []string{"/api/v1/terms/hashtag/booktok", "/api/v1/terms/hashtag/booktok/series"} {
		b.Run(target, func(b *testing.B) {
			r := httptest.NewRequest("GET", target, nil)
			r.Host = "localhost"
			b.ReportAllocs()
			for b.Loop() {
				s.ServeHTTP(&discard{header: http.Header{}}, r)
			}
		})
	}
}
