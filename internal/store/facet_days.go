package store

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// FacetDays says on how many days one of some terms had a value of a facet.
type FacetDays struct {
	Value string
	Days  int
}

// maxDayValues is how many values of a facet are looked at in one day, in their order: those of a day that was sealed are read
// from the disk.
const maxDayValues = 1024

// TermFacets returns the values of a facet that one of the terms had, on the days from that of pane from to that of pane to, those
// of the most days first; of the last day, as of the end of pane to. Of days that retention has left, or that are after the
// last one, nothing is known. Cost: a bitmap for each value and day. The error wraps [ErrDamaged] where something may be lost.
func (s *Store) TermFacets(ids []term.ID, from, to int64, facet Facet) ([]FacetDays, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	var ords []uint32
	for _, id := range ids {
		if ord, ok := s.terms.ordinal(id); ok {
			ords = append(ords, ord)
		}
	}
	if len(ords) == 0 {
		return nil, nil
	}
	days, err := s.termFacets(ords, from, to, facet)
	if err != nil {
		return nil, fmt.Errorf("cannot read the facets of %d terms: %w", len(ords), err)
	}
	out := make([]FacetDays, 0, len(days))
	for value, n := range days {
		out = append(out, FacetDays{value, n})
	}
	slices.SortFunc(out, func(a, b FacetDays) int { return cmp.Or(b.Days-a.Days, cmp.Compare(a.Value, b.Value)) })
	return out, nil
}

// termFacets counts the days by value.
func (s *Store) termFacets(ords []uint32, from, to int64, facet Facet) (map[string]int, error) {
	last := rangeOf(to, maxHour).from
	first := max(min(rangeOf(from, maxHour).from, last)/PanesPerDay, s.facets.floor.Load())
	if err := s.checkLostFacets(first, last); err != nil {
		return nil, err
	}
	days := map[string]int{}
	for day := first; day <= last/PanesPerDay; day++ {
		had, err := s.hadUntil(min(last, day*PanesPerDay+PanesPerDay-1), facet, ords)
		if err != nil {
			return nil, err
		}
		for _, value := range had {
			days[value]++
		}
	}
	return days, nil
}

// hadUntil returns the values that one of the terms had on the day of a pane, as of its end.
func (s *Store) hadUntil(pane uint32, facet Facet, ords []uint32) (values []string, err error) {
	day, whole, err := s.dayUntil(pane)
	if whole && err == nil {
		var found bool
		if values, found, err = s.sealedValues(pane/PanesPerDay, facet, ords); found || err != nil {
			return values, err
		}
		day, err = s.dayOfNews(pane)
	}
	if day == nil || err != nil {
		return nil, err
	}
	seen := 0
	for _, v := range slices.SortedFunc(maps.Keys(day.sets), func(a, b facetValue) int { return cmp.Compare(a.value, b.value) }) {
		if v.facet != facet {
			continue
		}
		if seen++; seen > maxDayValues {
			break
		}
		if slices.ContainsFunc(ords, day.sets[v].Contains) {
			values = append(values, v.value)
		}
	}
	return values, nil
}

// sealedValues reads which values one of the terms had on a whole day, if it was sealed.
func (s *Store) sealedValues(day uint32, facet Facet, ords []uint32) (values []string, found bool, err error) {
	err = s.view(func(tx *badger.Txn) error {
		body, err := get(tx, facetKey(day, sealed, 0))
		if found = body != nil; !found || err != nil {
			return err
		}
		prefix := facetKey(day, facetValue{facet: facet}, 0)
		prefix = prefix[:len(prefix)-5] // without the end of the value, and the part
		seen, last := 0, ""
		return scanValues(tx, prefix, prefix, func(key, body []byte) error {
			value := string(key[len(prefix) : len(key)-5])
			if value != last || seen == 0 {
				seen, last = seen+1, value
			}
			if seen > maxDayValues {
				return errStop
			}
			part := tail32(key)
			if len(values) > 0 && values[len(values)-1] == value || !slices.ContainsFunc(ords, func(ord uint32) bool { return ord>>partShift == part }) {
				return nil
			}
			r := reader{buf: body}
			r.format(facetFormat)
			if r.err != nil {
				return decodeError(key, r.err)
			}
			set, err := decodeBitmap(r.buf)
			if err != nil {
				return decodeError(key, err)
			}
			if slices.ContainsFunc(ords, set.Contains) {
				values = append(values, value)
			}
			return nil
		})
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return values, found, err
}
