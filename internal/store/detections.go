package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/internal/fault"
)

const detectionFormat = 1

// trimKey is of the record that says where the log begins.
func trimKey() []byte { return []byte{tabFloor, tabDetection} }

// loadDetections finds where the log begins and where it ends: one past the last line.
func (s *Store) loadDetections() error {
	prefix := []byte{tabDetection}
	return s.view(func(tx *badger.Txn) error {
		body, err := get(tx, trimKey())
		if err == nil && body != nil {
			r := reader{buf: body}
			r.format(floorFormat)
			begin := r.uvarint()
			if err = decodeError(trimKey(), r.end()); err == nil {
				s.detectionsFrom.Store(begin)
				s.detections.Store(begin)
			}
		}
		if err := s.tolerate(err); err != nil {
			return err
		}
		it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: true})
		defer it.Close()
		if it.Seek(detectionKey(1<<64 - 1)); it.Valid() {
			if err := wantKeyLen(it.Item().Key()); err != nil {
				return err
			}
			s.detections.Store(max(s.detections.Load(), tail64(it.Item().Key())+1))
		}
		return nil
	})
}

// DetectionCount returns the length of the detections log in lines, those included that
// were trimmed.
func (s *Store) DetectionCount() uint64 { return s.detections.Load() }

// AppendDetections writes lines, each whole and without its newline, at
// positions at, at+1, … of the log. Lines that are there from at on are
// dropped first, so repeating a call changes nothing. Of lines for positions that
// [Store.TrimDetections] has dropped none is kept. The error wraps
// [ErrInvalid] if at is past the end of the log: a log has no gaps.
func (s *Store) AppendDetections(at uint64, lines [][]byte) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.appendDetections(at, lines); err != nil {
		return fmt.Errorf("cannot store %d detections at %d: %w", len(lines), at, err)
	}
	return nil
}

func (s *Store) appendDetections(at uint64, lines [][]byte) error {
	if err := s.room(); err != nil {
		return err
	}
	if end := s.detections.Load(); at > end {
		return invalid("the log ends at %d", end)
	}
	if err := s.truncateDetections(at); err != nil {
		return err
	}
	if begin := s.detectionsFrom.Load(); at < begin {
		gone := min(begin-at, uint64(len(lines)))
		at, lines = begin, lines[gone:]
	}
	b := s.batch()
	defer b.cancel()
	for i, line := range lines {
		body := append([]byte{detectionFormat}, line...)
		if err := b.set(detectionKey(at+uint64(i)), body); err != nil {
			return err
		}
	}
	if err := b.commit(); err != nil {
		return err
	}
	s.detections.Store(at + uint64(len(lines)))
	return nil
}

// TruncateDetections drops the lines from position n on. A log that is not
// longer stays as it is; one that begins behind n is left empty, where it begins.
func (s *Store) TruncateDetections(n uint64) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.truncateDetections(n); err != nil {
		return fmt.Errorf("cannot cut the detections at %d: %w", n, err)
	}
	return nil
}

// truncateDetections deletes from the end, so that a crash leaves no gap.
func (s *Store) truncateDetections(n uint64) error {
	end := s.detections.Load()
	n = max(n, s.detectionsFrom.Load())
	if n >= end {
		return nil
	}
	b := s.batch()
	defer b.cancel()
	for pos := end; pos > n; pos-- {
		if err := b.delete(detectionKey(pos - 1)); err != nil {
			return err
		}
	}
	if err := b.commit(); err != nil {
		return err
	}
	s.detections.Store(n)
	return nil
}

// TrimDetections drops the lines before position n, which is at most the length of the
// log, but for those that a run writes again if it goes on from a snapshot that is
// kept: they stay for a later call. Positions of the others stay. The error wraps
// [ErrInvalid] for more than the length.
func (s *Store) TrimDetections(n uint64) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.trimDetections(n); err != nil {
		return fmt.Errorf("cannot drop the detections before %d: %w", n, err)
	}
	return nil
}

// trimDetections says first where the log begins: an opening, or the next call, goes on
// with what a crash left.
func (s *Store) trimDetections(n uint64) error {
	if end := s.detections.Load(); n > end {
		return invalid("the log ends at %d", end)
	}
	if _, lines, ok := s.snapshots.oldest(); ok {
		n = min(n, lines)
	}
	if n <= s.detectionsFrom.Load() {
		return nil
	}
	b := s.batch()
	defer b.cancel()
	if err := b.set(trimKey(), binary.AppendUvarint([]byte{floorFormat}, n)); err != nil {
		return err
	}
	if err := b.commit(); err != nil {
		return err
	}
	s.detectionsFrom.Store(n)
	fault.Point("store.trim")
	return s.deleteRange([]byte{tabDetection}, detectionKey(n))
}

// DetectionsFrom returns the position at which the log begins.
func (s *Store) DetectionsFrom() uint64 { return s.detectionsFrom.Load() }

// Detection returns the line of the log at a position. It belongs to the caller. The error
// wraps [ErrNotFound] for a position before [Store.DetectionsFrom] or past the end, and
// [ErrDamaged] if the line is missing or not what was written.
func (s *Store) Detection(pos uint64) ([]byte, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	if begin, end := s.detectionsFrom.Load(), s.detections.Load(); pos < begin || pos >= end {
		return nil, fmt.Errorf("%w: detection %d; the log holds %d to %d", ErrNotFound, pos, begin, end)
	}
	var line []byte
	err := s.view(func(tx *badger.Txn) error {
		key := detectionKey(pos)
		body, err := get(tx, key)
		if err != nil {
			return err
		}
		if body == nil {
			return damaged(key, "detection is missing")
		}
		r := reader{buf: body}
		r.format(detectionFormat)
		line = r.buf
		return decodeError(key, r.err)
	})
	switch begin, end := s.detectionsFrom.Load(), s.detections.Load(); {
	case err == nil:
		return line, nil
	case pos < begin || pos >= end: // it went meanwhile
		return nil, fmt.Errorf("%w: detection %d; the log holds %d to %d", ErrNotFound, pos, begin, end)
	}
	return nil, fmt.Errorf("cannot read detection %d: %w", pos, err)
}

// Detections yields the lines of the log from position from on, or from where it begins
// if that is later, as it is at the call. A line belongs to the consumer. The first error ends it; it wraps
// [ErrDamaged] if a line is missing or not what was written.
func (s *Store) Detections(from uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := s.begin(); err != nil {
			yield(nil, err)
			return
		}
		defer s.end()
		from = max(from, s.detectionsFrom.Load())
		pos := from
		err := s.view(func(tx *badger.Txn) error {
			return scanValues(tx, []byte{tabDetection}, detectionKey(from), func(key, body []byte) error {
				if at := tail64(key); at != pos {
					return damaged(detectionKey(pos), "detection is missing, the next one is %d", at)
				}
				pos++
				r := reader{buf: body}
				r.format(detectionFormat)
				if r.err != nil {
					return decodeError(key, r.err)
				}
				if !yield(append([]byte{}, r.buf...), nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, fmt.Errorf("cannot read detections: %w", err))
		}
	}
}
