package serve

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/association"
	"github.com/swell-radar/swell/term"
)

const (
	defaultRelated = 20
	maxRelated     = 200

	// By default a pair must have met often enough to say anything, and more often than one in
	// a thousand pairs does by chance: the 0.999 quantile of χ² with one degree of freedom.
	defaultBoth = 3
	defaultLLR  = 10.83
)

// relatedQuery says which companions of a term are asked for.
type relatedQuery struct {
	kinds   []string // empty: all
	minBoth uint64
	minLLR  float64
	sort    string
	limit   int
}

// companion is a term that comes with the one asked for, and how far from chance.
type companion struct {
	*engine.Companion
	table          association.Table
	llr, pmi, npmi float64
}

// relatedOrders are the ways to sort companions, each by what stands higher in the list.
var relatedOrders = map[string]func(a, b *companion) int{
	"llr":  func(a, b *companion) int { return cmp.Compare(b.llr, a.llr) },
	"pmi":  func(a, b *companion) int { return cmp.Compare(b.pmi, a.pmi) },
	"npmi": func(a, b *companion) int { return cmp.Compare(b.npmi, a.npmi) },
	"both": func(a, b *companion) int { return cmp.Compare(b.Both, a.Both) },
}

func readRelatedQuery(p *params) *relatedQuery {
	q := &relatedQuery{
		kinds:   p.some("kind", kindNames()),
		minBoth: uint64(p.integer("min_both", defaultBoth, 1, 1_000_000)),
		minLLR:  p.number("min_llr", defaultLLR),
		sort:    p.choice("sort", "llr", "pmi", "npmi", "both"),
		limit:   p.integer("limit", defaultRelated, 1, maxRelated),
	}
	if q.minLLR < 0 {
		p.refuse("min_llr", "is %.80q; use 0 or more: what comes together less often than by chance is not listed", p.one("min_llr"))
	}
	return q
}

// related answers GET /api/v1/terms/{kind}/{key}/related.
func (s *Server) related(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "platform", "kind", "min_both", "min_llr", "sort", "limit")
	q := readRelatedQuery(p)
	a, fault := s.ask(r, p)
	if fault != nil {
		return nil, fault
	}
	found, err := s.opt.Source.Together(r.Context(), a.kind, a.key, a.platform)
	if err != nil {
		return nil, s.failed(a, err)
	}
	out := &api.RelatedAnswer{
		Demo: s.opt.Demo, Kind: a.kind.String(), Key: a.key, Term: a.name(), Platforms: []api.RelatedPlatform{},
	}
	out.AsOf, out.Window = cover(a.view)
	out.Coverage = s.coverage(a.view, a.view.From, a.view.AsOf, a.past, a.platforms()...)
	for i := range found {
		out.Platforms = append(out.Platforms, q.platform(&found[i]))
	}
	return withRows(r, out, out.Rows), nil
}

// Company returns what comes in the same posts as a term on any platform, by the measure of [api.Related], the strongest first
// and at most so many, as GET related gives it. Of a term that comes on several platforms with another one, it is what the
// strongest of these has. The context bounds how long the owners are asked.
func (s *Server) Company(ctx context.Context, kind term.Kind, key string, most int) ([]api.Related, error) {
	found, err := s.opt.Source.Together(ctx, kind, key, "")
	if err != nil {
		return nil, fmt.Errorf("cannot tell what comes with %s %q: %w", kind, key, err)
	}
	q := &relatedQuery{minBoth: defaultBoth, minLLR: defaultLLR, sort: "llr", limit: most}
	var out []api.Related
	for i := range found {
		out = append(out, q.platform(&found[i]).Related...)
	}
	slices.SortStableFunc(out, func(a, b api.Related) int { return cmp.Compare(b.LogLikelihood, a.LogLikelihood) })
	met := map[[2]string]bool{}
	out = slices.DeleteFunc(out, func(r api.Related) bool {
		twice := met[[2]string{r.Kind, r.Key}]
		met[[2]string{r.Kind, r.Key}] = true
		return twice
	})
	return out[:min(most, len(out))], nil
}

// platform returns the companions on one platform that are asked for.
func (q *relatedQuery) platform(t *engine.Together) api.RelatedPlatform {
	chosen := q.choose(t)
	out := api.RelatedPlatform{
		Platform: t.Platform, Range: api.Span{From: unix(t.From), To: unix(t.AsOf)}, Posts: t.Posts, PlatformPosts: t.All,
		Total: len(chosen), Related: []api.Related{},
	}
	for i := range chosen[:min(q.limit, len(chosen))] {
		c := &chosen[i]
		out.Related = append(out.Related, api.Related{
			Kind: c.Term.Kind.String(), Key: c.Term.Key, Term: c.Term.Display, Both: c.Both, Over: c.Over, Exact: c.Over == 0, Posts: c.Posts,
			ExpectedBoth: api.Rounded(c.table.Expected()), PMI: api.Rounded(c.pmi), NPMI: api.Rounded(c.npmi), LogLikelihood: api.Rounded(c.llr),
		})
	}
	return out
}

// choose returns the companions that are asked for, in the order asked.
func (q *relatedQuery) choose(t *engine.Together) []companion {
	var out []companion
	for i := range t.Companions {
		c := companion{Companion: &t.Companions[i]}
		if c.Both < q.minBoth || len(q.kinds) > 0 && !slices.Contains(q.kinds, c.Term.Kind.String()) {
			continue
		}
		c.table = association.Of(c.Both, t.Posts, c.Posts, t.All)
		c.llr, c.pmi, c.npmi = c.table.LogLikelihood(), c.table.PMI(), c.table.NPMI()
		if c.pmi > 0 && c.llr >= q.minLLR {
			out = append(out, c)
		}
	}
	order := relatedOrders[q.sort]
	slices.SortFunc(out, func(a, b companion) int {
		return cmp.Or(order(&a, &b), cmp.Compare(b.Both, a.Both), cmp.Compare(a.Term.Kind, b.Term.Kind), cmp.Compare(a.Term.Key, b.Term.Key))
	})
	return out
}
