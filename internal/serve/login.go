package serve

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

// sessionCookie has the ID of a browser's session.
const sessionCookie = "swell-session"

// visitor is the key under which a request's context says that it was let in by a session.
type visitor struct{}

// open reports whether everybody may ask for the route of a pattern: what a browser needs to log in, and to log out.
func open(pattern string) bool {
	switch pattern {
	case "GET /login", "POST /login", "POST /logout", "POST /settings", "GET /assets/{version}/{file}":
		return true
	}
	return false
}

// sessionOf returns the ID of the session that a request shows; empty if it shows none, or a token beside it.
func (s *Server) sessionOf(r *http.Request) string {
	if s.opt.Sessions == nil || len(r.Header.Values("Authorization")) > 0 {
		return ""
	}
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// bySession returns the token of the session of a request. What changes something has to come from a page of this server: a
// browser sends the cookie whoever has made the request.
func (s *Server) bySession(r *http.Request, id string) (access.Token, *api.Problem) {
	token, err := s.opt.Sessions.Holder(id, s.opt.Access)
	if err != nil {
		return access.Token{}, api.NewProblem(api.ProblemToken, "you are not logged in any more; log in again with a token")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.fromOwnPage(r) {
		return access.Token{}, api.NewProblem(api.ProblemForeignOrigin, "a browser that is logged in may change something from a page of this server alone")
	}
	return token, nil
}

// fromOwnPage reports whether a browser says that a page of this server makes the request. What says nothing is none.
func (s *Server) fromOwnPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return s.ownOrigin(r, r.Header.Values("Origin"))
}

// LogIn implements [page.Doors].
func (s *Server) LogIn(r *http.Request, secret string) (*http.Cookie, *api.Problem) {
	if !s.fromOwnPage(r) {
		return nil, api.NewProblem(api.ProblemForeignOrigin, "log in from the page of this server")
	}
	token, err := s.opt.Access.Check(strings.TrimSpace(secret))
	if err != nil {
		return nil, api.NewProblem(api.ProblemToken, "this is no token of this server, or it was revoked or has expired")
	}
	id, err := s.opt.Sessions.Begin(token)
	if err != nil {
		s.opt.Logger.Error("cannot begin a session", "err", err)
		return nil, internal()
	}
	return s.cookie(r, id, int(access.SessionAge.Seconds())), nil
}

// LogOut implements [page.Doors].
func (s *Server) LogOut(r *http.Request) (*http.Cookie, *api.Problem) {
	if !s.fromOwnPage(r) {
		return nil, api.NewProblem(api.ProblemForeignOrigin, "log out from a page of this server")
	}
	if id := s.sessionOf(r); id != "" {
		s.opt.Sessions.End(id)
	}
	return s.cookie(r, "", -1), nil
}

func (s *Server) cookie(r *http.Request, id string, age int) *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Value: id, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.private(r), SameSite: http.SameSiteStrictMode}
}

// private reports whether a browser asks over TLS: of this server, or of a proxy in front of it, as the origin of the form
// tells. Of one that tells none, it is asked as people are told to.
func (s *Server) private(r *http.Request) bool {
	if s.opt.TLS {
		return true
	}
	asked := s.opt.PublicURL
	if origin := r.Header.Get("Origin"); strings.Contains(origin, "://") {
		asked = origin
	}
	return strings.HasPrefix(asked, "https://")
}

// Guarded implements [page.Doors].
func (s *Server) Guarded() bool { return s.opt.Sessions != nil && s.secured() }

// Visits implements [page.Doors].
func (s *Server) Visits(r *http.Request) bool { return r.Context().Value(visitor{}) != nil }

// withHolder returns the request with the token that it was let in with.
func (s *Server) withHolder(r *http.Request, token access.Token) *http.Request {
	if token.ID == "" {
		return r
	}
	ctx := context.WithValue(r.Context(), holder{}, token)
	if s.sessionOf(r) != "" {
		ctx = context.WithValue(ctx, visitor{}, true)
	}
	return r.WithContext(ctx)
}

// toLogin sends a browser that has to log in first to where it can. It reports false to all others.
func (s *Server) toLogin(w http.ResponseWriter, r *http.Request, p *api.Problem) bool {
	if p.Type != api.ProblemToken || !s.Guarded() || !wantsPage(r) {
		return false
	}
	to := "/login"
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		to += "?" + url.Values{"back": {s.pageOf(r)}, "unsent": {"1"}}.Encode()
	case r.URL.RequestURI() != "/":
		to += "?back=" + url.QueryEscape(r.URL.RequestURI())
	}
	w.Header().Del("WWW-Authenticate")
	s.send(w, r, &reply{status: http.StatusSeeOther, location: to, vary: "Accept"})
	return true
}

// pageOf returns the path of the page whose form a request is, as far as its browser tells.
func (s *Server) pageOf(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host == "" || !s.ownOrigin(r, []string{from.Scheme + "://" + from.Host}) {
		return "/"
	}
	return from.RequestURI()
}
