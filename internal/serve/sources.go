package serve

import (
	"net/http"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/scrapers"
)

// sources answers GET /api/v1/sources.
func (s *Server) sources(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	out := &api.SourcesAnswer{AsOf: s.now(), Demo: s.opt.Demo, Sources: []api.SourceStatus{}}
	if s.opt.Sources != nil {
		for _, h := range s.opt.Sources() {
			out.Sources = append(out.Sources, sourceOf(&h))
		}
	}
	return &reply{value: out, rows: out.Sources}, nil
}

func (s *Server) now() time.Time {
	if s.opt.Clock == nil {
		return time.Time{}
	}
	return s.opt.Clock().UTC().Truncate(time.Second)
}

func sourceOf(h *scrapers.Health) api.SourceStatus {
	out := api.SourceStatus{
		Name: h.Name, Platforms: h.Platforms, State: h.State.String(), Since: instant(h.Since), Why: h.Why, Retry: instant(h.Until),
		Records: h.Records, PerMinute: api.Rounded(h.PerMinute), Newest: instant(h.Newest), Rejected: h.Rejected, Reject: h.Reject,
		Error: h.Error, ErrorAt: instant(h.ErrorAt), Starts: h.Starts, Covered: api.Rounded(h.Covered),
		History: []api.SourceSpell{}, Parts: []api.SourcePart{},
	}
	if out.Platforms == nil {
		out.Platforms = []string{}
	}
	if h.PerDay > 0 {
		out.RequestsLeft, out.RequestsPerDay = &h.Left, &h.PerDay
	}
	for _, spell := range h.History {
		out.History = append(out.History, api.SourceSpell{State: spell.State.String(), From: spell.From.Truncate(time.Second)})
	}
	for _, p := range h.Parts {
		out.Parts = append(out.Parts, api.SourcePart{Name: p.Name, State: p.State.String(), Since: p.Since.Truncate(time.Second), Why: p.Why, Retry: instant(p.Until)})
	}
	return out
}

// instant is a time that may be missing.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}
