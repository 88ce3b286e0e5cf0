package serve

import (
	"errors"
	"net/http"

	"github.com/swell-radar/swell/internal/alert"
	"github.com/swell-radar/swell/internal/api"
)

// listMutes answers GET /api/v1/mutes.
func (s *Server) listMutes(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	return &reply{value: &api.MutesAnswer{Demo: s.opt.Demo, Mutes: append([]api.Mute{}, d.Mutes()...)}}, nil
}

// addMute answers POST /api/v1/mutes.
func (s *Server) addMute(r *http.Request) (*reply, *api.Problem) {
	body, fault := s.given(r)
	if fault != nil {
		return nil, fault
	}
	m := api.Mute{}
	if fault := readObject(body, "an object with rule, watch, or kind and term", func(b *objectBody) map[string]func(string, int) {
		return map[string]func(string, int){
			"rule":  func(field string, at int) { m.Rule = b.text(field, at) },
			"watch": func(field string, at int) { m.Watch = b.text(field, at) },
			"kind":  func(field string, at int) { m.Kind = b.text(field, at) },
			"term":  func(field string, at int) { m.Term = b.text(field, at) },
			"until": func(field string, at int) { m.Until = b.time(field, at) },
			"id":    b.skip, "key": b.skip, "made": b.skip, // filled in by the server
		}
	}); fault != nil {
		return nil, fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	m, err := d.AddMute(m, s.clock())
	if err != nil {
		return nil, s.unkept("the mute", err)
	}
	return &reply{value: m, status: http.StatusCreated, location: api.MutesPath + "/" + m.ID}, nil
}

// dropMute answers DELETE /api/v1/mutes/{id}.
func (s *Server) dropMute(r *http.Request) (*reply, *api.Problem) {
	if p := parse(r); p.fault != nil {
		return nil, p.fault
	}
	d, fault := s.desk()
	if fault != nil {
		return nil, fault
	}
	switch err := d.DropMute(r.PathValue("id")); {
	case errors.Is(err, alert.ErrNotFound):
		return nil, api.NewProblem(api.ProblemUnknownMute, "there is no mute %q; GET %s lists them", cut(r.PathValue("id")), api.MutesPath).At("id")
	case err != nil:
		return nil, s.unkept("the mute", err)
	}
	return &reply{status: http.StatusNoContent}, nil
}
