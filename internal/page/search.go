package page

import (
	"net/url"
	"strings"

	"github.com/swell-radar/swell/internal/api"
)

// searchBody is what the page of a search shows.
type searchBody struct {
	api.SearchAnswer
	Asked  string
	Groups []foundGroup
	Shown  int
	// Refused is why there was no search; empty: there was one.
	Refused string
}

// foundGroup are the terms that were found in one way.
type foundGroup struct {
	Match, Label string
	Terms        []foundTerm
}

// foundTerm is a term on all platforms on which it was found.
type foundTerm struct {
	Kind, Key, Term string
	Posts           uint64
	On              []foundOn
}

type foundOn struct {
	Platform, Phase string
	Posts           uint64
}

// search answers GET /search.
func (p *Page) search(v *viewer) *Answer {
	asked := strings.TrimSpace(v.URL.Query().Get("q"))
	body := &searchBody{Asked: asked}
	if asked == "" {
		return p.show(v, "search", "Find", "", body)
	}
	problem := p.opt.API.Get(v.Request, api.SearchPath, url.Values{"q": {asked}, "limit": {"100"}}, &body.SearchAnswer)
	switch {
	case problem == nil:
		body.Groups = grouped(body.Terms)
		for _, g := range body.Groups {
			body.Shown += len(g.Terms)
		}
	case problem.Status < 500:
		body.Refused = "There is nothing to look for in it: use letters or digits, as in booktok, #booktok or espresso."
		if problem.Parameter != "q" {
			body.Refused = problem.Detail
		}
	default:
		return failed(problem)
	}
	return p.show(v, "search", "Find", "", body)
}

// grouped puts together what was found in one way, and each term with all its platforms.
func grouped(found []api.Found) []foundGroup {
	var out []foundGroup
	type name struct{ kind, key string }
	where := map[name][2]int{}
	for _, f := range found {
		if len(out) == 0 || out[len(out)-1].Match != f.Match {
			out = append(out, foundGroup{Match: f.Match, Label: matchLabel(f.Match)})
			clear(where) // the same term may be found in two ways on two platforms
		}
		g := &out[len(out)-1]
		n := name{f.Kind, f.Key}
		at, met := where[n]
		if !met {
			at = [2]int{len(out) - 1, len(g.Terms)}
			where[n] = at
			g.Terms = append(g.Terms, foundTerm{Kind: f.Kind, Key: f.Key, Term: f.Term})
		}
		t := &g.Terms[at[1]]
		t.Posts += f.Posts
		t.On = append(t.On, foundOn{f.Platform, f.Phase, f.Posts})
	}
	return out
}

func matchLabel(match string) string {
	switch match {
	case "exact":
		return "Exactly this"
	case "group":
		return "Other spellings, and sounds of that name"
	case "prefix":
		return "Beginning so"
	case "typo":
		return "One letter off"
	}
	return capital(text(match))
}
