package page

import (
	"net/http"
	"net/url"

	"github.com/swell-radar/swell/internal/api"
)

// unknownBody is what is told of a term of which nothing is known.
type unknownBody struct {
	Kind, Key, Platform string
	Path                string
	Likely              []foundTerm
	Cover               *api.Coverage
}

// unknownTerm answers that a term was never seen, with what is like it.
func (p *Page) unknownTerm(v *viewer, kind, key, platform string) *Answer {
	body := &unknownBody{Kind: kind, Key: key, Platform: platform, Path: termPath(kind, key)}
	var found api.SearchAnswer
	if p.opt.API.Get(v.Request, api.SearchPath, url.Values{"q": {key}, "limit": {"24"}}, &found) == nil {
		body.Cover = found.Coverage
		for _, g := range grouped(found.Terms) {
			for _, t := range g.Terms {
				if len(body.Likely) < 8 {
					body.Likely = append(body.Likely, t)
				}
			}
		}
	}
	out := p.show(v, "unknown", "Never seen", "", body)
	if out.Status == 0 {
		out.Status = http.StatusNotFound
	}
	return out
}
