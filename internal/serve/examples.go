package serve

import (
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/term"
)

// examplesOf returns posts that used the term, newest first.
func (s *Server) examplesOf(a *asked) []api.Example {
	out := []api.Example{}
	if s.opt.Examples == nil || a.past {
		return out
	}
	var ids []term.ID
	for i := range a.found {
		ids = append(ids, a.found[i].id)
	}
	for _, p := range s.opt.Examples.Of(ids) {
		out = append(out, api.Example{Platform: p.Platform, TS: time.UnixMicro(p.TS).UTC(), ID: p.ID, URL: example.URL(&p), Lang: p.Lang, Repost: p.Repost})
	}
	return out
}
