package store

import (
	"fmt"
	"slices"

	"github.com/swell-radar/swell/term"
)

// PanesPerHour is how many panes there are in an hour. Panes are numbered since
// 1970, UTC.
const PanesPerHour = 6

// PanePoint is a [Point] of one pane in the series of its term.
type PanePoint struct {
	Pane  int64
	Posts uint32
	Fresh uint32 // as in [Point]
}

// AppendPane stores the points of a pane in place of all that was stored for it
// before, as [Store.AppendHour] does for an hour, and what became of the tracking of
// terms at its end. All of it is seen at once. Of a pane that retention has left the
// tracking alone is stored: it holds until the next of the same term.
//
// Errors: those of [Store.AppendHour]; nothing is stored then.
func (s *Store) AppendPane(pane int64, points []Point, trackings []Tracking) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.appendPane(pane, points, trackings); err != nil {
		return fmt.Errorf("cannot store pane %d: %w", pane, err)
	}
	return nil
}

func (s *Store) appendPane(pane int64, points []Point, trackings []Tracking) error {
	if err := s.room(); err != nil {
		return err
	}
	gone, err := s.panes.checkTime(pane)
	if err != nil {
		return err
	}
	track := func(b *batch) error {
		for i := range trackings {
			if err := s.putTracking(b, uint32(pane), &trackings[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if gone {
		b := s.batch()
		defer b.cancel()
		if err := track(b); err != nil {
			return err
		}
		return b.commit()
	}
	entries, err := s.entriesOf(points)
	if err != nil {
		return err
	}
	return s.panes.append(uint32(pane), entries, track)
}

// entriesOf returns the points by ordinal, without those that are zero.
func (s *Store) entriesOf(points []Point) ([]entry[counts], error) {
	entries := make([]entry[counts], len(points))
	for i, p := range points {
		ord, ok := s.terms.ordinal(p.ID)
		if !ok {
			return nil, fmt.Errorf("%w: %016x; register it first", ErrUnknownTerm, uint64(p.ID))
		}
		entries[i] = entry[counts]{ord, counts{Posts: p.Posts, Fresh: p.Fresh}}
	}
	sortEntries(entries)
	for i := 1; i < len(entries); i++ {
		if ord := entries[i].ord; ord == entries[i-1].ord {
			twice := slices.IndexFunc(points, func(p Point) bool { o, _ := s.terms.ordinal(p.ID); return o == ord })
			return nil, invalid("term %016x is given twice", uint64(points[twice].ID))
		}
	}
	return slices.DeleteFunc(entries, func(e entry[counts]) bool { return e.val == counts{} }), nil
}

// PaneSeries returns the points of a term from pane from up to but not including
// pane to, rising, as [Store.Series] does for hours.
func (s *Store) PaneSeries(id term.ID, from, to int64) ([]PanePoint, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	if err := s.checkLostTerm(from/PanesPerHour, tabTerm, id); err != nil {
		return nil, fmt.Errorf("cannot read the panes of term %016x: %w", uint64(id), err)
	}
	ord, ok := s.terms.ordinal(id)
	if !ok {
		return nil, fmt.Errorf("%w: %016x", ErrUnknownTerm, uint64(id))
	}
	var points []PanePoint
	err := s.panes.read(ord, rangeOf(from, to), func(pane uint32, c counts) {
		points = append(points, PanePoint{Pane: int64(pane), Posts: c.Posts, Fresh: c.Fresh})
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the panes of term %016x: %w", uint64(id), err)
	}
	return points, nil
}

// Panes returns the panes in from ≤ p < to for which [Store.AppendPane] was called,
// rising.
func (s *Store) Panes(from, to int64) ([]int64, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	panes, err := s.panes.hours(rangeOf(from, to))
	if err != nil {
		return nil, fmt.Errorf("cannot read the panes from %d to %d: %w", from, to, err)
	}
	return panes, nil
}

// PanesFrom returns the first pane that retention has left. Of panes before it, and of
// how terms were counted then, nothing is known.
func (s *Store) PanesFrom() int64 { return int64(s.panes.index.Load().floor) * 24 }

// truncate takes away the values of all hours from the given one on.
func (t *series[V]) truncate(from uint32) error {
	hours, err := t.hours(hourRange{from, maxHour})
	if err != nil {
		return t.store.tolerate(err)
	}
	for _, hour := range hours {
		if err := t.append(uint32(hour), nil, nil); err != nil {
			return err
		}
	}
	return nil
}
