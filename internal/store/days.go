package store

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// TermDay is what was counted of one term in one day.
type TermDay struct {
	Term
	Posts [24]uint32 // by UTC hour
	Fresh [24]uint32 // fresh authors, in halves
}

const dayMicros = 24 * 3600e6

// publishClosed says to readers before which day no hour is written any more: a run
// goes on from a snapshot that is kept, or begins with a reset.
func (s *Store) publishClosed() {
	if watermark, _, ok := s.snapshots.oldest(); ok {
		s.closedBefore.Store(watermark / dayMicros)
	}
}

// isClosed tells whether a day that is kept can change no more: it is packed, and no
// snapshot goes back into it.
func (s *Store) isClosed(idx *historyIndex, day uint32) bool {
	_, packed := slices.BinarySearch(idx.days, day)
	at, _ := slices.BinarySearch(idx.pending, day*24)
	again := at < len(idx.pending) && idx.pending[at]/24 == day
	return packed && !again && int64(day) < s.closedBefore.Load()
}

// ClosedDays returns the days (since 1970, UTC) that are closed and kept, rising: no hour
// of them can change any more. A day is closed once points of a later day were stored and
// the oldest snapshot that is kept ends with it or later; without a snapshot none is. A
// day on which nothing was counted is not among them.
func (s *Store) ClosedDays() ([]int64, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	idx := s.counts.index.Load()
	var days []int64
	for _, day := range idx.days {
		if s.isClosed(idx, day) {
			days = append(days, int64(day))
		}
	}
	return days, nil
}

// DayPoints yields what was counted in a closed day (since 1970, UTC), each term once, in
// the order in which terms were registered: it is the order of their ordinals, which is the
// store's own and does not change. hours tells by bit which hours were counted at all; of the
// others nothing is known, and their numbers are 0. A day that is kept has all of its terms:
// retention takes a term after the last of its days.
//
// All of it is of one state of the store. It takes some 8 MiB of memory, however many terms
// there are: IDs of up to a million ordinals at a time. Cost: a pass over the keys of the
// dictionary for each million ordinals in the blocks of the day, at 0.3 µs a key, and 5 µs a term.
//
// The error wraps [ErrNotFound] for a day that is not closed or not kept any more, also if
// retention takes it between the call and the loop, and [ErrDamaged] if part of the day cannot
// be read. The first error ends the loop; that terms of the day have lost their names comes at
// its end, behind the others.
func (s *Store) DayPoints(day int64) (hours uint32, terms iter.Seq2[TermDay, error], err error) {
	if err := s.begin(); err != nil {
		return 0, nil, err
	}
	defer s.end()
	rec, err := s.closedDay(day)
	if err != nil {
		return 0, nil, fmt.Errorf("cannot read the points of day %d: %w", day, err)
	}
	return rec.hours, func(yield func(TermDay, error) bool) {
		err := s.begin()
		if err == nil {
			err = s.dayPoints(uint32(day), func(d *TermDay) bool { return yield(*d, nil) })
			s.end()
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(TermDay{}, fmt.Errorf("cannot read the points of day %d: %w", day, err))
		}
	}, nil
}

// closedDay returns the record of a day, if it is closed.
func (s *Store) closedDay(day int64) (rec *dayRecord, err error) {
	r := rangeOf(day, day+1) // of days, which are fewer than hours
	if r.from >= r.to || r.from >= maxHour/24 {
		return nil, errNotClosed
	}
	if err := s.counts.checkLostHours(hourRange{r.from * 24, r.from*24 + 24}); err != nil {
		return nil, err
	}
	if !s.isClosed(s.counts.index.Load(), r.from) {
		return nil, errNotClosed
	}
	err = s.view(func(tx *badger.Txn) error {
		rec, err = s.counts.readDay(tx, r.from)
		return err
	})
	if rec == nil && err == nil {
		err = errNotClosed
	}
	return rec, err
}

var errNotClosed = fmt.Errorf("%w: it is not closed, or not kept any more; Store.ClosedDays lists those that are", ErrNotFound)

// namedBuckets is for how many buckets of a day the IDs of terms are held at a time.
const namedBuckets = 4096

// dayPoints calls fn with every term of a packed day, until it has enough.
func (s *Store) dayPoints(day uint32, fn func(d *TermDay) bool) error {
	nameless := 0
	var d TermDay
	err := s.view(func(tx *badger.Txn) error {
		rec, err := s.counts.readDay(tx, day)
		if err != nil {
			return err
		}
		if rec == nil {
			return errNotClosed
		}
		for buckets := range slices.Chunk(rec.buckets.ToArray(), namedBuckets) {
			names, err := namesOf(tx, buckets)
			if err != nil {
				return err
			}
			for i, bucket := range buckets {
				n, err := s.dayBucket(tx, blockKey(famCounts, day, bucket), &names[i], &d, fn)
				if nameless += n; err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil && nameless > 0 {
		err = fmt.Errorf("%w: %d terms of it have lost their entry in the dictionary; %s", ErrDamaged, nameless, outBackup)
	}
	return err
}

// bucketNames are the IDs of a bucket's terms.
type bucketNames struct {
	ids   [bucketOrds]term.ID
	known [bucketOrds / 64]uint64
}

// namesOf finds the terms whose ordinals are in the buckets, which rise.
func namesOf(tx *badger.Txn, buckets []uint32) ([]bucketNames, error) {
	names := make([]bucketNames, len(buckets))
	err := scan(tx, []byte{tabTerm}, func(key []byte) error {
		if err := wantKeyLen(key); err != nil {
			return err
		}
		ord := tail32(key)
		if i, ok := slices.BinarySearch(buckets, ord/bucketOrds); ok {
			slot := ord % bucketOrds
			names[i].ids[slot] = dictKeyID(key)
			names[i].known[slot/64] |= 1 << (slot % 64)
		}
		return nil
	})
	return names, err
}

// dayBucket calls fn with every term of a block, in d, and returns how many have no name.
func (s *Store) dayBucket(tx *badger.Txn, key []byte, names *bucketNames, d *TermDay, fn func(d *TermDay) bool) (nameless int, err error) {
	b, err := s.counts.readBlock(tx, dayBlock, key)
	if err != nil {
		return 0, err
	}
	var col column[counts]
	for slot := range b.slots {
		b.column(&col)
		if b.bits.err != nil {
			return nameless, decodeError(key, b.bits.err)
		}
		if names.known[slot/64]>>(slot%64)&1 == 0 {
			nameless++
			continue
		}
		*d = TermDay{}
		if d.Term, err = termIn(tx, names.ids[slot], tail32(key)*bucketOrds+slot); err != nil {
			return nameless, err
		}
		for m := col.mask; m != 0; m &= m - 1 {
			hour := bits.TrailingZeros32(m)
			d.Posts[hour], d.Fresh[hour] = col.vals[hour].Posts, col.vals[hour].Fresh
		}
		if !fn(d) {
			return nameless, errStop
		}
	}
	return nameless, decodeError(key, b.bits.end())
}
