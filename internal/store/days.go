package store

import "iter"

// TermDay is what was counted of one term in one day.
type TermDay struct {
	Term
	Posts [24]uint32 // by UTC hour
	Fresh [24]uint32 // fresh authors, in halves
}

// DayPoints yields what was counted in a closed day (since 1970, UTC), term by term in
// an order that does not change. hours tells by bit which hours were counted at all. It wraps
// [ErrNotFound] for a day that is not closed or not kept any more.
func (s *Store) DayPoints(day int64) (hours uint32, terms iter.Seq2[TermDay, error], err error) {
	return 0, nil, ErrNotFound
}

// ClosedDays returns the days that are closed and kept, rising: no hour of them can
// change any more.
func (s *Store) ClosedDays() ([]int64, error) { return nil, nil }

// Detection returns the line of the log at a position, or [ErrNotFound].
func (s *Store) Detection(pos uint64) ([]byte, error) { return nil, ErrNotFound }
