package serve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

// maxRequests is how many requests are being answered at a time, streams included: each
// takes some tens of KiB.
const maxRequests = 2048

// protect sets the headers that keep browsers from doing with an answer what it is not
// for: guessing its type, running or framing it, telling other sites of it.
func (s *Server) protect(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-cache")
	if s.opt.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// roleFor returns what a client needs for the route of a pattern. What no pattern
// matches needs as much as reading: a stranger is not told what there is.
func roleFor(pattern string) access.Role {
	method, path, ok := strings.Cut(pattern, " ")
	switch {
	case !ok:
		return access.Read
	case path == "/-/healthy" || path == "/-/ready", open(pattern):
		return access.None
	case strings.HasPrefix(path, "/-/") || strings.HasPrefix(path, "/debug/"):
		return access.Admin
	case method == http.MethodGet:
		return access.Read
	}
	return access.Write
}

// holder is the key under which a request's context has its token.
type holder struct{}

// holderOf returns the ID of the token that a request was let in with, or "".
func holderOf(ctx context.Context) string {
	token, _ := ctx.Value(holder{}).(access.Token)
	return token.ID
}

// enter lets a request in, or says why not. It is left with the function that comes
// back, and goes on with the request that does, also to say why not: whoever is known
// stays so.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) (in *http.Request, leave func(), p *api.Problem) {
	_, pattern := s.mux.Handler(r)
	needed := roleFor(pattern)
	if needed == access.None && pattern != "POST /login" { // where who guesses is counted
		return r, func() {}, nil
	}
	var token access.Token
	if needed != access.None {
		token, p = s.authenticate(w, r, tokenPaths(pattern))
	}
	client := token.ID
	if client == "" {
		client = access.ClientOf(r.RemoteAddr)
	}
	leave, crowd := s.count(w, client)
	switch {
	case crowd != nil:
		return s.withHolder(r, token), nil, crowd
	case p == nil && s.secured() && !token.Role.Allows(needed):
		challenge(w, `error="insufficient_scope", scope="`+needed.String()+`"`)
		p = api.NewProblem(api.ProblemRole, "the token is good for %s, and this needs %s; ask whoever runs the server for another", token.Role, needed)
	}
	if p != nil {
		leave()
		return s.withHolder(r, token), nil, p
	}
	return s.withHolder(r, token), leave, nil
}

// secured reports whether a token is needed.
func (s *Server) secured() bool { return s.opt.Access != nil && s.opt.Access.Required() }

// authenticate returns the token that a request shows (RFC 6750): by header alone, or, where
// that may be, in its address. Where none is needed it returns none.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, addressed bool) (access.Token, *api.Problem) {
	if !s.secured() {
		return access.Token{}, nil
	}
	w.Header().Set("Cache-Control", "private, no-cache") // for no one else; asked for again each time, token and all
	shown := r.Header.Values("Authorization")
	if addressed {
		if secret := tokenIn(r); secret != "" {
			return s.addressed(w, secret, len(shown) > 0)
		}
	}
	if id := s.sessionOf(r); id != "" {
		return s.bySession(r, id)
	}
	if len(shown) == 0 {
		challenge(w, "")
		if addressed {
			return access.Token{}, api.NewProblem(api.ProblemToken, "this server asks for a token; send it as Authorization: Bearer TOKEN, or one with the role read in the address, as ?token=TOKEN")
		}
		return access.Token{}, api.NewProblem(api.ProblemToken, "this server asks for a token; send it as Authorization: Bearer TOKEN (swell commands take it from SWELL_TOKEN)")
	}
	scheme, secret, _ := strings.Cut(shown[0], " ")
	if len(shown) > 1 || !strings.EqualFold(scheme, "Bearer") || secret == "" {
		challenge(w, `error="invalid_request"`)
		return access.Token{}, api.NewProblem(api.ProblemInvalidHeader, "Authorization has to be there once, as Bearer and a token")
	}
	return s.check(w, secret)
}

// check returns the token of a secret.
func (s *Server) check(w http.ResponseWriter, secret string) (access.Token, *api.Problem) {
	token, err := s.opt.Access.Check(strings.TrimSpace(secret))
	switch {
	case errors.Is(err, access.ErrExpired):
		challenge(w, `error="invalid_token", error_description="expired"`)
		return access.Token{}, api.NewProblem(api.ProblemToken, "the token has expired; ask whoever runs the server for another")
	case err != nil:
		challenge(w, `error="invalid_token"`)
		return access.Token{}, api.NewProblem(api.ProblemToken, "the token is not one of this server's, or was revoked; ask whoever runs the server for another")
	}
	return token, nil
}

// letIn reports whether the token that a request was let in with still is one: what takes
// long asks again.
func (s *Server) letIn(r *http.Request) bool {
	if !s.secured() {
		return true
	}
	if id := s.sessionOf(r); id != "" {
		_, err := s.opt.Sessions.Holder(id, s.opt.Access)
		return err == nil
	}
	_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	_, err := s.opt.Access.Check(strings.TrimSpace(secret))
	return err == nil
}

// challenge says how to show a token, and what is wrong with the one that was shown.
func challenge(w http.ResponseWriter, fault string) {
	value := `Bearer realm="swell"`
	if fault != "" {
		value += ", " + fault
	}
	w.Header().Set("WWW-Authenticate", value)
}

// count takes the request into account: of all, and of its client. The headers that it
// sets are those of the draft on RateLimit header fields for HTTP.
func (s *Server) count(w http.ResponseWriter, client string) (leave func(), p *api.Problem) {
	if s.under.Add(1) > maxRequests {
		s.under.Add(-1)
		return nil, api.NewProblem(api.ProblemBusy, "%d requests are being answered already; ask again", maxRequests)
	}
	if !s.limiter.Bounds() {
		return func() { s.under.Add(-1) }, nil
	}
	v := s.limiter.Admit(client)
	h, limits := w.Header(), s.limiter.Limits()
	if limits.PerSecond > 0 && !v.Crowded {
		h.Set("RateLimit-Policy", fmt.Sprintf(`"client";q=%d;w=%d`, limits.Burst, int(math.Ceil(float64(limits.Burst)/limits.PerSecond))))
		h.Set("RateLimit", fmt.Sprintf(`"client";r=%d;t=%d`, v.Remaining, int(math.Ceil(v.Reset.Seconds()))))
	}
	if v.OK {
		return func() { v.Done(); s.under.Add(-1) }, nil
	}
	s.under.Add(-1)
	h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(v.Reset.Seconds())))))
	if v.Crowded {
		return nil, api.NewProblem(api.ProblemRate, "%d requests of this client are being answered already; wait for one of them", limits.AtOnce)
	}
	return nil, api.NewProblem(api.ProblemRate, "this client asks more than %g times a second; ask less often", limits.PerSecond)
}
