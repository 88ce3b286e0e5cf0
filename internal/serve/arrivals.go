package serve

import (
	"cmp"
	"context"
	"slices"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// maxVariants is how many other spellings of a term are told.
const maxVariants = 20

// arrivals tells where the term was seen first; nil where no time is known.
func (s *Server) arrivals(a *asked) (*api.Origin, error) {
	type sight struct {
		f  *found
		at int64
	}
	var sights []sight
	for i := range a.found {
		if at := a.found[i].firstSeen(); at != 0 {
			sights = append(sights, sight{&a.found[i], at})
		}
	}
	if len(sights) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(sights, func(x, y sight) int { return cmp.Compare(x.at, y.at) })
	first := sights[0]
	out := &api.Origin{Platform: first.f.name, FirstSeen: unix(first.at), Arrivals: []api.Arrival{}}
	for _, x := range sights {
		row := api.Arrival{Platform: x.f.name, FirstSeen: unix(x.at), LagH: api.Rounded(float64(x.at-first.at) / hourSeconds)}
		for i := range a.view.Platforms {
			p := &a.view.Platforms[i]
			row.FromStart = row.FromStart || p.Name == x.f.name && p.Since != 0 && x.at < p.Since+hourSeconds
		}
		out.Arrivals = append(out.Arrivals, row)
	}
	var err error
	out.AuthorsFirst24h, err = s.firstAuthors(a, first.f, first.at/hourSeconds)
	return out, err
}

// firstAuthors returns the fresh authors of the day that begins with an hour; unknown where
// some of it was not counted or is not over.
func (s *Server) firstAuthors(a *asked, f *found, hour int64) (api.Number, error) {
	h := history{store: s.opt.History, from: hour, to: hour + dayHours, asOf: a.asOf}
	hours, err := h.counts(f)
	if err != nil || len(hours) < dayHours {
		return api.Unknown, err
	}
	var sum api.Number
	for _, c := range hours {
		if c.atLeast || c.running {
			return api.Unknown, nil
		}
		sum += api.Number(c.fresh) / 2
	}
	return sum, nil
}

// variants returns other spellings of the term: those that are open and, now, those of the
// dictionary that were used most.
func (s *Server) variants(ctx context.Context, a *asked) ([]api.Found, error) {
	out := []api.Found{}
	if a.kind != term.Hashtag && a.kind != term.Keyword {
		return out, nil // the keys of others are what they are
	}
	q := &searchQuery{key: a.key, kinds: []term.Kind{a.kind}, limit: maxVariants}
	if a.platform != "" {
		q.platforms = []string{a.platform}
	}
	matches := q.open(a.view)
	if !a.past {
		var err error
		if matches, _, err = s.matches(ctx, q, a.view, 2*maxVariants); err != nil {
			return nil, err
		}
	}
	for i := range matches {
		if matches[i].likeness == store.SameGroup && len(out) < maxVariants {
			out = append(out, foundOf(&matches[i]))
		}
	}
	return out, nil
}
