package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/term"
)

// PanesPerDay is how many panes there are in a day, UTC.
const PanesPerDay = 24 * PanesPerHour

// Facet is a property that terms have on a day.
type Facet byte

// The facets. Their numbers are part of the stored format.
const (
	FacetLang   Facet = 'l' // language of posts that it was used in
	FacetRegion Facet = 'r' // region of posts that it was used in
	FacetPhase  Facet = 'p' // phase of an open trend
)

// TermFacet says that a term had a value of a facet.
type TermFacet struct {
	ID    term.ID
	Facet Facet
	Value string
}

// facetValue is one value of a facet.
type facetValue struct {
	facet Facet
	value string
}

// maxFacetValue is the longest value, in bytes.
const maxFacetValue = 64

// daySets are the terms of one day by value. Readers have one as it was when they
// came: the writer replaces what it changes.
type daySets struct {
	day  uint32
	last uint32 // newest pane that was added, or a later one that added nothing
	sets map[facetValue]*roaring.Bitmap
	err  error // what the panes of the day added cannot be read
}

// AppendFacets adds what terms had in a pane. Terms that are not in the dictionary,
// and what the term had on the day already, are left out. Panes come in rising order:
// the first one of a day seals the day before, into one bitmap for each value. Of a day
// that retention has left nothing is stored. The error wraps [ErrInvalid] for a pane of
// a day that was sealed; see [Store.TruncateFacets].
func (s *Store) AppendFacets(pane int64, pairs []TermFacet) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.appendFacets(pane, pairs); err != nil {
		return fmt.Errorf("cannot store the facets of pane %d: %w", pane, err)
	}
	return nil
}

func (s *Store) appendFacets(pane int64, pairs []TermFacet) error {
	if err := s.room(); err != nil {
		return err
	}
	today := s.facets.today.Load()
	day := uint32(max(pane, 0) / PanesPerDay)
	switch {
	case pane < 0 || pane >= maxHour:
		return invalid("it is not in 0 to %d", uint32(maxHour-1))
	case day < s.facets.floor.Load():
		return nil
	case day < today.day:
		return invalid("its day is over: facets are written from pane %d on", int64(today.day)*PanesPerDay)
	case day > today.day:
		if err := s.sealFacets(today); err != nil {
			return err
		}
		today = &daySets{day: day}
	}
	if today.err != nil {
		// Nothing tells any more what is new: everything is added once more.
		today = &daySets{day: day, err: today.err}
	}
	news, err := s.newFacets(today, uint32(pane), pairs)
	if err != nil {
		return err
	}
	if len(news) > 0 {
		b := s.batch()
		defer b.cancel()
		if err := b.set(facetNewsKey(uint32(pane)), encodeFacetNews(news)); err != nil {
			return err
		}
		if err := b.commit(); err != nil {
			return err
		}
	}
	fault.Point("store.facets")
	s.facets.today.Store(today.with(news, uint32(pane)))
	return nil
}

// facetNews are the ordinals that came to have a value.
type facetNews struct {
	facetValue
	ords []uint32 // rising
}

// newFacets returns what the pairs add to the day, and what the pane added before, by
// facet and value; nothing if the pairs add nothing.
func (s *Store) newFacets(today *daySets, pane uint32, pairs []TermFacet) ([]facetNews, error) {
	by := make(map[facetValue][]uint32)
	for _, p := range pairs {
		if len(p.Value) > maxFacetValue {
			return nil, invalid("term %016x: a value of %d bytes, the limit is %d", uint64(p.ID), len(p.Value), maxFacetValue)
		}
		ord, ok := s.terms.ordinal(p.ID)
		v := facetValue{p.Facet, p.Value}
		if set := today.sets[v]; ok && (set == nil || !set.Contains(ord)) {
			by[v] = append(by[v], ord)
		}
	}
	if len(by) == 0 {
		return nil, nil
	}
	before, err := s.readFacetNews(pane)
	if err := s.tolerate(err); err != nil {
		return nil, err
	}
	for _, n := range before {
		by[n.facetValue] = append(by[n.facetValue], n.ords...)
	}
	news := make([]facetNews, 0, len(by))
	for v, ords := range by {
		slices.Sort(ords)
		news = append(news, facetNews{v, slices.Compact(ords)})
	}
	slices.SortFunc(news, func(a, b facetNews) int {
		return cmp.Or(cmp.Compare(a.facet, b.facet), cmp.Compare(a.value, b.value))
	})
	return news, nil
}

// readFacetNews reads what a pane added, if it is there.
func (s *Store) readFacetNews(pane uint32) (news []facetNews, err error) {
	key := facetNewsKey(pane)
	err = s.view(func(tx *badger.Txn) error {
		body, err := get(tx, key)
		if body == nil || err != nil {
			return err
		}
		news, err = decodeFacetNews(body)
		return decodeError(key, err)
	})
	return news, err
}

