package serve

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// ranking is a view made ready for questions. What a question needs is made when the first
// one asks for it, and kept as long as the view: any goroutine may ask.
type ranking struct {
	view  *engine.View
	hash  uint64          // see viewHash
	rows  []*engine.Trend // in the order of the ranking, behind them what is held back
	shown int             // rows that are not held back

	sets   func() *propertySets
	texts  func() *rowTexts
	starts func() *rowStarts
	ids    func() []term.ID

	clocks [spans]func() *clock
	orders [len(sorts)][spans]func() []int32

	encoded rowBodies
	found   keptSets    // by language and region, and by watch list
	written atomic.Bool // all that belongs to it is known to be in the store
	paged   atomic.Bool // a cursor of it was given out
}

func newRanking(v *engine.View) *ranking {
	k := &ranking{view: v, hash: viewHash(v), shown: len(v.Trends), rows: make([]*engine.Trend, 0, len(v.Trends)+len(v.Held))}
	for _, list := range [...][]engine.Trend{v.Trends, v.Held} {
		for i := range list {
			k.rows = append(k.rows, &list[i])
		}
	}
	k.sets = sync.OnceValue(k.sortOut)
	k.texts = sync.OnceValue(k.gatherTexts)
	k.starts = sync.OnceValue(k.gatherStarts)
	k.ids = sync.OnceValue(k.gatherIDs)
	for w := range spans {
		k.clocks[w] = sync.OnceValue(func() *clock { return clockOf(k.view, w) })
		for by := range sorts {
			k.orders[by][w] = sync.OnceValue(func() []int32 { return k.order(by, w) })
		}
	}
	k.encoded.rows = make([]atomic.Pointer[rowBody], len(k.rows))
	return k
}

// propertySets are the rows that have a property.
type propertySets struct {
	platforms map[string]rowSet
	kinds     map[term.Kind]rowSet
	phases    map[detect.Phase]rowSet
	confirmed rowSet
}

func (k *ranking) sortOut() *propertySets {
	p := &propertySets{platforms: map[string]rowSet{}, kinds: map[term.Kind]rowSet{}, phases: map[detect.Phase]rowSet{}, confirmed: newRowSet(len(k.rows))}
	for i, t := range k.rows {
		row := int32(i)
		put(p.platforms, t.Platform, row, len(k.rows))
		put(p.kinds, t.Term.Kind, row, len(k.rows))
		put(p.phases, t.Phase, row, len(k.rows))
		if t.Confirmed {
			p.confirmed.add(row)
		}
	}
	return p
}

func put[K comparable](sets map[K]rowSet, key K, row int32, rows int) {
	if sets[key] == nil {
		sets[key] = newRowSet(rows)
	}
	sets[key].add(row)
}

func (k *ranking) gatherIDs() []term.ID {
	ids := make([]term.ID, len(k.rows))
	for i, t := range k.rows {
		ids[i] = term.ScopeOf(t.Term.Kind, t.Platform).ID(t.Term.Key)
	}
	return ids
}

// sorts are the ways to sort a ranking, and what stands higher in the list; a number that
// is not known stands last. The first one is the order of the ranking itself. All but the
// last two are the same for every span.
var sorts = [...]struct {
	name  string
	value func(t *engine.Trend, m *measure) float64
}{
	{"rank", nil},
	{"score", func(t *engine.Trend, _ *measure) float64 { return t.Score }},
	{"rate", func(t *engine.Trend, _ *measure) float64 { return t.PostsPerHour }},
	{"authors", func(t *engine.Trend, _ *measure) float64 { return float64(t.Authors24) }},
	{"started", func(t *engine.Trend, _ *measure) float64 { return float64(t.Began) }},
	{"hours_left", func(t *engine.Trend, _ *measure) float64 { return t.Left.Mid }},
	{"growth", func(_ *engine.Trend, m *measure) float64 { return m.growth }},
	{"posts_per_h", func(_ *engine.Trend, m *measure) float64 { return m.perHour }},
}

// sortGrowth is the first place in sorts of those that are taken of the window.
const sortGrowth = 6

func sortNames() (names []string) {
	for _, s := range sorts {
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	return names
}

// order returns the rows as they stand in a list, what is held back behind all others;
// equals stay in the order of the ranking.
func (k *ranking) order(by int, w span) []int32 {
	rows := make([]int32, len(k.rows))
	for i := range rows {
		rows[i] = int32(i)
	}
	value := sorts[by].value
	if value == nil {
		return rows
	}
	values := make([]float64, len(k.rows))
	for i, t := range k.rows {
		var m measure
		if by >= sortGrowth {
			m = k.clocks[w]().measureOf(t)
		}
		values[i] = value(t, &m)
	}
	for _, part := range [][]int32{rows[:k.shown], rows[k.shown:]} {
		slices.SortFunc(part, func(a, b int32) int { return cmp.Or(cmp.Compare(values[b], values[a]), cmp.Compare(a, b)) })
	}
	return rows
}

// ordered returns the order that is asked for. Only the last ones differ by span.
func (k *ranking) ordered(by int, w span) []int32 {
	if by < sortGrowth {
		w = span72h
	}
	return k.orders[by][w]()
}

// facets counts the rows of a set by phase, kind and platform.
func (k *ranking) facets(set rowSet) api.Facets {
	p := k.sets()
	f := api.Facets{Phases: []api.Facet{}, Kinds: []api.Facet{}, Platforms: []api.Facet{}}
	for _, phase := range openPhases() {
		if rows := p.phases[phase]; rows != nil {
			f.Phases = counted(f.Phases, phase.String(), rows.common(set))
		}
	}
	for kind, rows := range p.kinds {
		f.Kinds = counted(f.Kinds, kind.String(), rows.common(set))
	}
	for name, rows := range p.platforms {
		f.Platforms = counted(f.Platforms, name, rows.common(set))
	}
	frequentFirst(f.Kinds)
	frequentFirst(f.Platforms)
	return f
}

func counted(facets []api.Facet, name string, trends int) []api.Facet {
	if trends == 0 {
		return facets
	}
	return append(facets, api.Facet{Name: name, Trends: trends})
}

func frequentFirst(facets []api.Facet) {
	slices.SortFunc(facets, func(a, b api.Facet) int {
		return cmp.Or(cmp.Compare(b.Trends, a.Trends), cmp.Compare(a.Name, b.Name))
	})
}
