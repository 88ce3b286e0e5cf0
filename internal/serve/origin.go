package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

const (
	// corsHeaders are the headers that a page of an allowed origin may send.
	corsHeaders = "Accept, Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Last-Event-ID, Range, " +
		headerProducer + ", " + headerEpoch + ", " + headerSeq
	// corsExposed are those that it may read, beyond the few that every page may.
	corsExposed = "Accept-Ranges, Allow, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, " +
		"Location, Swell-Demo, WWW-Authenticate, X-Request-Id, " + headerAsOf + ", " + headerWindow + ", " + headerCoverage
	// corsAge is for how many seconds a browser need not ask again.
	corsAge = "600"
)

// validOrigin reports whether s is written as browsers write an origin: scheme, host in
// lower case, and a port that is not the scheme's own.
func validOrigin(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%w: origin %.80q is none; write it as https://radar.example", ErrOptions, s)
	case strings.Contains(s, "*"):
		return fmt.Errorf("%w: origin %.80q names more than one; list each", ErrOptions, s)
	case u.Scheme+"://"+u.Host != s || strings.ToLower(s) != s:
		return fmt.Errorf("%w: origin %.80q is more than scheme, host in lower case, and port; write it as https://radar.example", ErrOptions, s)
	case u.Port() == "" && strings.HasSuffix(u.Host, ":"), u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return fmt.Errorf("%w: origin %.80q has a port that browsers leave out; leave it out", ErrOptions, s)
	}
	return nil
}

// origin refuses requests that a page of a foreign site makes, also those that only
// read: what trends here is nobody's business but its user's. Pages of the origins that
// are allowed may ask, and read the answer.
func (s *Server) origin(w http.ResponseWriter, r *http.Request) *api.Problem {
	if len(s.opt.Origins) > 0 {
		w.Header().Add("Vary", "Origin")
	}
	origins := r.Header.Values("Origin")
	if len(origins) == 1 && slices.Contains(s.opt.Origins, origins[0]) {
		w.Header().Set("Access-Control-Allow-Origin", origins[0])
		w.Header().Set("Access-Control-Expose-Headers", corsExposed)
		return nil
	}
	if s.foreign(r, origins) {
		return api.NewProblem(api.ProblemForeignOrigin,
			"a page of another site may not read here nor send anything; if it is yours, start the server with --cors-origin and the page's origin")
	}
	return nil
}

// foreign reports whether a browser says that a page of another site makes the request.
// What is no browser says nothing of the kind. A link that somebody follows to an
// answer is no such page's doing: it cannot see what comes.
func (s *Server) foreign(r *http.Request, origins []string) bool {
	switch site := r.Header.Get("Sec-Fetch-Site"); {
	case len(origins) > 1:
		return true
	case site == "same-origin", site == "none":
		return false
	case site == "" && len(origins) == 0:
		return false
	case site == "": // an old browser, or any where the server is asked without TLS: it tells the origin alone
		return !s.ownOrigin(r, origins)
	}
	followed := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return !followed || r.Method != http.MethodGet && r.Method != http.MethodHead
}

// ownOrigin reports whether a browser names a page of this server as what makes the request: of the host that was asked, or
// of the address by which people reach it through a proxy that asks for another host.
func (s *Server) ownOrigin(r *http.Request, origins []string) bool {
	if len(origins) != 1 {
		return false
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Host == "" {
		return false
	}
	public, err := url.Parse(s.opt.PublicURL)
	return strings.EqualFold(u.Host, r.Host) || err == nil && u.Scheme == public.Scheme && strings.EqualFold(u.Host, public.Host)
}

// preflight answers a browser that asks whether a page of an allowed origin may make a
// request (Fetch standard, CORS-preflight). It reports false where the request is none.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	if r.Method != http.MethodOptions || h.Get("Access-Control-Allow-Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", strings.Join(s.allowed(r), ", "))
	h.Set("Access-Control-Allow-Headers", corsHeaders)
	h.Set("Access-Control-Max-Age", corsAge)
	w.WriteHeader(http.StatusNoContent)
	return true
}
