package serve

import (
	"context"
	"errors"
	"net/http"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// asked is a question about one term and what the sources know of it.
type asked struct {
	kind     term.Kind
	key      string
	platform string // empty: all

	view  *engine.View
	past  bool  // view is of a past moment that was asked for
	asOf  int64 // Unix seconds: the least that everything below covers
	found []found
}

// found is a term on one platform: at least one of its parts is known.
type found struct {
	name   string
	spread string
	id     term.ID
	counts *engine.TermCounts // nil: never met by the core
	stored *store.Term        // nil: not in the dictionary
	gauges []store.Gauge
	trends []*engine.Trend
}

// display returns how the term is written on the platform, or otherwise where
// no spelling is known.
func (f *found) display(otherwise string) string {
	switch {
	case len(f.trends) > 0:
		return f.trends[0].Term.Display
	case f.counts != nil && f.counts.Count.Tracked:
		return f.counts.Term.Display
	case f.stored != nil && f.stored.Display != "":
		return f.stored.Display
	}
	return otherwise
}

// firstSeen returns the earliest sight of the term in Unix seconds; 0: unknown.
func (f *found) firstSeen() int64 {
	var first int64
	if f.counts != nil {
		first = f.counts.FirstSeen
	}
	if f.stored != nil && f.stored.FirstSeen != 0 {
		if s := f.stored.FirstSeen / 1e6; first == 0 || s < first {
			first = s
		}
	}
	return first
}

// trendsOf returns the open trends of the term on a platform.
func trendsOf(a *asked, platform string) (out []*engine.Trend) {
	for t := range a.view.Open() {
		if t.Platform == platform && t.Term.Kind == a.kind && t.Term.Key == a.key {
			out = append(out, t)
		}
	}
	return out
}

// ask reads the term from the path and gathers what is known of it.
func (s *Server) ask(r *http.Request, p *params) (*asked, *api.Problem) {
	a := &asked{platform: p.one("platform")}
	if p.fault != nil {
		return nil, p.fault
	}
	var err error
	if a.kind, err = term.ParseKind(r.PathValue("kind")); err != nil {
		return nil, api.NewProblem(api.ProblemInvalidParameter, "kind is %.80q; use one of %s", r.PathValue("kind"), listed(kindNames())).At("kind")
	}
	if a.key = term.KeyOf(a.kind, r.PathValue("key")); a.key == "" {
		return nil, api.NewProblem(api.ProblemInvalidParameter, "key is %.80q, in which there is nothing to count", r.PathValue("key")).At("key")
	}
	m, fault := s.moment(p)
	if fault != nil {
		return nil, fault
	}
	if m.past {
		if fault := s.termsKept(m.view); fault != nil {
			return nil, fault
		}
	}
	return a, s.find(r.Context(), a, m)
}

// find gathers what is known of a term, which must be something.
func (s *Server) find(ctx context.Context, a *asked, m moment) *api.Problem {
	if err := s.gather(ctx, a, m); err != nil {
		return s.failed(a, err)
	}
	switch {
	case len(a.found) > 0:
		return nil
	case a.platform != "":
		return api.NewProblem(api.ProblemUnknownTerm, "the %s %q was never seen on %.80q", a.kind, a.key, a.platform)
	}
	return api.NewProblem(api.ProblemUnknownTerm, "the %s %q was never seen", a.kind, a.key)
}

// failed returns the problem behind an error of the engine or the store.
func (s *Server) failed(a *asked, err error) *api.Problem {
	for _, passing := range []error{context.DeadlineExceeded, context.Canceled, engine.ErrClosed, store.ErrClosed} {
		if errors.Is(err, passing) {
			return busy()
		}
	}
	if a.past && errors.Is(err, store.ErrDamaged) {
		return s.lost("what was counted", a.asOf, err)
	}
	s.opt.Logger.Error("cannot answer for a term", "kind", a.kind, "key", a.key, "err", err)
	return internal()
}

// gather fills in what the core, the view and the store know, or knew.
func (s *Server) gather(ctx context.Context, a *asked, m moment) error {
	if m.past {
		a.view, a.asOf, a.past = m.view, m.view.AsOf, true
		return s.onPlatforms(a, nil, s.recall)
	}
	counts, err := s.opt.Source.Term(ctx, a.kind, a.key, a.platform)
	if err != nil {
		return err
	}
	a.view = s.opt.Source.View()
	a.asOf = a.view.AsOf
	byName := make(map[string]*engine.TermCounts, len(counts))
	for i := range counts {
		byName[counts[i].Platform] = &counts[i]
		a.asOf = min(a.asOf, counts[i].AsOf)
	}
	return s.onPlatforms(a, byName, s.add)
}

// onPlatforms calls add for every platform that is asked for.
func (s *Server) onPlatforms(a *asked, counts map[string]*engine.TermCounts, add func(*asked, found) error) error {
	met := false
	for _, p := range a.view.Platforms {
		if a.platform == "" || a.platform == p.Name {
			met = true
			if err := add(a, found{name: p.Name, spread: string(p.Spread), counts: counts[p.Name]}); err != nil {
				return err
			}
		}
	}
	if !met && a.platform != "" {
		// The store may know a platform that this engine has not met yet.
		return add(a, found{name: a.platform, spread: string(engine.SpreadUnknown), counts: counts[a.platform]})
	}
	return nil
}

// add completes f and keeps it if anything is known.
func (s *Server) add(a *asked, f found) error {
	f.id = term.ScopeOf(a.kind, f.name).ID(a.key)
	f.trends = trendsOf(a, f.name)
	if s.opt.History != nil {
		entry, err := s.opt.History.Term(f.id)
		switch {
		case err == nil && a.asOf != 0 && entry.FirstSeen/1e6 > a.asOf:
			// A restart fell back behind what was stored: not seen yet.
		case err == nil:
			f.stored = &entry
			if f.gauges, err = s.opt.History.Gauges(f.id); err != nil {
				return err
			}
		case !errors.Is(err, store.ErrUnknownTerm):
			return err
		}
	}
	if f.counts != nil || f.stored != nil || len(f.trends) > 0 {
		a.found = append(a.found, f)
	}
	return nil
}

// platforms lists the one that is asked for, or none for all.
func (a *asked) platforms() []string {
	if a.platform == "" {
		return nil
	}
	return []string{a.platform}
}

// name returns how the term is written where it was used most.
func (a *asked) name() string {
	best, most := "", uint64(0)
	for i := range a.found {
		f := &a.found[i]
		posts := uint64(0)
		if f.counts != nil {
			posts = f.counts.Count.Posts
		}
		if d := f.display(""); d != "" && (best == "" || posts > most) {
			best, most = d, posts
		}
	}
	if best == "" {
		return a.key
	}
	return best
}
