package serve

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// normal returns the values that tags stand for, sorted and each once.
func normal(tags []string, of func(string) string) []string {
	for i, tag := range tags {
		tags[i] = of(tag)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// usedIn returns the rows whose terms were used in posts of the languages and regions that
// are asked for, on the days that the window touches: of its last day, up to the end of
// the view.
func (s *Server) usedIn(k *ranking, q *trendQuery) (rowSet, *api.Problem) {
	if s.opt.History == nil {
		return nil, api.NewProblem(api.ProblemNotKept, "languages and regions are not kept here; leave lang and region out")
	}
	v := k.view
	if v.AsOf == 0 {
		return newRowSet(len(k.rows)), nil
	}
	name := fmt.Sprintf("%q %q", q.langs, q.regions)
	if set := k.found.get(name); set != nil {
		return set, nil
	}
	terms, err := s.opt.History.FilterTerms(v.From/detect.PaneSeconds, v.AsOf/detect.PaneSeconds-1, store.TermFilter{Langs: q.langs, Regions: q.regions})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, api.NewProblem(api.ProblemNotKept, "languages and regions of the days before %s are not kept any more; leave lang and region out", rfc3339(v.AsOf))
	case err != nil:
		return nil, s.lost("a language or region", v.AsOf, err)
	}
	set := newRowSet(len(k.rows))
	for i, id := range k.ids() {
		if terms.Has(id) {
			set.add(int32(i))
		}
	}
	k.found.put(name, set)
	return set, nil
}

// maxUsed is how many languages or regions an answer about a term has at most.
const maxUsed = 20

// usedBy returns the languages or regions of posts that used the term on the days that the window touches: of its last day, up to the end of
// the view. Where that is not kept, or lost, there are none: the rest of the answer is worth no less.
func (s *Server) usedBy(a *asked, facet store.Facet) []api.Used {
	out := []api.Used{}
	if s.opt.History == nil || a.asOf == 0 {
		return out
	}
	var ids []term.ID
	for i := range a.found {
		ids = append(ids, a.found[i].id)
	}
	days, err := s.opt.History.TermFacets(ids, windowHour(a.asOf)*hourSeconds/detect.PaneSeconds, a.asOf/detect.PaneSeconds-1, facet)
	if err != nil {
		s.opt.Logger.Warn("cannot read the languages and regions of a term", "kind", a.kind, "key", a.key, "err", err)
	}
	for _, d := range days {
		if d.Value != engine.OtherValue && len(out) < maxUsed {
			out = append(out, api.Used{Name: d.Value, Days: d.Days})
		}
	}
	return out
}

// kept takes the view before the newest while that is still being written down: what
// belongs to it may not be there yet, and the answer would change with it.
func (s *Server) kept(m *moment) *api.Problem {
	if s.opt.History == nil || m.view.AsOf == 0 || m.ranking.written.Load() {
		return nil
	}
	written, fault := s.written(m.view)
	if fault != nil {
		return fault
	}
	if written {
		m.ranking.written.Store(true)
		return nil
	}
	before, fault := s.rankingAt(m.view.AsOf-1, m.ranking)
	if fault != nil {
		return busy()
	}
	m.view, m.ranking = before.view, before
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

// keptSets keeps the rows of a ranking that were found by what takes long. Any goroutine
// may use it.
type keptSets struct {
	mu   sync.Mutex
	sets map[string]rowSet
}

// maxKeptSets bounds them; each takes a bit for each row.
const maxKeptSets = 256

func (k *keptSets) get(name string) rowSet {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sets[name]
}

func (k *keptSets) put(name string, set rowSet) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.sets == nil || len(k.sets) >= maxKeptSets {
		k.sets = map[string]rowSet{}
	}
	k.sets[name] = set
}
