package serve

import (
	"bytes"
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// trendQuery says which trends are asked for, and in which order.
type trendQuery struct {
	platforms, kinds, phases []string       // empty: all
	langs, regions           []string       // of posts that the term was used in; empty: all
	terms                    *store.TermSet // that were used so; nil: all
	text                     []byte         // normalised; part of the key or of the spelling
	minScore                 float64
	sort                     string

	at     moment
	limit  int
	series bool
	cursor string
}

// orders are the ways to sort, each by what stands higher in the list.
var orders = map[string]func(a, b *engine.Trend) int{
	"score":   func(a, b *engine.Trend) int { return cmp.Compare(b.Score, a.Score) },
	"rate":    func(a, b *engine.Trend) int { return cmp.Compare(b.PostsPerHour, a.PostsPerHour) },
	"authors": func(a, b *engine.Trend) int { return cmp.Compare(b.Authors24, a.Authors24) },
	"started": func(a, b *engine.Trend) int { return cmp.Compare(b.Began, a.Began) },
}

func (s *Server) readTrendQuery(r *http.Request) (*trendQuery, *api.Problem) {
	p := parse(r, "at", "platform", "kind", "phase", "lang", "region", "q", "min_score", "limit", "sort", "series", "cursor")
	q := &trendQuery{
		platforms: p.some("platform", nil),
		kinds:     p.some("kind", kindNames()),
		phases:    p.some("phase", phaseNames()),
		langs:     normal(p.some("lang", nil), engine.LangOf),
		regions:   normal(p.some("region", nil), engine.RegionOf),
		minScore:  p.number("min_score", math.Inf(-1)),
		sort:      p.choice("sort", "rank", "score", "rate", "authors", "started"),
		limit:     p.integer("limit", defaultLimit, 1, maxLimit),
		series:    p.choice("series", "0", "1") == "1",
		cursor:    p.one("cursor"),
	}
	if text := p.one("q"); text != "" {
		// Keys have no sign: #BookTok finds what BookTok finds.
		q.text = term.AppendKeyOf(nil, term.Mention, term.KeyOf(term.Hashtag, text))
		if len(q.text) == 0 {
			p.refuse("q", "is %.80q, in which there is nothing to look for; use letters or digits", text)
		}
	}
	if p.fault != nil {
		return nil, p.fault
	}
	var fault *api.Problem
	if q.at, fault = s.moment(p); fault != nil {
		return nil, fault
	}
	return q, s.usedIn(q)
}

func kindNames() []string {
	var names []string
	for _, k := range term.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// phaseNames lists the phases of an open trend; the last one is that of a trend
// which is held back.
func phaseNames() []string {
	var names []string
	for p := detect.Emerging; p < detect.Over; p++ {
		names = append(names, p.String())
	}
	return append(names, detect.Unconfirmed.String())
}

// hash stands for what is asked, apart from how much of it is sent.
func (q *trendQuery) hash() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %q %q %q %q %g %s", q.langs, q.regions, q.platforms, q.kinds, q.phases, q.text, q.minScore, q.sort)
	return h.Sum64()
}

// matches reports whether the trend is asked for. buf is scratch, returned for
// the next call.
func (q *trendQuery) matches(t *engine.Trend, buf []byte) (bool, []byte) {
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	switch {
	case t.Score < q.minScore,
		!among(q.platforms, t.Platform), !among(q.kinds, t.Term.Kind.String()), !among(q.phases, t.Phase.String()):
		return false, buf
	case q.terms != nil && !q.terms.Has(term.ScopeOf(t.Term.Kind, t.Platform).ID(t.Term.Key)):
		return false, buf
	case len(q.text) == 0:
		return true, buf
	}
	ok, buf := q.named(&t.Term, buf)
	for i := 0; !ok && i < len(t.Variants); i++ {
		ok, buf = q.named(&t.Variants[i].Term, buf)
	}
	return ok, buf
}

// named reports whether the text asked for is part of the term.
func (q *trendQuery) named(t *term.Term, buf []byte) (bool, []byte) {
	if buf = append(buf[:0], t.Key...); bytes.Contains(buf, q.text) {
		return true, buf
	}
	// The key of a sound may be a number: its title is in the spelling.
	buf = term.AppendKey(buf[:0], t.Display)
	return bytes.Contains(buf, q.text), buf
}

// choose returns the trends of the view that are asked for, in the order asked.
// Those held as unconfirmed must be asked for by name, and come behind all others.
func (q *trendQuery) choose(v *engine.View) []*engine.Trend {
	out := q.among(v.Trends)
	if slices.Contains(q.phases, detect.Unconfirmed.String()) {
		out = append(out, q.among(v.Held)...)
	}
	return out
}

// among returns those of the trends that are asked for, in the order asked.
func (q *trendQuery) among(trends []engine.Trend) []*engine.Trend {
	var buf []byte
	var out []*engine.Trend
	for i := range trends {
		var ok bool
		if ok, buf = q.matches(&trends[i], buf); ok {
			out = append(out, &trends[i])
		}
	}
	if order := orders[q.sort]; order != nil {
		slices.SortStableFunc(out, order) // equals stay in the order of the ranking
	}
	return out
}

// trends answers GET /api/v1/trends.
func (s *Server) trends(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readTrendQuery(r)
	if fault != nil {
		return nil, fault
	}
	v := q.at.view
	at := cursor{view: viewHash(v), seq: v.Seq, query: q.hash()}
	if q.cursor != "" {
		if fault := at.resume(q.cursor); fault != nil {
			return nil, fault
		}
	}
	etag := fmt.Sprintf("%s-%d-%016x-%d-%d-%t", s.tagStart(q.at), v.Seq, at.query, at.offset, q.limit, q.series)
	if held := heldTag(r, etag); held != "" {
		return &reply{held: held}, nil
	}
	if formOf(r).tabular() {
		out := q.answer(v, at, s.opt.Demo)
		return &reply{value: out, rows: out.Trends, etag: etag}, nil
	}
	body := s.rankings.get(etag)
	if body == nil {
		var err error
		if body, err = encode(q.answer(v, at, s.opt.Demo)); err != nil {
			s.opt.Logger.Error("cannot encode a ranking", "seq", v.Seq, "err", err)
			return nil, internal()
		}
		if v == s.opt.Source.View() {
			s.rankings.put(v.Seq, etag, body)
		}
	}
	return &reply{body: body, etag: etag}, nil
}

// tagStart begins an entity tag. What was published in the past does not change with
// the next start of the server, only with the program that writes it out.
func (s *Server) tagStart(m moment) string {
	if !m.past {
		return s.opt.Nonce
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %x", s.opt.Version, viewHash(m.view))
	return fmt.Sprintf("at-%016x", h.Sum64())
}

// answer returns the part of the view that is asked for, from the cursor on.
func (q *trendQuery) answer(v *engine.View, at cursor, demo bool) *api.TrendsAnswer {
	chosen := q.choose(v)
	asOf, window := cover(v)
	out := &api.TrendsAnswer{
		Demo: demo, AsOf: asOf, Window: window, Seq: v.Seq, Total: len(chosen), Counts: facets(chosen), Trends: []api.Trend{},
	}
	page := chosen[min(at.offset, len(chosen)):]
	if len(page) > q.limit {
		page = page[:q.limit]
		at.offset += q.limit
		next := at.String()
		out.Next = &next
	}
	for _, t := range page {
		row := trendOf(t)
		if q.series {
			row.Hours = t.Hours
		}
		out.Trends = append(out.Trends, row)
	}
	return out
}

// facets counts the trends by phase, kind and platform.
func facets(trends []*engine.Trend) api.Facets {
	phases, kinds, platforms := map[string]int{}, map[string]int{}, map[string]int{}
	for _, t := range trends {
		phases[t.Phase.String()]++
		kinds[t.Term.Kind.String()]++
		platforms[t.Platform]++
	}
	f := api.Facets{Phases: []api.Facet{}, Kinds: sortedFacets(kinds), Platforms: sortedFacets(platforms)}
	for _, name := range phaseNames() {
		if n := phases[name]; n > 0 {
			f.Phases = append(f.Phases, api.Facet{Name: name, Trends: n})
		}
	}
	return f
}

func sortedFacets(counts map[string]int) []api.Facet {
	out := make([]api.Facet, 0, len(counts))
	for name, n := range counts {
		out = append(out, api.Facet{Name: name, Trends: n})
	}
	slices.SortFunc(out, func(a, b api.Facet) int {
		return cmp.Or(cmp.Compare(b.Trends, a.Trends), cmp.Compare(a.Name, b.Name))
	})
	return out
}
