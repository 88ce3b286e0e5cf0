package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// Tracking says how a term was counted from the end of one pane on, until the next
// of the same term.
type Tracking struct {
	ID      term.ID
	Tracked bool
	// The following are of a tracked term only.
	First   int64 // pane of the first post counted
	Since   int64 // pane from which the counts are exact
	Before  uint32
	Full    bool // Before may be too few
	Stopped bool // a counter reached its top
	Display string
}

const (
	trackingFormat = 1

	trackingTracked = 1
	trackingFull    = 2
	trackingStopped = 4
	trackingFlags   = 7
)

// encode tells panes as how long before the given one they were.
func (t *Tracking) encode(pane uint32) []byte {
	if !t.Tracked {
		return []byte{trackingFormat, 0}
	}
	flags := byte(trackingTracked)
	if t.Full {
		flags |= trackingFull
	}
	if t.Stopped {
		flags |= trackingStopped
	}
	b := binary.AppendVarint([]byte{trackingFormat, flags}, int64(pane)-t.First)
	b = binary.AppendVarint(b, int64(pane)-t.Since)
	b = binary.AppendUvarint(b, uint64(t.Before))
	return append(b, t.Display...)
}

func decodeTracking(id term.ID, pane uint32, body []byte) (Tracking, error) {
	r := reader{buf: body}
	r.format(trackingFormat)
	flags := r.byte()
	t := Tracking{ID: id, Tracked: flags&trackingTracked != 0}
	if r.err == nil && (flags > trackingFlags || !t.Tracked && flags != 0) {
		r.fail(fmt.Errorf("flags are %#x", flags))
	}
	if !t.Tracked {
		return t, r.end()
	}
	t.Full, t.Stopped = flags&trackingFull != 0, flags&trackingStopped != 0
	t.First, t.Since, t.Before = int64(pane)-r.varint(), int64(pane)-r.varint(), r.uint32()
	t.Display = string(r.buf)
	return t, r.err
}

func (s *Store) putTracking(b *batch, pane uint32, t *Tracking) error {
	ord, ok := s.terms.ordinal(t.ID)
	switch {
	case !ok:
		return fmt.Errorf("%w: %016x; register it first", ErrUnknownTerm, uint64(t.ID))
	case len(t.Display) > maxText:
		return invalid("term %016x: a text of %d bytes, the limit is %d", uint64(t.ID), len(t.Display), maxText)
	}
	return b.set(trackingKey(ord, pane), t.encode(pane))
}

// TrackingAt returns how a term was counted at the end of a pane: the newest
// [Tracking] of it that [Store.AppendPane] got with that pane or one before, and
// with which pane that was. A term of which none is kept was not tracked then. The
// error wraps [ErrUnknownTerm] for a term that is not in the dictionary.
func (s *Store) TrackingAt(id term.ID, pane int64) (t Tracking, from int64, err error) {
	if err := s.begin(); err != nil {
		return t, 0, err
	}
	defer s.end()
	ord, ok := s.terms.ordinal(id)
	if !ok {
		if err := s.checkLostTerm(0, tabTerm, id); err != nil {
			return t, 0, err
		}
		return t, 0, fmt.Errorf("%w: %016x", ErrUnknownTerm, uint64(id))
	}
	t.ID = id
	err = s.view(func(tx *badger.Txn) error {
		prefix := trackingKey(ord, 0)[:trackingPrefix]
		it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: true})
		defer it.Close()
		asked := rangeOf(pane, pane+1).from
		key := trackingKey(ord, asked)
		it.Seek(key)
		first := trackingKey(ord, 0)
		if it.Valid() {
			first = it.Item().KeyCopy(nil)
		}
		if err := s.checkLost(int64(asked)/PanesPerHour, "how a term was counted", first, key); err != nil || !it.Valid() {
			return err
		}
		body, err := get(tx, first)
		if err != nil {
			return err
		}
		from = int64(tail32(first))
		t, err = decodeTracking(id, tail32(first), body)
		return decodeError(first, err)
	})
	if err != nil {
		return Tracking{}, 0, fmt.Errorf("cannot read how term %016x was counted: %w", uint64(id), err)
	}
	return t, from, nil
}

// TruncatePanes drops what [Store.AppendPane] stored for panes after the given
// one: a run that goes on from an earlier state is going to store them again, or
// others in their place. Cost: a pass over the keys of trackings.
func (s *Store) TruncatePanes(last int64) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	from := rangeOf(last+1, last+2).from
	err := errors.Join(s.panes.truncate(from), s.deleteWhere([]byte{tabTracking}, func(key []byte) bool { return tail32(key) >= from }))
	if err != nil {
		return fmt.Errorf("cannot drop the panes after %d: %w", last, err)
	}
	return nil
}

// pruneTrackings deletes what no question about a pane from floor on needs any
// more: of each term all before the one that holds at the floor, and that too where
// it says that the term was not tracked; all of a term that is known no more.
func (s *Store) pruneTrackings(floor uint32) error {
	known := make(map[uint32]bool, len(s.terms.ords))
	for _, ord := range s.terms.ords {
		known[ord] = true
	}
	b := s.batch()
	defer b.cancel()
	var held []byte // the newest before the floor, of the ordinal at hand
	settle := func(tx *badger.Txn) error {
		if held == nil {
			return nil
		}
		body, err := get(tx, held)
		if err != nil {
			return s.tolerate(err)
		}
		if t, err := decodeTracking(0, tail32(held), body); err == nil && !t.Tracked {
			return b.delete(held)
		}
		return nil
	}
	err := s.view(func(tx *badger.Txn) error {
		err := scan(tx, []byte{tabTracking}, func(key []byte) error {
			ord := trackingOrd(key)
			if held != nil && trackingOrd(held) != ord {
				if err := settle(tx); err != nil {
					return err
				}
				held = nil
			}
			switch {
			case !known[ord]:
				return b.delete(bytes.Clone(key))
			case tail32(key) > floor:
				return nil
			case held != nil:
				if err := b.delete(held); err != nil {
					return err
				}
			}
			held = bytes.Clone(key)
			return nil
		})
		if err != nil {
			return err
		}
		return settle(tx)
	})
	if err != nil {
		return err
	}
	return b.commit()
}

// addTracked adds the ordinals of the terms that are tracked now.
func (s *Store) addTracked(to *roaring.Bitmap) error {
	tracked := roaring.New()
	err := s.view(func(tx *badger.Txn) error {
		prefix := []byte{tabTracking}
		return scanValues(tx, prefix, prefix, func(key, body []byte) error {
			t, err := decodeTracking(0, tail32(key), body)
			switch {
			case err != nil:
				return decodeError(key, err)
			case t.Tracked:
				tracked.Add(trackingOrd(key))
			default:
				tracked.Remove(trackingOrd(key)) // the next one may tell otherwise
			}
			return nil
		})
	})
	to.Or(tracked)
	return err
}
