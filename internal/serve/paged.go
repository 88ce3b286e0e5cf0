package serve

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/page"
)

const typeHTML = "text/html; charset=utf-8"

// paged answers with a page.
func (s *Server) paged(h page.Handler) handler {
	return func(r *http.Request) (*reply, *api.Problem) {
		if r.URL.Path == "/" && !wantsPage(r) {
			return s.index(), nil
		}
		a := h(r)
		if a.Problem != nil {
			return nil, a.Problem
		}
		return s.replyOf(r, a), nil
	}
}

// replyOf sends a page as every other answer is sent.
func (s *Server) replyOf(r *http.Request, a *page.Answer) *reply {
	if a.Err != nil {
		s.opt.Logger.Error("cannot make a page", "path", r.URL.Path, "err", a.Err)
	}
	out := &reply{text: string(a.Body), kind: cmp.Or(a.Type, typeHTML), policy: s.pages.Policy(), status: a.Status, location: a.Location, cookies: a.Cookies, forever: a.Forever}
	switch {
	case a.Forever:
	case r.URL.Path == "/":
		out.vary = "Accept, Cookie"
	default:
		out.vary = "Cookie" // zone, colours and session
	}
	if a.Status == 0 {
		out.etag = contentTag(a.Body)
		out.held = heldTag(r, out.etag)
	}
	return out
}

// index is what GET / gives to whoever does not ask for HTML.
func (s *Server) index() *reply {
	text := indexText
	if s.opt.Demo {
		text = demoText + indexText
	}
	return &reply{text: text, vary: "Accept"}
}

// failPage tells whoever looks with a browser of a problem. It reports false to all others.
func (s *Server) failPage(w http.ResponseWriter, r *http.Request, p *api.Problem) bool {
	if !wantsPage(r) {
		return false
	}
	s.send(w, r, s.replyOf(r, s.pages.Problem(r, p)))
	return true
}

// wantsPage reports whether a browser asks for a page, and not a program for an answer of the endpoint.
func wantsPage(r *http.Request) bool {
	for _, prefix := range []string{"/api/", "/-/", "/metrics", "/feeds/", "/calendar/", "/assets/"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return false
		}
	}
	return preferred(r.Header.Values("Accept"), []string{"text/plain", "text/html"}) == 1
}
