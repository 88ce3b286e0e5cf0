package serve

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

const (
	defaultFound = 20
	maxFound     = 200
	// maxMatches is how many matches of the store are looked at: of these the most used are told.
	maxMatches = 1000
)

// likenessNames say how a term was found.
var likenessNames = map[store.Likeness]string{store.SameKey: "exact", store.SameGroup: "group", store.SamePrefix: "prefix", store.NearlySame: "typo"}

// searchQuery says what is searched for.
type searchQuery struct {
	key       string // normalised
	kinds     []term.Kind
	platforms []string
	limit     int
}

// match is a term that was found on a platform.
type match struct {
	id       term.ID
	term     term.Term
	platform string
	likeness store.Likeness
	posts    uint64
	phase    string
}

func readSearchQuery(r *http.Request) (*searchQuery, *api.Problem) {
	p := parse(r, "q", "kind", "platform", "limit")
	q := &searchQuery{platforms: p.some("platform", nil), limit: p.integer("limit", defaultFound, 1, maxFound)}
	names := p.some("kind", kindNames())
	for _, k := range term.Kinds() {
		if slices.Contains(names, k.String()) {
			q.kinds = append(q.kinds, k)
		}
	}
	text := p.one("q")
	kind, rest, said := splitKind(text)
	switch {
	case said && len(q.kinds) > 0 && !slices.Contains(q.kinds, kind):
		p.refuse("kind", "is %s, but q is %.80q; leave one of them out", listed(names), text)
	case said:
		q.kinds = []term.Kind{kind}
	}
	if q.key = searchKey(q.kinds, rest); q.key == "" {
		p.refuse("q", "is %.80q, in which there is nothing to look for; use letters or digits, as in %q or %q", text, "#booktok", "sound:espresso")
	}
	return q, p.fault
}

// searchKey returns the key that a text is searched for as: the names of sounds are
// searched for by any word, and nobody types the scheme of their keys.
func searchKey(kinds []term.Kind, text string) string {
	if len(kinds) == 1 {
		switch kind := kinds[0]; {
		case kind != term.Sound:
			return term.KeyOf(kind, text)
		case strings.Contains(text, ":"):
			if key := term.KeyOf(kind, text); !strings.HasPrefix(key, "name:") {
				return key
			}
		}
	}
	return term.KeyOf(term.Mention, term.KeyOf(term.Hashtag, text))
}

// search answers GET /api/v1/search.
func (s *Server) search(r *http.Request) (*reply, *api.Problem) {
	q, fault := readSearchQuery(r)
	if fault != nil {
		return nil, fault
	}
	v := s.opt.Source.View()
	matches, all, err := s.matches(r.Context(), q, v, maxMatches)
	if err != nil {
		return nil, s.failed(&asked{view: v, key: q.key}, err)
	}
	out := &api.SearchAnswer{Demo: s.opt.Demo, Query: q.key, Complete: all, Total: len(matches), Terms: []api.Found{}}
	out.AsOf, out.Window = cover(v)
	out.Coverage = s.coverage(v, v.From, v.AsOf, false, q.platforms...)
	for i := range matches[:min(q.limit, len(matches))] {
		out.Terms = append(out.Terms, foundOf(&matches[i]))
	}
	return &reply{value: out, rows: out.Terms}, nil
}

func foundOf(m *match) api.Found {
	return api.Found{
		Kind: m.term.Kind.String(), Key: m.term.Key, Term: m.term.Display, Platform: m.platform,
		Match: likenessNames[m.likeness], Posts: m.posts, Phase: m.phase,
	}
}

// matches returns what is like the word, best first, and whether that is all there is: all
// that is open, and at most so many of the store.
func (s *Server) matches(ctx context.Context, q *searchQuery, v *engine.View, most int) ([]match, bool, error) {
	out, met := q.open(v), map[term.ID]bool{}
	for _, m := range out {
		met[m.id] = true
	}
	all := true
	if s.opt.History != nil {
		stored, whole, err := s.opt.History.Search(store.Search{Key: q.key, Kinds: q.kinds, Platforms: q.platforms, Limit: most})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, false, err
		}
		all = whole
		for _, f := range stored {
			if met[f.ID] || v.AsOf != 0 && f.FirstSeen/1e6 > v.AsOf { // a restart fell back behind what was stored
				continue
			}
			met[f.ID] = true
			t := term.Term{Kind: f.Kind, Key: f.Key, Display: cmp.Or(f.Display, f.Key)}
			out = append(out, match{id: f.ID, term: t, platform: f.Platform, likeness: f.Likeness})
		}
	}
	ids := make([]term.ID, len(out))
	for i := range out {
		ids[i] = out[i].id
	}
	posts, err := s.opt.Source.Posts(ctx, ids)
	if err != nil {
		return nil, false, err
	}
	for i := range out {
		out[i].posts = posts[i]
	}
	slices.SortFunc(out, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.likeness, b.likeness), cmp.Compare(b.posts, a.posts),
			cmp.Compare(a.term.Kind, b.term.Kind), cmp.Compare(a.term.Key, b.term.Key), cmp.Compare(a.platform, b.platform))
	})
	return out, all, nil
}

// open returns the open trends that are like the word, each term once.
func (q *searchQuery) open(v *engine.View) (out []match) {
	w, met := want(q.key), map[term.ID]bool{}
	for t := range v.Open() {
		if len(q.kinds) > 0 && !slices.Contains(q.kinds, t.Term.Kind) || len(q.platforms) > 0 && !slices.Contains(q.platforms, t.Platform) {
			continue
		}
		l := w.likeness(&t.Term)
		id := term.ScopeOf(t.Term.Kind, t.Platform).ID(t.Term.Key)
		if l == 0 || met[id] {
			continue
		}
		met[id] = true
		out = append(out, match{id: id, term: t.Term, platform: t.Platform, likeness: l, phase: t.Phase.String()})
	}
	return out
}
