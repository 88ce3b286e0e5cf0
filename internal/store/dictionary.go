package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// Term is a dictionary entry: what an ID stands for.
type Term struct {
	ID        term.ID
	Kind      term.Kind
	Platform  string
	Key       string // normalised
	Display   string // most frequent spelling
	FirstSeen int64  // event time, µs since 1970
}

// maxText is the most bytes that a platform, key, display or list name may have.
const maxText = 64 << 10

func (t Term) valid() error {
	for _, s := range []string{t.Platform, t.Key, t.Display} {
		if len(s) > maxText {
			return invalid("term %016x: a text of %d bytes, the limit is %d", uint64(t.ID), len(s), maxText)
		}
	}
	return nil
}

func (t Term) name() string { return fmt.Sprintf("%s %q on %q", t.Kind, t.Key, t.Platform) }

// dictionary maps IDs to ordinals: dense numbers under which points are stored.
// An ordinal is given once and never again, even if its term is pruned.
type dictionary struct {
	mu   sync.RWMutex
	ords map[term.ID]uint32

	next uint32 // the writer's: the next ordinal
}

func (d *dictionary) ordinal(id term.ID) (uint32, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	ord, ok := d.ords[id]
	return ord, ok
}

const termFormat = 1

func (t Term) encode() []byte {
	b := binary.AppendVarint([]byte{termFormat, byte(t.Kind)}, t.FirstSeen)
	b = appendString(b, t.Platform)
	b = appendString(b, t.Key)
	return appendString(b, t.Display)
}

func decodeTerm(id term.ID, body []byte) (Term, error) {
	r := reader{buf: body}
	r.format(termFormat)
	t := Term{ID: id, Kind: term.Kind(r.byte()), FirstSeen: r.varint(), Platform: r.string(), Key: r.string(), Display: r.string()}
	return t, r.end()
}

// loadDictionary reads the keys alone: they hold ID and ordinal.
func (s *Store) loadDictionary() error {
	s.terms.ords = make(map[term.ID]uint32)
	return s.view(func(tx *badger.Txn) error {
		return scan(tx, []byte{tabTerm}, func(key []byte) error {
			if len(key) != dictKeyLen {
				return damaged(key, "key has %d bytes, expected %d", len(key), dictKeyLen)
			}
			ord := tail32(key)
			s.terms.ords[dictKeyID(key)] = ord
			s.terms.next = max(s.terms.next, ord+1)
			return nil
		})
	})
}

// HasTerm tells whether the term is in the dictionary, from memory.
func (s *Store) HasTerm(id term.ID) bool {
	_, ok := s.terms.ordinal(id)
	return ok
}

// RegisterTerms puts terms into the dictionary, in this order. Of a term that
// is there the display is replaced by one that is not empty, and the earlier
// first seen is kept; if nothing changes nothing is written. A term whose ID
// stands for another (kind, platform, key) is left out, and the error wraps
// [ErrCollision]; the others are registered all the same. A term is in the dictionary and
// found by [Store.Search], or neither, whatever happens. Cost: about 15 µs for a new term, a
// read for a known one: use [Store.HasTerm] to leave out those.
func (s *Store) RegisterTerms(terms []Term) error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	if err := s.room(); err != nil {
		return err
	}
	if err := s.registerTerms(terms); err != nil {
		return fmt.Errorf("cannot register terms: %w", err)
	}
	return nil
}

