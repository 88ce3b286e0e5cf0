package store

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// facetIndex is what the store knows of facets in memory.
type facetIndex struct {
	today atomic.Pointer[daySets]
	kept  keptDays      // that were asked for last
	floor atomic.Uint32 // first day that retention has left

	// names are the terms by kind and platform, built at the first question.
	names struct {
		sync.RWMutex
		kinds     map[term.Kind]*roaring.Bitmap
		platforms map[string]*roaring.Bitmap
	}
}

// TermFilter says which terms are asked for: those that have one of the values in each
// list that is not empty.
type TermFilter struct {
	Kinds     []term.Kind
	Platforms []string
	Langs     []string // with a post in that language on one of the days
	Regions   []string
	Phases    []string // open in that phase on one of the days
}

// TermSet is a set of terms. It does not change.
type TermSet struct {
	ords  *roaring.Bitmap
	store *Store
}

// Len returns how many terms there are in it.
func (t *TermSet) Len() int { return int(t.ords.GetCardinality()) }

// Has tells whether a term is in it, from memory.
func (t *TermSet) Has(id term.ID) bool {
	ord, ok := t.store.terms.ordinal(id)
	return ok && t.ords.Contains(ord)
}

// FilterTerms returns the terms that the filter asks for, on the days from that of pane
// from to that of pane to; of the last day, as of the end of pane to. Without a
// filter for language, region or phase the days do not matter. Cost: a few bitmaps
// for each value and day; the first question about kinds or platforms passes over the
// dictionary, which takes about 1 µs a term.
//
// The error wraps [ErrNotFound] if retention has left some of the days.
func (s *Store) FilterTerms(from, to int64, f TermFilter) (*TermSet, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	set, err := s.filterTerms(from, to, f)
	if err != nil {
		return nil, fmt.Errorf("cannot filter terms: %w", err)
	}
	return &TermSet{set, s}, nil
}

func (s *Store) filterTerms(from, to int64, f TermFilter) (*roaring.Bitmap, error) {
	var all []*roaring.Bitmap
	for _, l := range []struct {
		facet  Facet
		values []string
	}{{FacetLang, f.Langs}, {FacetRegion, f.Regions}, {FacetPhase, f.Phases}} {
		if len(l.values) == 0 {
			continue
		}
		set, err := s.facetSet(from, to, l.facet, l.values)
		if err != nil {
			return nil, err
		}
		all = append(all, set)
	}
	byName, err := s.namedSets(f, len(all) == 0)
	if err != nil {
		return nil, err
	}
	return roaring.FastAnd(append(all, byName...)...), nil
}

// facetSet returns the terms that had one of the values on one of the days.
func (s *Store) facetSet(from, to int64, facet Facet, values []string) (*roaring.Bitmap, error) {
	last := rangeOf(to, maxHour).from
	first := min(rangeOf(from, maxHour).from, last) / PanesPerDay
	if floor := s.facets.floor.Load(); first < floor {
		return nil, fmt.Errorf("%w: facets are kept from pane %d on", ErrNotFound, int64(floor)*PanesPerDay)
	}
	if err := s.checkLostFacets(first, last); err != nil {
		return nil, err
	}
	var sets []*roaring.Bitmap
	for day := first; day <= last/PanesPerDay; day++ {
		until := min(last, day*PanesPerDay+PanesPerDay-1)
		more, err := s.facetsUntil(until, facet, values)
		if err != nil {
			return nil, err
		}
		sets = append(sets, more...)
	}
	return roaring.FastOr(sets...), nil
}

// checkLostFacets fails if facets of the days from first to that of pane last may have been lost.
func (s *Store) checkLostFacets(first, last uint32) error {
	if err := s.checkLost(int64(first)*24, "facets", facetKey(first, facetValue{}, 0), facetKey(last/PanesPerDay+1, facetValue{}, 0)); err != nil {
		return err
	}
	return s.checkLost(int64(first)*24, "facets", facetNewsKey(first*PanesPerDay), facetNewsKey(last))
}

// facetsUntil returns the sets of values of the day of a pane, as of its end.
func (s *Store) facetsUntil(pane uint32, facet Facet, values []string) (sets []*roaring.Bitmap, err error) {
	day, whole, err := s.dayUntil(pane)
	if whole && err == nil {
		var found bool
		if sets, found, err = s.sealedSets(pane/PanesPerDay, facet, values); found || err != nil {
			return sets, err
		}
		day, err = s.dayOfNews(pane)
	}
	if day == nil || err != nil {
		return nil, err
	}
	for _, value := range values {
		if set := day.sets[facetValue{facet, value}]; set != nil {
			sets = append(sets, set)
		}
	}
	return sets, nil
}

// dayUntil returns the day of a pane as of its end; nil if it has not begun. whole says that the pane is the last of a day that is
// over: that is read as it was sealed, if it was, and else by [Store.dayOfNews].
func (s *Store) dayUntil(pane uint32) (day *daySets, whole bool, err error) {
	today := s.facets.today.Load()
	switch {
	case pane/PanesPerDay > today.day:
		return nil, false, nil
	case pane/PanesPerDay == today.day && pane >= today.last:
		return today, false, today.err
	case pane%PanesPerDay == PanesPerDay-1:
		return nil, true, nil
	}
	day, err = s.dayOfNews(pane)
	return day, false, err
}

// dayOfNews returns the day of a pane as of its end, from what its panes added.
func (s *Store) dayOfNews(pane uint32) (*daySets, error) {
	if day := s.facets.kept.get(pane); day != nil {
		return day, nil
	}
	day, err := s.facetsOfDay(pane/PanesPerDay, pane)
	if err != nil {
		return nil, err
	}
	s.facets.kept.put(day)
	return day, nil
}

// sealedSets reads the sets of a whole day, if it was sealed.
func (s *Store) sealedSets(day uint32, facet Facet, values []string) (sets []*roaring.Bitmap, found bool, err error) {
	err = s.view(func(tx *badger.Txn) error {
		body, err := get(tx, facetKey(day, sealed, 0))
		if found = body != nil; !found || err != nil {
			return err
		}
		for _, value := range values {
			prefix := facetKey(day, facetValue{facet, value}, 0)
			prefix = prefix[:len(prefix)-4]
			err := scanValues(tx, prefix, prefix, func(key, body []byte) error {
				r := reader{buf: body}
				r.format(facetFormat)
				if r.err != nil {
					return decodeError(key, r.err)
				}
				set, err := decodeBitmap(r.buf)
				sets = append(sets, set)
				return decodeError(key, err)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return sets, found, err
}

// keptDays are the days, as of a pane, that were read last from what their panes added.
type keptDays struct {
	mu   sync.Mutex
	days []*daySets // the one used last at the end
}

// maxKeptDays bounds them; each takes a few bytes for each term and value.
const maxKeptDays = 4

func (k *keptDays) get(pane uint32) *daySets {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, d := range k.days {
		if d.last == pane {
			k.days = append(append(k.days[:i], k.days[i+1:]...), d)
			return d
		}
	}
	return nil
}

func (k *keptDays) put(d *daySets) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.days) == maxKeptDays {
		k.days = append(k.days[:0], k.days[1:]...)
	}
	k.days = append(k.days, d)
}

func (k *keptDays) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.days = nil
}
