package serve

import (
	"net/http"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/store"
)

// term answers GET /api/v1/terms/{kind}/{key}.
func (s *Server) term(r *http.Request) (*reply, *Problem) {
	a, fault := s.ask(r, parse(r, "platform"))
	if fault != nil {
		return nil, fault
	}
	out := &TermAnswer{Kind: a.kind.String(), Key: a.key, Term: a.name(), AsOf: unixOrNil(a.asOf), Platforms: []TermPlatform{}}
	if a.asOf != 0 {
		out.Window = &Span{From: unix(windowHour(a.asOf) * hourSeconds), To: unix(a.asOf)}
	}
	for i := range a.found {
		out.Platforms = append(out.Platforms, a.found[i].answer(a))
	}
	return &reply{value: out}, nil
}

// answer tells what is known of the term on one platform.
func (f *found) answer(a *asked) TermPlatform {
	out := TermPlatform{
		Platform: f.name, Term: f.display(a.key), Spread: f.spread, FirstSeen: unixOrNil(f.firstSeen()),
		Posts: Posts{Exact: true}, UsualAuthorsPerH: unknown, Trends: []Trend{}, Gauges: []Gauge{},
	}
	if f.counts != nil {
		f.count(&out)
	}
	for _, t := range f.trends {
		out.Trends = append(out.Trends, trendOf(t))
	}
	for _, g := range f.gauges {
		out.Gauges = append(out.Gauges, gaugeOf(g))
	}
	return out
}

// count fills in what the core knows.
func (f *found) count(out *TermPlatform) {
	c := f.counts
	out.Posts = Posts{Count: c.Count.Posts, Over: c.Count.Over, Exact: c.Count.Exact(), AtLeast: c.Count.AtLeast}
	if !c.Count.Tracked {
		out.Doorkeeper = &Doorkeeper{Over: c.ErrorBound, Delta: window.BoundDelta}
		return
	}
	since := unix(detect.PaneStart(c.Count.Since))
	out.Tracked, out.TrackedSince = true, &since
	out.Authors24h = authorsOf(c.Authors24, c.AuthorsError, c.Count.Posts)
	out.Authors72h = authorsOf(c.Authors72, c.AuthorsError, c.Count.Posts)
	out.UsualAuthorsPerH, out.Evidence = rounded(c.UsualPerHour), evidenceOf(&c.Evidence)
}

func gaugeOf(g store.Gauge) Gauge {
	return Gauge{List: g.List, Metric: g.Metric, Unit: g.Unit.String()}
}
