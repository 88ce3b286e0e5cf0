package page

import (
	"net/http"
	"net/url"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// unknownBody is what is told of a term of which nothing is known.
type unknownBody struct {
	Kind, Key, Platform string
	Path                string
	Likely              []foundTerm
	Cover               *api.Coverage
	Since               *time.Time // when the first platform was met, where that is within the window; nil: before
	Late                bool       // some platform was met within the window
}

// unknownTerm answers that a term was never seen, with what is like it.
func (p *Page) unknownTerm(v *viewer, kind, key, platform string) *Answer {
	body := &unknownBody{Kind: kind, Key: key, Platform: platform, Path: termPath(kind, key)}
	var found api.SearchAnswer
	if p.opt.API.Get(v.Request, api.SearchPath, url.Values{"q": {key}, "limit": {"24"}}, &found) == nil {
		body.cover(found.Coverage, found.Window)
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

// cover tells how much was seen, and since when there was anything to see.
func (b *unknownBody) cover(c *api.Coverage, window *api.Span) {
	b.Cover = c
	if c == nil || window == nil {
		return
	}
	first := time.Time{}
	for _, p := range c.Platforms {
		b.Late = b.Late || p.Since.After(window.From)
		if first.IsZero() || p.Since.Before(first) {
			first = p.Since
		}
	}
	if first.After(window.From) {
		b.Since = &first
	}
}
