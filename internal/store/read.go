package store

import (
	"math/bits"
	"slices"

	"github.com/dgraph-io/badger/v4"
)

func onesCount(mask uint32) int { return bits.OnesCount32(mask) }

// hourRange is the hours from ≤ h < to, cut to those that can be stored.
type hourRange struct{ from, to uint32 }

func rangeOf(from, to int64) hourRange {
	return hourRange{from: uint32(min(max(from, 0), maxHour)), to: uint32(min(max(to, 0), maxHour))}
}

func (r hourRange) has(hour uint32) bool { return r.from <= hour && hour < r.to }

// touches tells whether an hour of the day is in the range.
func (r hourRange) touches(day uint32) bool {
	return r.from < r.to && r.from/24 <= day && day <= (r.to-1)/24
}

// maxHour is one past the last hour that can be stored: the last one of a day,
// in the year 491,936.
const maxHour = (1<<32 - 1) / 24 * 24

// days returns the days in range for which something may be stored.
func (idx *historyIndex) daysIn(r hourRange) []uint32 {
	var days []uint32
	for _, day := range idx.days {
		if r.touches(day) {
			days = append(days, day)
		}
	}
	for _, hour := range idx.pending {
		if r.has(hour) {
			days = insertSorted(days, hour/24)
		}
	}
	return days
}

func (idx *historyIndex) pendingIn(r hourRange, day uint32) []uint32 {
	lo, _ := slices.BinarySearch(idx.pending, max(r.from, day*24))
	hi, _ := slices.BinarySearch(idx.pending, min(r.to, day*24+24))
	return idx.pending[lo:max(lo, hi)]
}

// read calls fn with every value of the ordinal in range, in order of hours.
func (t *series[V]) read(ord uint32, r hourRange, fn func(hour uint32, v V)) error {
	if err := t.checkLostHours(r); err != nil {
		return err
	}
	idx := t.index.Load()
	return t.store.view(func(tx *badger.Txn) error {
		for _, day := range idx.daysIn(r) {
			var col column[V]
			if err := t.readColumn(tx, day, ord, &col); err != nil {
				if t.gone(day) {
					continue
				}
				return err
			}
			for _, hour := range idx.pendingIn(r, day) {
				if err := t.readPending(tx, hour, ord, &col); err != nil {
					if t.gone(day) {
						break
					}
					return err
				}
			}
			for m := col.mask; m != 0; m &= m - 1 {
				if i := bits.TrailingZeros32(m); r.has(day*24 + uint32(i)) {
					fn(day*24+uint32(i), col.vals[i])
				}
			}
		}
		return nil
	})
}

// gone tells whether retention took the day after the reader looked.
func (t *series[V]) gone(day uint32) bool { return day < t.index.Load().floor }

// readColumn reads the rolled values of one day, if it is rolled.
func (t *series[V]) readColumn(tx *badger.Txn, day, ord uint32, col *column[V]) error {
	rec, err := t.readDay(tx, day)
	if rec == nil || err != nil || !rec.buckets.Contains(ord/bucketOrds) {
		return err
	}
	key := blockKey(t.fam, day, ord/bucketOrds)
	b, err := t.readBlock(tx, dayBlock, key)
	if err != nil {
		return err
	}
	return decodeError(key, b.find(ord%bucketOrds, col))
}

// readPending puts the value of a pending hour in place of the rolled one.
func (t *series[V]) readPending(tx *badger.Txn, hour, ord uint32, col *column[V]) error {
	head, err := t.readHead(tx, hour)
	if head == nil || err != nil {
		return err // rolled since: the block has it
	}
	col.clear(hour % 24)
	if !head.buckets.Contains(ord / bucketOrds) {
		return nil
	}
	key := pageKey(t.fam, hour, ord/bucketOrds, head.gen)
	b, err := t.readBlock(tx, hourPage, key)
	if err != nil {
		return err
	}
	var one column[V]
	if err := b.find(ord%bucketOrds, &one); err != nil {
		return decodeError(key, err)
	}
	if one.mask != 0 {
		col.set(hour%24, one.vals[0])
	}
	return nil
}

// hours returns the hours in range that were recorded, rising.
func (t *series[V]) hours(r hourRange) ([]int64, error) {
	if err := t.checkLostHours(r); err != nil {
		return nil, err
	}
	idx := t.index.Load()
	var hours []int64
	err := t.store.view(func(tx *badger.Txn) error {
		for _, day := range idx.daysIn(r) {
			var mask uint32
			rec, err := t.readDay(tx, day)
			if err != nil {
				return err
			}
			if rec != nil {
				mask = rec.hours
			}
			for _, hour := range idx.pendingIn(r, day) {
				mask |= 1 << (hour % 24)
			}
			for ; mask != 0; mask &= mask - 1 {
				if hour := day*24 + uint32(bits.TrailingZeros32(mask)); r.has(hour) {
					hours = append(hours, int64(hour))
				}
			}
		}
		return nil
	})
	return hours, err
}

// HoursFrom returns the first hour that points or readings may be stored of; beyond all
// hours if there are none.
func (s *Store) HoursFrom() int64 {
	return int64(min(s.counts.first(), s.values.first()))
}

// first returns the first hour of the first day that anything is stored of.
func (t *series[V]) first() uint32 {
	days := t.index.Load().daysIn(hourRange{0, maxHour})
	if len(days) == 0 {
		return maxHour
	}
	return days[0] * 24
}
