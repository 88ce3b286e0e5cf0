package store

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
)

// maxRanking is the most that a ranking may hold before compression, in bytes.
const maxRanking = 16 << 20

// rankingHour is what shares a base, in µs.
const rankingHour = 3600e6

// rankings is what the store remembers for the next ranking, to be written or read.
type rankings struct {
	writing *rankingBase                // the writer's
	reading atomic.Pointer[rankingBase] // of the last delta that was read
}

func hourOf(at int64) int64 { return floorDiv(at, rankingHour) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// PutRanking stores the ranking that was published at an event time (µs since
// 1970), in place of one of the same time. data is opaque; it is compressed
// and may hold up to 16 MiB, and just under 1 MiB after compression.
//
// The first ranking of an hour is stored whole, the others of the hour as what
// they add to it: put them in the order of their times. One that was put again
// costs what it did before.
func (s *Store) PutRanking(at int64, data []byte) error {
	if len(data) > maxRanking {
		return invalid("ranking of %d bytes, the limit is %d", len(data), maxRanking)
	}
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.putRanking(at, data); err != nil {
		return fmt.Errorf("cannot store ranking of %d: %w", at, err)
	}
	return nil
}

func (s *Store) putRanking(at int64, data []byte) error {
	if err := s.room(); err != nil {
		return err
	}
	base, err := s.baseFor(at)
	if err != nil {
		return err
	}
	body, err := s.encodeRanking(base, at, data)
	if err != nil {
		return err
	}
	b := s.batch()
	defer b.cancel()
	if err := b.set(rankingKey(at), body); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	if base == nil {
		s.rankings.writing = newRankingBase(at, bytes.Clone(data))
	}
	return nil
}

// baseFor returns what the ranking of a time is to be compressed against, or nil
// if it stands for itself: it is the first of its hour.
func (s *Store) baseFor(at int64) (*rankingBase, error) {
	if b := s.rankings.writing; b != nil && hourOf(b.at) == hourOf(at) && b.at < at {
		return b, nil
	}
	if err := s.dropBase(); err != nil {
		return nil, err
	}
	err := s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabRanking}})
		defer it.Close()
		if it.Seek(rankingKey(hourOf(at) * rankingHour)); !it.Valid() {
			return nil
		}
		key := it.Item().KeyCopy(nil)
		first := rankingTime(key)
		if first >= at {
			return nil
		}
		body, err := get(tx, key)
		if err == nil && body != nil && body[0] == rankingWhole {
			var data []byte
			if data, err = s.decodeWhole(body); err == nil {
				s.rankings.writing = newRankingBase(first, data)
			}
			err = decodeError(key, err)
		}
		return s.tolerate(err) // without a base the ranking is stored whole
	})
	return s.rankings.writing, err
}

// dropBase forgets the base that the next ranking would be compressed against.
func (s *Store) dropBase() error {
	b := s.rankings.writing
	s.rankings.writing = nil
	if b == nil {
		return nil
	}
	return b.close()
}

// RankingAt returns the newest ranking that was published at or before t (µs
// since 1970) and its time. The error wraps [ErrNotFound] if there is none.
// Cost: about 0.1 ms, and as much again where the hour is another than that of
// the last call.
func (s *Store) RankingAt(t int64) (at int64, data []byte, err error) {
	if err := s.begin(); err != nil {
		return 0, nil, err
	}
	defer s.end()
	err = s.view(func(tx *badger.Txn) error {
		key, err := s.rankingBefore(tx, t)
		if err != nil {
			return err
		}
		body, err := get(tx, key)
		if err != nil {
			return err
		}
		at = rankingTime(key)
		data, err = s.decodeRanking(tx, at, body)
		return decodeError(key, err)
	})
	if err != nil {
		return 0, nil, fmt.Errorf("cannot read ranking: %w", err)
	}
	return at, data, nil
}

// rankingBefore returns the key of the newest ranking at or before t.
func (s *Store) rankingBefore(tx *badger.Txn, t int64) ([]byte, error) {
	it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabRanking}, Reverse: true})
	defer it.Close()
	first := []byte{tabRanking}
	if it.Seek(rankingKey(t)); it.Valid() {
		first = it.Item().KeyCopy(nil)
	}
	if err := s.checkLostRanking(first, t); err != nil {
		return nil, err
	}
	if !it.Valid() {
		return nil, fmt.Errorf("%w: no ranking at or before %d µs", ErrNotFound, t)
	}
	return first, nil
}

// RankingFrom returns the time of the oldest ranking that was published at or
// after t (µs since 1970). The error wraps [ErrNotFound] if there is none.
func (s *Store) RankingFrom(t int64) (at int64, err error) {
	if err := s.begin(); err != nil {
		return 0, err
	}
	defer s.end()
	err = s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabRanking}})
		defer it.Close()
		if it.Seek(rankingKey(t)); !it.Valid() {
			return fmt.Errorf("%w: no ranking at or after %d µs", ErrNotFound, t)
		}
		at = rankingTime(it.Item().Key())
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("cannot read ranking: %w", err)
	}
	return at, nil
}

// checkLostRanking fails if a ranking later than the one under key from, and
// not later than t, may have been lost.
func (s *Store) checkLostRanking(from []byte, t int64) error {
	for _, l := range *s.losses.Load() {
		last := rankingKey(min(t, int64(l.horizon)*3600e6+3600e6-1))
		if bytes.Compare(from, last) <= 0 && l.touches(from, last) {
			return l.err("rankings")
		}
	}
	return nil
}

// TruncateRankings drops the rankings published after t (µs since 1970): those
// that a run, which goes on from an earlier state, is going to publish again.
func (s *Store) TruncateRankings(t int64) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	err := errors.Join(s.dropBase(), s.deleteFrom([]byte{tabRanking}, rankingKey(t+1)))
	if err != nil {
		return fmt.Errorf("cannot drop the rankings after %d: %w", t, err)
	}
	return nil
}

// deleteFrom deletes the keys under prefix from the given one on, last first: a
// crash leaves no gap.
func (s *Store) deleteFrom(prefix, from []byte) error {
	b := s.batch()
	defer b.cancel()
	err := s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: true})
		defer it.Close()
		for it.Seek(append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 16)...)); it.Valid(); it.Next() {
			key := it.Item().KeyCopy(nil)
			if bytes.Compare(key, from) < 0 {
				break
			}
			if err := b.delete(key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.commit()
}
