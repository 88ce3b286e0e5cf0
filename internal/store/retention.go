package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/dgraph-io/badger/v4"
)

// Floors say from when on history is kept, in hours since 1970, UTC. What a floor
// of zero is about is kept whole.
type Floors struct {
	Points   int64 // points, readings and activity: from the beginning of its day
	Panes    int64 // points of panes, in steps of 4 hours; the tracking of terms
	Rankings int64
	// Detections is not for [Store.Prune]: which lines are older is known to those who
	// write them. See [Store.TrimDetections].
	Detections int64
	Facets     int64 // from the beginning of its day
}

// PruneStats says what [Store.Prune] deleted.
type PruneStats struct {
	Days     int // of points and of gauges, each
	Panes    int // times 24 of them
	Gauges   int // left without a reading
	Terms    int // left without a point and a gauge
	Rankings int
	Facets   int // days of which there were any
}

// Prune deletes the history before the floors, then the gauges that have no
// reading left and the terms that have neither point nor gauge left and were first
// seen before the floor of points. Later calls of [Store.AppendHour] and its like
// for a time that was deleted do nothing. Floors never sink. Snapshots and detections
// are not touched.
//
// No floor gets past the watermark of a snapshot that is kept: a run that goes on from
// it writes what follows it again. What stays for that goes with a later call.
//
// A term that is deleted is no longer known to [Store.AppendHour]: whoever is
// counting it still must register it again. A crash half way is made good by
// the next opening or call. Cost: a pass over the keys of what goes and over
// the keys of the dictionary and of the tracking of terms.
func (s *Store) Prune(f Floors) (PruneStats, error) {
	if err := s.beginWrite(); err != nil {
		return PruneStats{}, err
	}
	defer s.endWrite()
	stats, err := s.prune(f)
	if err != nil {
		return stats, fmt.Errorf("cannot prune history before hours %+v: %w", f, err)
	}
	return stats, nil
}

func (s *Store) prune(f Floors) (stats PruneStats, err error) {
	f = s.withinSnapshots(f)
	hour, panes := rangeOf(f.Points, maxHour).from, rangeOf(min(f.Panes, maxHour)*PanesPerHour, maxHour).from
	points, err := s.counts.prune(hour / 24)
	if err != nil {
		return stats, err
	}
	if err := s.pruneActivity(); err != nil {
		return stats, err
	}
	readings, err := s.values.prune(hour / 24)
	if err != nil {
		return stats, err
	}
	stats.Days = points + readings
	if stats.Panes, err = s.panes.prune(panes / 24); err != nil {
		return stats, err
	}
	if f.Rankings > 0 {
		if stats.Rankings, err = s.pruneRankings(int64(rangeOf(f.Rankings, maxHour).from) * 3600e6); err != nil {
			return stats, err
		}
	}
	if stats.Facets, err = s.pruneFacets(rangeOf(f.Facets, maxHour).from / 24); err != nil {
		return stats, err
	}
	if stats.Gauges, stats.Terms, err = s.pruneDictionary(hour); err != nil {
		return stats, err
	}
	if panes > 0 {
		err = s.pruneTrackings(s.panes.index.Load().floor * 24)
	}
	return stats, err
}

// withinSnapshots lowers floors to what every snapshot needs that is kept.
func (s *Store) withinSnapshots(f Floors) Floors {
	watermark, _, ok := s.snapshots.oldest()
	if !ok {
		return f
	}
	hour := max(0, hourOf(watermark))
	f.Points, f.Panes, f.Rankings, f.Facets = min(f.Points, hour), min(f.Panes, hour), min(f.Rankings, hour), min(f.Facets, hour)
	return f
}

// prune raises the floor to day and deletes what is below. The floor is stored
// and published first: readers stop looking there, and an opening after a crash
// goes on where this stopped.
func (t *series[V]) prune(day uint32) (days int, err error) {
	idx := t.index.Load()
	if day <= idx.floor {
		return 0, nil
	}
	b := t.store.batch()
	defer b.cancel()
	if err := b.set(t.floorKey(), encodeFloor(day)); err != nil {
		return 0, err
	}
	if err := b.commit(); err != nil {
		return 0, err
	}
	all := idx.daysIn(hourRange{0, maxHour})
	days, _ = slices.BinarySearch(all, day)
	idx = idx.clone()
	idx.floor = day
	t.publish(idx)
	return days, t.deleteBelowFloor()
}

// deleteBelowFloor deletes every key of a day or hour below the floor.
func (t *series[V]) deleteBelowFloor() error {
	floor := t.index.Load().floor
	if floor == 0 {
		return nil
	}
	for _, below := range []struct {
		table byte
		limit uint32
	}{{tabHour, floor * 24}, {tabPage, floor}, {tabDay, floor}, {tabBlock, floor}, {tabPresence, floor}} {
		end := familyKey(below.table, t.fam, below.limit)
		if err := t.store.deleteRange([]byte{below.table, byte(t.fam)}, end); err != nil {
			return err
		}
	}
	return nil
}

// deleteRange deletes the keys under prefix that sort before end.
func (s *Store) deleteRange(prefix, end []byte) error {
	b := s.batch()
	defer b.cancel()
	err := s.view(func(tx *badger.Txn) error {
		return scan(tx, prefix, func(key []byte) error {
			if bytes.Compare(key, end) >= 0 {
				return errStop
			}
			return b.delete(bytes.Clone(key))
		})
	})
	if err != nil && !errors.Is(err, errStop) {
		return err
	}
	return b.commit()
}

// sweep finishes what a crash interrupted: it deletes what is below the floor
// and the pages that no head lists.
func (t *series[V]) sweep() error {
	if err := t.deleteBelowFloor(); err != nil {
		return err
	}
	listed := make(map[uint32]*hourHead)
	unknown := make(map[uint32]bool) // the head is damaged: its pages stay
	err := t.store.view(func(tx *badger.Txn) error {
		for _, hour := range t.index.Load().pending {
			head, err := t.readHead(tx, hour)
			if err != nil && !unusable(err) {
				return err
			}
			listed[hour], unknown[hour] = head, err != nil
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.store.deleteWhere([]byte{tabPage, byte(t.fam)}, func(key []byte) bool {
		if len(key) != pageKeyLen {
			return false
		}
		hour, bucket, gen := pageKeyParts(key)
		if unknown[hour] {
			return false
		}
		head := listed[hour]
		if head == nil || head.gen != gen {
			return true
		}
		return !head.buckets.Contains(bucket)
	})
}

func (s *Store) pruneRankings(before int64) (n int, err error) {
	end := rankingKey(before)
	err = s.deleteWhere([]byte{tabRanking}, func(key []byte) bool {
		if bytes.Compare(key, end) >= 0 {
			return false
		}
		n++
		return true
	})
	return n, err
}
