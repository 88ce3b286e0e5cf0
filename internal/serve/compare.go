package serve

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

// compare answers GET /api/v1/compare.
func (s *Server) compare(r *http.Request) (*reply, *api.Problem) {
	q, fault := s.readCompareQuery(r)
	if fault != nil {
		return nil, fault
	}
	all, fault := s.gatherAll(r.Context(), q)
	if fault != nil {
		return nil, fault
	}
	first := all[0]
	for _, a := range all {
		if a.asOf < first.asOf {
			first = a // covers the least
		}
	}
	if fault := q.settle(s.seriesEnd(first)); fault != nil {
		return nil, fault
	}
	out := &api.CompareAnswer{
		Demo: s.opt.Demo, AsOf: unixOrNil(first.asOf), Step: q.series.step,
		Range:    api.Span{From: unix(q.series.from), To: unix(q.series.to)},
		Coverage: s.coverage(first.view, q.series.from, q.series.to, first.past, first.platforms()...),
	}
	if err := s.sideBySide(out, q.series, all, first.asOf); err != nil {
		return nil, s.failed(first, err)
	}
	return withRows(r, out, out.Rows), nil
}

// gatherAll gathers what is known of all terms, which may be nothing.
func (s *Server) gatherAll(ctx context.Context, q *compareQuery) ([]*asked, *api.Problem) {
	var all []*asked
	for _, t := range q.terms {
		a := &asked{kind: t.kind, key: t.key, platform: q.places}
		if err := s.gather(ctx, a, q.at); err != nil {
			return nil, s.failed(a, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// foundOn returns the platforms on which any of the terms was seen, in the order they
// were met.
func foundOn(all []*asked) []string {
	var out []string
	for _, a := range all {
		for i := range a.found {
			if name := a.found[i].name; !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	place := func(name string) int {
		return slices.IndexFunc(all[0].view.Platforms, func(p engine.Platform) bool { return p.Name == name })
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// sideBySide fills in all terms, with points for the same steps.
func (s *Server) sideBySide(out *api.CompareAnswer, q *seriesQuery, all []*asked, asOf int64) error {
	h := history{store: s.opt.History, from: q.first() * q.hours, to: q.end() * q.hours, asOf: asOf}
	if asOf != 0 {
		h.to = min(h.to, runningHour(asOf)+1)
	}
	h.to = max(h.to, h.from)
	names := foundOn(all)
	var voices []*voice
	counted := make([]bool, h.to-h.from)
	for _, a := range all {
		v, err := h.voice(a, names, counted)
		if err != nil {
			return err
		}
		voices = append(voices, v)
	}
	if err := h.noteCounted(counted, all[0]); err != nil {
		return err
	}
	for _, v := range voices {
		out.Terms = append(out.Terms, v.answer(names, counted, &h, q.hours))
	}
	shares(out)
	return nil
}

// noteCounted marks the hours of the range that were counted, whatever was counted in them:
// those that are stored, and the running one. Without a store they are those of which the
// view does not say that they were missed.
func (h *history) noteCounted(counted []bool, a *asked) error {
	note := func(hour int64) {
		if h.from <= hour && hour < h.to {
			counted[hour-h.from] = true
		}
	}
	if h.asOf != 0 {
		note(runningHour(h.asOf))
	}
	if h.store == nil {
		for i := range a.view.Platforms {
			p := &a.view.Platforms[i]
			if p.Since == 0 || a.platform != "" && a.platform != p.Name {
				continue
			}
			for hour := max(p.Since/hourSeconds, h.from); hour < closedHours(h.asOf); hour++ {
				if missed(p, hour*hourSeconds, (hour+1)*hourSeconds) < hourSeconds {
					note(hour)
				}
			}
		}
		return nil
	}
	if err := h.load(); err != nil {
		return err
	}
	for _, hour := range h.hours {
		if h.asOf == 0 || hour < closedHours(h.asOf) {
			note(hour)
		}
	}
	return nil
}

// shares fills in the shares of voice: in all, on each platform, and in each step.
func shares(out *api.CompareAnswer) {
	platforms, steps := map[int]float64{}, map[int]float64{}
	for i := range out.Terms {
		t := &out.Terms[i]
		out.Posts += t.Posts
		for j := range t.Platforms {
			platforms[j] += float64(t.Platforms[j].Posts)
		}
		for j := range t.Points {
			steps[j] += float64(t.Points[j].Posts)
		}
	}
	for i := range out.Terms {
		t := &out.Terms[i]
		t.Share = shareOf(float64(t.Posts), float64(out.Posts))
		for j := range t.Platforms {
			t.Platforms[j].Share = shareOf(float64(t.Platforms[j].Posts), platforms[j])
		}
		for j := range t.Points {
			t.Points[j].Share = shareOf(float64(t.Points[j].Posts), steps[j])
		}
	}
}

// shareOf returns a part of a whole; unknown where there is none.
func shareOf(part, whole float64) api.Number {
	if !(whole > 0) {
		return api.Unknown
	}
	return api.Rounded(part / whole)
}