// with returns the sets with what is new. Those that change are copied.
func (d *daySets) with(news []facetNews, pane uint32) *daySets {
	out := &daySets{day: d.day, last: max(d.last, pane), err: d.err, sets: make(map[facetValue]*roaring.Bitmap, len(d.sets)+len(news))}
	for v, set := range d.sets {
		out.sets[v] = set
	}
	for _, n := range news {
		set := roaring.New()
		if old := out.sets[n.facetValue]; old != nil {
			set = old.Clone()
		}
		set.AddMany(n.ords)
		out.sets[n.facetValue] = set
	}
	return out
}

// sealFacets writes the sets of a day that is over, and behind them that they are
// whole: a day without that is read from what its panes added. It may be repeated.
func (s *Store) sealFacets(d *daySets) error {
	if len(d.sets) == 0 || d.err != nil {
		return nil
	}
	b := s.batch()
	defer b.cancel()
	for v, set := range d.sets {
		for part, bitmap := range partsOfSet(set) {
			body, err := appendBitmap([]byte{facetFormat}, bitmap)
			if err != nil {
				return err
			}
			if err := b.set(facetKey(d.day, v, part), body); err != nil {
				return err
			}
		}
	}
	if err := b.set(facetKey(d.day, sealed, 0), []byte{facetFormat}); err != nil {
		return err
	}
	return b.commit()
}

// sealed is what stands for a day as a whole among its values.
var sealed = facetValue{}

// partsOfSet cuts a set so that each part fits into a value.
func partsOfSet(set *roaring.Bitmap) map[uint32]*roaring.Bitmap {
	parts := make(map[uint32]*roaring.Bitmap)
	if set.IsEmpty() {
		return parts
	}
	for part := set.Minimum() >> partShift; part <= set.Maximum()>>partShift; part++ {
		mask := roaring.New()
		mask.AddRange(uint64(part)<<partShift, uint64(part+1)<<partShift)
		if mask.And(set); !mask.IsEmpty() {
			parts[part] = mask
		}
	}
	return parts
}

// loadFacets finds the running day and reads it from what its panes added.
func (s *Store) loadFacets() error {
	s.facets.today.Store(&daySets{})
	s.facets.kept.clear()
	if err := s.loadFacetFloor(); err != nil {
		return err
	}
	var last uint32
	found := false
	err := s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabFacetNews}, Reverse: true})
		defer it.Close()
		if it.Seek(facetNewsKey(1<<32 - 1)); it.Valid() {
			last, found = tail32(it.Item().Key()), true
		}
		return nil
	})
	if err != nil || !found {
		return err
	}
	today, err := s.facetsOfDay(last/PanesPerDay, last)
	if err != nil {
		today = &daySets{day: last / PanesPerDay, last: last, err: err}
	}
	s.facets.today.Store(today)
	return s.tolerate(err)
}

// facetsOfDay gathers what the panes of a day, up to the given one, added.
func (s *Store) facetsOfDay(day, last uint32) (*daySets, error) {
	out := &daySets{day: day, last: last, sets: make(map[facetValue]*roaring.Bitmap)}
	err := s.view(func(tx *badger.Txn) error {
		prefix := []byte{tabFacetNews}
		err := scanValues(tx, prefix, facetNewsKey(day*PanesPerDay), func(key, body []byte) error {
			if tail32(key) > last {
				return errStop
			}
			news, err := decodeFacetNews(body)
			if err != nil {
				return decodeError(key, err)
			}
			for _, n := range news {
				if out.sets[n.facetValue] == nil {
					out.sets[n.facetValue] = roaring.New()
				}
				out.sets[n.facetValue].AddMany(n.ords)
			}
			return nil
		})
		if errors.Is(err, errStop) {
			return nil
		}
		return err
	})
	return out, err
}

// TruncateFacets drops what panes after the given one added, and opens the day of that
// one again if it was sealed.
func (s *Store) TruncateFacets(last int64) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.truncateFacets(last); err != nil {
		return fmt.Errorf("cannot drop the facets after pane %d: %w", last, err)
	}
	return nil
}

func (s *Store) truncateFacets(last int64) error {
	from := rangeOf(last+1, last+2).from
	// A day that is sealed is read as such, so these go first.
	err := s.deleteWhere([]byte{tabFacet}, func(key []byte) bool { return facetDay(key) >= from/PanesPerDay })
	if err == nil {
		err = s.deleteFrom([]byte{tabFacetNews}, facetNewsKey(from))
	}
	if err != nil {
		return err
	}
	return s.loadFacets()
}
