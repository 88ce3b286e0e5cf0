package store

import (
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// indexFrom is the format from which on stores have an index of terms.
const indexFrom = 3

// roomTerms is how many terms are indexed between two looks at the free space.
const roomTerms = 10_000

// buildIndex makes the index anew, from the dictionary, in the memory of a few
// transactions. An entry that is damaged has no place in it. What a build that was cut off
// left goes first; until it is marked as built nobody relies on it. Cost: about 20 µs a term.
func (s *Store) buildIndex() error {
	if err := s.deleteTable(tabIndex); err != nil {
		return err
	}
	b := s.batch()
	defer b.cancel()
	n := 0
	err := s.view(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{tabTerm}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if n%roomTerms == 0 {
				if err := s.room(); err != nil {
					return err
				}
			}
			n++
			var t Term
			err := it.Item().Value(func(value []byte) error {
				body, err := unseal(it.Item().Key(), value)
				if err == nil {
					t, err = decodeTerm(dictKeyID(it.Item().Key()), body)
				}
				return err
			})
			if err != nil {
				if err := s.tolerate(decodeError(it.Item().Key(), err)); err != nil {
					return err
				}
				continue
			}
			for _, c := range t.index() {
				if err := b.set(c.key, c.body); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		err = b.commit()
	}
	if err != nil {
		return fmt.Errorf("cannot build the index of terms: %w", err)
	}
	return nil
}

// upgrade makes a store of an older format one of this: first what that has more, and
// once this is on the disk, the mark.
func (s *Store) upgrade() error {
	if !s.indexed.Load() {
		if err := s.buildIndex(); err != nil {
			return err
		}
		if err := s.sync(); err != nil {
			return err
		}
	}
	if err := s.markFormat(); err != nil {
		return err
	}
	s.older = false
	s.indexed.Store(true)
	return nil
}

// mendIndex builds the index anew if a loss that is new touches it, or terms that it names.
// So a store is without losses in it once it is open.
func (s *Store) mendIndex(l *loss) error {
	if !s.indexed.Load() || !l.touchesTable(tabIndex) && !l.touchesTable(tabTerm) {
		return nil
	}
	return s.buildIndex()
}
