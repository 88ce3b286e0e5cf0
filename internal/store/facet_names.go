package store

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// namedSets returns the terms of the kinds and those of the platforms, or all terms if
// neither is asked for and nothing else is.
func (s *Store) namedSets(f TermFilter, alone bool) ([]*roaring.Bitmap, error) {
	if len(f.Kinds) == 0 && len(f.Platforms) == 0 && !alone {
		return nil, nil
	}
	n := &s.facets.names
	if err := s.loadNames(); err != nil {
		return nil, err
	}
	n.RLock()
	defer n.RUnlock()
	var out []*roaring.Bitmap
	if kinds := f.Kinds; len(kinds) > 0 || alone && len(f.Platforms) == 0 {
		var sets []*roaring.Bitmap
		for kind, set := range n.kinds {
			if len(kinds) == 0 || slices.Contains(kinds, kind) {
				sets = append(sets, set)
			}
		}
		out = append(out, roaring.FastOr(sets...))
	}
	if len(f.Platforms) > 0 {
		var sets []*roaring.Bitmap
		for _, p := range f.Platforms {
			if set := n.platforms[p]; set != nil {
				sets = append(sets, set)
			}
		}
		out = append(out, roaring.FastOr(sets...))
	}
	return out, nil
}

// loadNames gathers the terms by kind and platform, unless that was done.
func (s *Store) loadNames() error {
	n := &s.facets.names
	n.RLock()
	done := n.kinds != nil
	n.RUnlock()
	if done {
		return nil
	}
	// The writer waits with what it registers meanwhile, and adds it once more.
	n.Lock()
	defer n.Unlock()
	kinds, platforms := make(map[term.Kind]*roaring.Bitmap), make(map[string]*roaring.Bitmap)
	err := s.view(func(tx *badger.Txn) error {
		prefix := []byte{tabTerm}
		return scanValues(tx, prefix, prefix, func(key, body []byte) error {
			t, err := decodeTerm(dictKeyID(key), body)
			if err != nil {
				return decodeError(key, err)
			}
			addName(kinds, t.Kind, tail32(key))
			addName(platforms, t.Platform, tail32(key))
			return nil
		})
	})
	if err == nil {
		n.kinds, n.platforms = kinds, platforms
	}
	return err
}

func addName[K term.Kind | string](to map[K]*roaring.Bitmap, name K, ord uint32) {
	if to[name] == nil {
		to[name] = roaring.New()
	}
	to[name].Add(ord)
}

// nameTerms adds terms that were registered.
func (s *Store) nameTerms(ords map[term.ID]uint32, terms map[term.ID]Term) {
	n := &s.facets.names
	n.Lock()
	defer n.Unlock()
	if n.kinds == nil {
		return
	}
	for id, ord := range ords {
		addName(n.kinds, terms[id].Kind, ord)
		addName(n.platforms, terms[id].Platform, ord)
	}
}

// forgetNames has the names gathered again, when terms were deleted.
func (s *Store) forgetNames() {
	n := &s.facets.names
	n.Lock()
	defer n.Unlock()
	n.kinds, n.platforms = nil, nil
}

// loadFacetFloor reads the first day whose facets are kept.
func (s *Store) loadFacetFloor() error {
	s.facets.floor.Store(0)
	return s.view(func(tx *badger.Txn) error {
		body, err := get(tx, facetFloorKey())
		if err == nil && body != nil {
			var floor uint32
			floor, err = decodeFloor(body)
			s.facets.floor.Store(floor)
			err = decodeError(facetFloorKey(), err)
		}
		return s.tolerate(err)
	})
}

// pruneFacets deletes the facets of the days before the given one, and returns of how
// many there were any.
func (s *Store) pruneFacets(day uint32) (days int, err error) {
	if day <= s.facets.floor.Load() {
		return 0, nil
	}
	b := s.batch()
	defer b.cancel()
	if err := b.set(facetFloorKey(), encodeFloor(day)); err != nil {
		return 0, err
	}
	if err := b.commit(); err != nil {
		return 0, err
	}
	s.facets.floor.Store(day)
	gone := roaring.New()
	err = s.deleteWhere([]byte{tabFacetNews}, func(key []byte) bool {
		if of := tail32(key) / PanesPerDay; of < day {
			gone.Add(of)
			return true
		}
		return false
	})
	if err != nil {
		return 0, err
	}
	err = s.deleteWhere([]byte{tabFacet}, func(key []byte) bool { return facetDay(key) < day })
	return int(gone.GetCardinality()), err
}
