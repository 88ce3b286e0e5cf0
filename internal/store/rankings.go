package store

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// maxRanking is the most that a ranking may hold before compression, in bytes.
const maxRanking = 16 << 20

const rankingFormat = 1

// PutRanking stores the ranking that was published at an event time (µs since
// 1970), in place of one of the same time. data is opaque; it is compressed
// and may hold up to 16 MiB, and just under 1 MiB after compression.
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
	body := binary.AppendUvarint([]byte{rankingFormat}, uint64(len(data)))
	b := s.batch()
	defer b.cancel()
	if err := b.set(rankingKey(at), s.enc.EncodeAll(data, body)); err != nil {
		return err
	}
	return b.commit()
}

// RankingAt returns the newest ranking that was published at or before t (µs
// since 1970) and its time. The error wraps [ErrNotFound] if there is none.
func (s *Store) RankingAt(t int64) (at int64, data []byte, err error) {
	if err := s.begin(); err != nil {
		return 0, nil, err
	}
	defer s.end()
	err = s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabRanking}, Reverse: true})
		defer it.Close()
		first := []byte{tabRanking}
		if it.Seek(rankingKey(t)); it.Valid() {
			first = it.Item().KeyCopy(nil)
		}
		if err := s.checkLostRanking(first, t); err != nil {
			return err
		}
		if !it.Valid() {
			return fmt.Errorf("%w: no ranking at or before %d µs", ErrNotFound, t)
		}
		key := it.Item().KeyCopy(nil)
		body, err := get(tx, key)
		if err != nil {
			return err
		}
		at = int64(tail64(key) ^ 1<<63)
		data, err = s.decodeRanking(body)
		return decodeError(key, err)
	})
	if err != nil {
		return 0, nil, fmt.Errorf("cannot read ranking: %w", err)
	}
	return at, data, nil
}

func (s *Store) decodeRanking(body []byte) ([]byte, error) {
	r := reader{buf: body}
	r.format(rankingFormat)
	size := r.uvarint()
	if r.err == nil && size > maxRanking {
		r.fail(fmt.Errorf("ranking of %d bytes, the limit is %d", size, maxRanking))
	}
	if r.err != nil {
		return nil, r.err
	}
	data, err := s.dec.DecodeAll(r.buf, make([]byte, 0, size))
	if err == nil && uint64(len(data)) != size {
		err = fmt.Errorf("ranking holds %d bytes, its size is %d", len(data), size)
	}
	return data, err
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
