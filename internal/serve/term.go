package serve

import (
	"net/http"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// term answers GET /api/v1/terms/{kind}/{key}.
func (s *Server) term(r *http.Request) (*reply, *api.Problem) {
	a, fault := s.ask(r, parse(r, "at", "platform"))
	if fault != nil {
		return nil, fault
	}
	out := &api.TermAnswer{Demo: s.opt.Demo, Kind: a.kind.String(), Key: a.key, Term: a.name(), AsOf: unixOrNil(a.asOf), Platforms: []api.TermPlatform{},
		Examples: s.examplesOf(a), Langs: s.usedBy(a, store.FacetLang), Regions: s.usedBy(a, store.FacetRegion), Notes: s.notesOf(a)}
	if a.asOf != 0 {
		out.Window = &api.Span{From: unix(windowHour(a.asOf) * hourSeconds), To: unix(a.asOf)}
		out.Coverage = s.coverage(a.view, windowHour(a.asOf)*hourSeconds, a.asOf, a.past, a.platforms()...)
	}
	for i := range a.found {
		out.Platforms = append(out.Platforms, a.found[i].answer(a))
	}
	var err error
	if out.Origin, err = s.arrivals(a); err != nil {
		return nil, s.failed(a, err)
	}
	if out.Variants, err = s.variants(r.Context(), a); err != nil {
		return nil, s.failed(a, err)
	}
	return &reply{value: out}, nil
}

// answer tells what is known of the term on one platform.
func (f *found) answer(a *asked) api.TermPlatform {
	out := api.TermPlatform{
		Platform: f.name, Term: f.display(a.key), Spread: f.spread, FirstSeen: unixOrNil(f.firstSeen()),
		UsualAuthorsPerH: api.Unknown, Trends: []api.Trend{}, Gauges: []api.Gauge{},
	}
	switch {
	case f.counts != nil && a.past:
		f.recalled(&out)
	case f.counts != nil:
		f.count(&out)
	case !a.past:
		out.Posts = &api.Posts{Exact: true}
	}
	for _, t := range f.trends {
		row := trendOf(t)
		m := clockOf(a.view, span72h).measureOf(t)
		setMeasure(&row, &m)
		out.Trends = append(out.Trends, row)
	}
	for _, g := range f.gauges {
		out.Gauges = append(out.Gauges, gaugeOf(g))
	}
	return out
}

// count fills in what the core knows.
func (f *found) count(out *api.TermPlatform) {
	c := f.counts
	out.Posts = postsOf(&c.Count)
	if !c.Count.Tracked {
		out.Doorkeeper = &api.Doorkeeper{Over: c.ErrorBound, Delta: window.BoundDelta}
		return
	}
	f.recalled(out)
	out.Authors24h = api.AuthorsOf(c.Authors24, c.AuthorsError, c.Count.Posts)
	out.Authors72h = api.AuthorsOf(c.Authors72, c.AuthorsError, c.Count.Posts)
	out.UsualAuthorsPerH, out.Evidence = api.Rounded(c.UsualPerHour), evidenceOf(&c.Evidence)
}

// recalled fills in what is kept of the counts of a tracked term.
func (f *found) recalled(out *api.TermPlatform) {
	since := unix(detect.PaneStart(f.counts.Count.Since))
	out.Tracked, out.TrackedSince, out.Posts = true, &since, postsOf(&f.counts.Count)
}

func postsOf(c *window.Count) *api.Posts {
	return &api.Posts{Count: c.Posts, Over: c.Over, Exact: c.Exact(), AtLeast: c.AtLeast}
}

func gaugeOf(g store.Gauge) api.Gauge {
	return api.Gauge{From: fromGauge, List: g.List, Metric: g.Metric, Unit: g.Unit.String()}
}
