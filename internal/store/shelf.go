package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
	"github.com/zeebo/xxh3"
)

// The limits of what is on the shelf.
const (
	MaxShelfName  = 256      // bytes
	MaxShelfValue = 64 << 10 // bytes
)

const shelfFormat = 1

// shelfKey names a value by the hash of its name, which the value repeats.
func shelfKey(name string) []byte {
	return binary.BigEndian.AppendUint64([]byte{tabShelf}, xxh3.HashString(name))
}

// Save keeps a small value under a name, in the place of the one before: what goes on from
// run to run and belongs to no snapshot, as the requests that a source has left today.
// [Store.Reset] leaves it. It survives the death of the process when Save returns, and a
// power cut after the next sync. Any goroutine may call it beside the writer.
func (s *Store) Save(name string, value []byte) error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if len(name) > MaxShelfName || len(value) > MaxShelfValue {
		return invalid("a value of %d bytes called %.40q: at most %d are kept, with a name of at most %d", len(value), name, MaxShelfValue, MaxShelfName)
	}
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()
	if err := s.room(); err != nil {
		return fmt.Errorf("cannot keep %q: %w", name, err)
	}
	key := shelfKey(name)
	body := append(appendString([]byte{shelfFormat}, name), value...)
	err := s.db.Update(func(tx *badger.Txn) error { return tx.Set(key, seal(key, body)) })
	if err != nil {
		return fmt.Errorf("cannot keep %q: %w", name, err)
	}
	return nil
}

// Load returns what was saved under a name, nil if nothing was. An error that wraps
// [ErrDamaged] means that it is lost; saving it again helps.
func (s *Store) Load(name string) ([]byte, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	var value []byte
	err := s.view(func(tx *badger.Txn) error {
		key := shelfKey(name)
		body, err := get(tx, key)
		if body == nil || err != nil {
			return err
		}
		r := reader{buf: body}
		r.format(shelfFormat)
		if has := r.string(); r.err == nil && has != name {
			return nil // another name with the same hash; the newer one has the place
		}
		value = append([]byte{}, r.buf...)
		return decodeError(key, r.err)
	})
	if err != nil && !errors.Is(err, badger.ErrKeyNotFound) {
		return nil, fmt.Errorf("cannot read what is kept as %q: %w", name, err)
	}
	return value, nil
}
