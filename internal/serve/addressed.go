package serve

import (
	"net/http"

	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
)

// tokenParameter has a token in the address of a request.
const tokenParameter = "token"

// tokenPaths reports whether a token may stand in the address for the route of a pattern: where programs ask
// that cannot be told to send a header. What stands in an address gets into histories, and into the logs of
// proxies; so it is good for these alone.
func tokenPaths(pattern string) bool {
	return pattern == "GET "+api.AtomPath || pattern == "GET "+api.ICalPath
}

// tokenIn returns the token in the address of a request; empty if there is none.
func tokenIn(r *http.Request) string { return r.URL.Query().Get(tokenParameter) }

// addressed returns the token that stands in the address of a request. It has to be one that is good for
// reading alone: whoever comes by the address shall not be able to change anything.
func (s *Server) addressed(w http.ResponseWriter, secret string, twice bool) (access.Token, *api.Problem) {
	if twice {
		challenge(w, `error="invalid_request"`)
		return access.Token{}, api.NewProblem(api.ProblemInvalidHeader, "there is a token in the address and one in the header Authorization; leave one of them out")
	}
	token, p := s.check(w, secret)
	if p == nil && token.Role != access.Read {
		challenge(w, `error="insufficient_scope", scope="read"`)
		return access.Token{}, api.NewProblem(api.ProblemRole,
			"the token in the address is good for %s, and addresses are seen by many; make one for this with swell token add --role read, and revoke the one that was shown", token.Role)
	}
	return token, p
}