func (s *Store) registerTerms(terms []Term) error {
	var collisions []error
	pending := make(map[term.ID]Term) // new or changed, and not stored yet
	ords := make(map[term.ID]uint32)  // of those of them that are new
	g := s.groups(func() {
		s.terms.mu.Lock()
		maps.Copy(s.terms.ords, ords)
		s.terms.mu.Unlock()
		s.nameTerms(ords, pending)
		clear(pending)
		clear(ords)
	})
	defer g.cancel()
	for _, t := range terms {
		if err := t.valid(); err != nil {
			return err
		}
		ord, known := ords[t.ID]
		if !known {
			ord, known = s.terms.ordinal(t.ID)
		}
		var before []change
		if known {
			old, ok := pending[t.ID]
			if !ok {
				var err error
				if old, err = s.storedTerm(t.ID, ord); err != nil {
					return err
				}
			}
			merged, err := old.merge(t)
			if err != nil {
				collisions = append(collisions, err)
				continue
			}
			if merged == old {
				continue
			}
			t, before = merged, old.index()
		} else if s.terms.next == maxOrdinal {
			return invalid("the dictionary has given out all of its %d ordinals", uint32(maxOrdinal))
		} else {
			// Taken before it is stored: an ordinal of a batch that fails half
			// way is never given to another term.
			ord = s.terms.next
			s.terms.next++
		}
		entry := change{dictKey(tabTerm, t.ID, ord), t.encode()}
		if err := g.add(append(reindexed(before, t.index()), entry)); err != nil {
			return err
		}
		pending[t.ID] = t // behind what add has stored
		if !known {
			ords[t.ID] = ord
		}
	}
	if err := g.commit(); err != nil {
		return err
	}
	return errors.Join(collisions...)
}

// merge returns t with what a later registration of it adds.
func (t Term) merge(later Term) (Term, error) {
	if t.Kind != later.Kind || t.Platform != later.Platform || t.Key != later.Key {
		return t, fmt.Errorf("%w: %016x is %s and %s", ErrCollision, uint64(t.ID), t.name(), later.name())
	}
	t.FirstSeen = min(t.FirstSeen, later.FirstSeen)
	if later.Display != "" {
		t.Display = later.Display
	}
	return t, nil
}

// maxOrdinal is one past the last ordinal.
const maxOrdinal = 1<<32 - 1

func (s *Store) storedTerm(id term.ID, ord uint32) (t Term, err error) {
	err = s.view(func(tx *badger.Txn) error {
		t, err = termIn(tx, id, ord)
		return err
	})
	return t, err
}

// termIn reads the entry of a term in a state of the store.
func termIn(tx *badger.Txn, id term.ID, ord uint32) (Term, error) {
	key := dictKey(tabTerm, id, ord)
	body, err := get(tx, key)
	switch {
	case err != nil:
		return Term{}, err
	case body == nil:
		return Term{}, fmt.Errorf("%w: %016x", ErrUnknownTerm, uint64(id))
	}
	t, err := decodeTerm(id, body)
	return t, decodeError(key, err)
}

// Term returns the dictionary entry of id, or an error that wraps [ErrUnknownTerm].
func (s *Store) Term(id term.ID) (Term, error) {
	if err := s.begin(); err != nil {
		return Term{}, err
	}
	defer s.end()
	ord, ok := s.terms.ordinal(id)
	if !ok {
		if err := s.checkLostTerm(0, tabTerm, id); err != nil {
			return Term{}, err
		}
		return Term{}, fmt.Errorf("%w: %016x", ErrUnknownTerm, uint64(id))
	}
	return s.storedTerm(id, ord)
}

// Terms yields the whole dictionary in the order of IDs. The first error ends it.
func (s *Store) Terms() iter.Seq2[Term, error] {
	return func(yield func(Term, error) bool) {
		if err := s.begin(); err != nil {
			yield(Term{}, err)
			return
		}
		defer s.end()
		prefix := []byte{tabTerm}
		err := s.view(func(tx *badger.Txn) error {
			return scanValues(tx, prefix, prefix, func(key, body []byte) error {
				t, err := decodeTerm(dictKeyID(key), body)
				if err != nil {
					return decodeError(bytes.Clone(key), err)
				}
				if !yield(t, nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Term{}, err)
		}
	}
}

// errStop ends a scan whose consumer has enough.
var errStop = errors.New("stop")
