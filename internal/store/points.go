package store

import (
	"fmt"

	"github.com/swell-radar/swell/term"
)

// Point is what one term was seen in one hour.
type Point struct {
	ID    term.ID
	Posts uint32 // occurrences
	Fresh uint32 // authors new to the term, in halves: a repost's counts one
}

// HourPoint is a [Point] in the series of its term.
type HourPoint struct {
	Hour  int64 // hours since 1970, UTC
	Posts uint32
	Fresh uint32 // as in [Point]; whole authors, rounded up, where an earlier format kept them
}

// AppendHour stores the points of an hour (hours since 1970, UTC) in place of
// all that was stored for that hour before, so that repeating it changes
// nothing. No points at all still record the hour as counted. A point with both
// counts zero is left out: in a recorded hour a term without a point was not
// seen.
//
// Hours may come in any order, though rising order is what it is made for: the
// first hour of a day rolls the days before it into blocks, which costs about
// 1 µs per term of those.
//
// Of an hour of a day that [Store.Prune] deleted nothing is stored, and that is no error:
// a run that goes on from before it counts what retention has left.
//
// Errors: [ErrUnknownTerm] for a term that [Store.RegisterTerms] did not get,
// [ErrInvalid] for an hour before 1970 and for a term given twice, [ErrDiskFull];
// nothing is stored then.
func (s *Store) AppendHour(hour int64, points []Point) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.appendHour(hour, points); err != nil {
		return fmt.Errorf("cannot store hour %d: %w", hour, err)
	}
	return nil
}

func (s *Store) appendHour(hour int64, points []Point) error {
	if err := s.room(); err != nil {
		return err
	}
	if gone, err := s.counts.checkTime(hour); gone || err != nil {
		return err
	}
	entries, err := s.entriesOf(points)
	if err != nil {
		return err
	}
	return s.counts.append(uint32(hour), entries, nil)
}

// checkTime refuses an hour, or a pane, that cannot be stored, and tells whether it is
// one that retention has left.
func (t *series[V]) checkTime(n int64) (gone bool, err error) {
	if n < 0 || n >= maxHour {
		return false, invalid("it is not in 0 to %d", uint32(maxHour-1))
	}
	return n < int64(t.index.Load().floor)*24, nil
}

// Series returns the points of a term from hour from up to but not including
// hour to, rising. An hour without a point is left out; [Store.Hours] tells
// whether it was counted. The error wraps [ErrUnknownTerm] for a term that is
// not in the dictionary.
//
// Cost: three reads per day and two per hour of the current day, about 5 µs each.
func (s *Store) Series(id term.ID, from, to int64) ([]HourPoint, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	if err := s.checkLostTerm(from, tabTerm, id); err != nil {
		return nil, fmt.Errorf("cannot read the series of term %016x: %w", uint64(id), err)
	}
	ord, ok := s.terms.ordinal(id)
	if !ok {
		return nil, fmt.Errorf("%w: %016x", ErrUnknownTerm, uint64(id))
	}
	var points []HourPoint
	err := s.counts.read(ord, rangeOf(from, to), func(hour uint32, c counts) {
		points = append(points, HourPoint{Hour: int64(hour), Posts: c.Posts, Fresh: c.Fresh})
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the series of term %016x: %w", uint64(id), err)
	}
	return points, nil
}

// Hours returns the hours in from ≤ h < to for which [Store.AppendHour] was
// called, rising.
func (s *Store) Hours(from, to int64) ([]int64, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	hours, err := s.counts.hours(rangeOf(from, to))
	if err != nil {
		return nil, fmt.Errorf("cannot read the hours from %d to %d: %w", from, to, err)
	}
	return hours, nil
}
