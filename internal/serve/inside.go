package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

// inside takes what a handler answers to a request that a page makes within the process, before it is written out.
type inside struct {
	reply   *reply
	problem *api.Problem
}

func (*inside) Header() http.Header         { return http.Header{} }
func (*inside) Write(b []byte) (int, error) { return len(b), nil }
func (*inside) WriteHeader(int)             {}

// Get implements [page.API].
func (s *Server) Get(r *http.Request, path string, query url.Values, out any) *api.Problem {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return s.within(r, http.MethodGet, path, nil, out)
}

// Send implements [page.API].
func (s *Server) Send(r *http.Request, method, path string, body, out any) *api.Problem {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.opt.Logger.Error("cannot encode what a page sends", "path", path, "err", err)
			return internal()
		}
	}
	return s.within(r, method, path, data, out)
}

// within answers a request that a page makes for the client of r, who was let in and counted once already.
func (s *Server) within(r *http.Request, method, target string, body []byte, out any) *api.Problem {
	sub, err := http.NewRequestWithContext(r.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		return api.NewProblem(api.ProblemNoSuchPath, "there is nothing at %.200q", target)
	}
	sub.RemoteAddr, sub.Host, sub.TLS = r.RemoteAddr, r.Host, r.TLS
	if len(body) > 0 {
		sub.Header.Set("Content-Type", api.TypeJSON)
	}
	sub = foldKey(sub)
	if !s.Allows(r, method, target) {
		return api.NewProblem(api.ProblemRole, "what you are logged in with is good for reading alone")
	}
	var w inside
	s.mux.ServeHTTP(&w, sub)
	switch {
	case w.problem != nil:
		return w.problem
	case w.reply == nil:
		return api.NewProblem(api.ProblemNoSuchPath, "there is nothing at %.200q", target)
	case out == nil:
		return nil
	case w.reply.body != nil:
		err = json.Unmarshal(w.reply.body.plain, out)
	default:
		err = assign(out, w.reply.value)
	}
	if err != nil {
		s.opt.Logger.Error("a page got another answer than it expects", "path", target, "err", err)
		return internal()
	}
	return nil
}

// assign copies what value points to, or is, to what out points to.
func assign(out, value any) error {
	to, from := reflect.ValueOf(out).Elem(), reflect.Indirect(reflect.ValueOf(value))
	if from.IsValid() && from.Type() == to.Type() {
		to.Set(from)
		return nil
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, out)
}

// Allows implements [page.API].
func (s *Server) Allows(r *http.Request, method, target string) bool {
	if !s.secured() {
		return true
	}
	sub, err := http.NewRequestWithContext(r.Context(), method, target, nil)
	if err != nil {
		return false
	}
	_, pattern := s.mux.Handler(foldKey(sub))
	token, _ := r.Context().Value(holder{}).(access.Token)
	return token.Role.Allows(roleFor(pattern))
}
