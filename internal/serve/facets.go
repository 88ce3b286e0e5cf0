package serve

import (
	"errors"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// normal returns the values that tags stand for, sorted and each once.
func normal(tags []string, of func(string) string) []string {
	for i, tag := range tags {
		tags[i] = of(tag)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// usedIn finds the terms that were used in posts of the languages and regions that are
// asked for, on the days that the window touches: of its last day, up to the end of
// the view.
func (s *Server) usedIn(q *trendQuery) *api.Problem {
	if len(q.langs) == 0 && len(q.regions) == 0 {
		return nil
	}
	if s.opt.History == nil {
		return api.NewProblem(api.ProblemNotKept, "languages and regions are not kept here; leave lang and region out")
	}
	if fault := s.kept(q); fault != nil || q.at.view.AsOf == 0 {
		return fault
	}
	v := q.at.view
	set, err := s.opt.History.FilterTerms(v.From/detect.PaneSeconds, v.AsOf/detect.PaneSeconds-1, store.TermFilter{Langs: q.langs, Regions: q.regions})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return api.NewProblem(api.ProblemNotKept, "languages and regions of the days before %s are not kept any more; leave lang and region out", rfc3339(v.AsOf))
	case err != nil:
		return s.lost("a language or region", v.AsOf, err)
	}
	q.terms = set
	return nil
}

// kept takes the view before the newest while that is still being written down: what
// belongs to it may not be there yet, and the answer would change with it.
func (s *Server) kept(q *trendQuery) *api.Problem {
	v := q.at.view
	if written, fault := s.written(v); written || fault != nil || v.AsOf == 0 {
		return fault
	}
	before, fault := s.viewAt(v.AsOf-1, v)
	if fault != nil {
		return busy()
	}
	q.at.view = before
	return nil
}

// written reports whether all that belongs to a view is in the store: of the newest one
// it may not be yet.
func (s *Server) written(v *engine.View) (bool, *api.Problem) {
	if v != s.opt.Source.View() {
		return true, nil
	}
	at, err := s.opt.History.RankingFrom(v.AsOf * 1e6)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, s.lost("the ranking", v.AsOf, err)
	}
	return err == nil && at == v.AsOf*1e6, nil
}
