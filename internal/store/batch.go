package store

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// batch collects writes and applies them in order. A batch of up to about 1 MiB
// and 10,000 keys is one transaction; a longer one is cut into several, and a
// crash or a reader may find it half done, but never a later part without the
// earlier ones.
type batch struct {
	wb     *badger.WriteBatch
	before func(*batch) error
}

// pendingTxns bounds the transactions (1.2 MiB each) that wait for the disk.
const pendingTxns = 4

func (s *Store) batch() *batch {
	wb := s.db.NewWriteBatch()
	wb.SetMaxPendingTxns(pendingTxns)
	return &batch{wb: wb, before: s.beforeWrite}
}

// set stores body, sealed, under key. Both belong to the batch from then on.
func (b *batch) set(key, body []byte) error {
	if len(body) > maxValue {
		return fmt.Errorf("%w: %s holds %d bytes, the limit is %d", ErrInvalid, keyString(key), len(body), maxValue)
	}
	if b.before != nil {
		if err := b.before(b); err != nil {
			return err
		}
	}
	return b.wb.Set(key, seal(key, body))
}

// delete removes key, which belongs to the batch from then on.
func (b *batch) delete(key []byte) error {
	if b.before != nil {
		if err := b.before(b); err != nil {
			return err
		}
	}
	return b.wb.Delete(key)
}

// commit applies what is left and waits for all of it.
func (b *batch) commit() error { return b.wb.Flush() }

// cancel gives the batch up; after commit it does nothing. Parts of a long
// batch may have been applied.
func (b *batch) cancel() { b.wb.Cancel() }

// change is one key with what it is to hold; nil deletes it.
type change struct{ key, body []byte }

// groups applies changes in groups, of which a crash or a reader finds each whole or
// not at all. They are many to a transaction, which is why they need an end.
type groups struct {
	store  *Store
	batch  *batch
	keys   int
	bytes  int
	stored func() // after the groups so far have come to be there
}

// A transaction of groups is well below what the database takes as one.
const (
	groupsKeys  = 4000
	groupsBytes = 512 << 10
)

func (s *Store) groups(stored func()) *groups { return &groups{store: s, stored: stored} }

// add takes a group in, which belongs to groups from then on. It may store those
// before it.
func (g *groups) add(group []change) error {
	keys, size := len(group), 0
	for _, c := range group {
		size += len(c.key) + len(c.body)
	}
	if g.batch != nil && (g.keys+keys > groupsKeys || g.bytes+size > groupsBytes) {
		if err := g.commit(); err != nil {
			return err
		}
	}
	if g.batch == nil {
		g.batch = g.store.batch()
	}
	g.keys, g.bytes = g.keys+keys, g.bytes+size
	for _, c := range group {
		var err error
		if c.body == nil {
			err = g.batch.delete(c.key)
		} else {
			err = g.batch.set(c.key, c.body)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commit stores what was added.
func (g *groups) commit() error {
	if g.batch == nil {
		return nil
	}
	err := g.batch.commit()
	g.batch, g.keys, g.bytes = nil, 0, 0
	if err == nil {
		g.stored()
	}
	return err
}

// cancel gives up what is not stored yet.
func (g *groups) cancel() {
	if g.batch != nil {
		g.batch.cancel()
	}
}

// getSealed returns a copy of the value of key with its checksum, unverified, or
// nil if there is none.
func getSealed(tx *badger.Txn, key []byte) ([]byte, error) {
	item, err := tx.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", keyString(key), err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", keyString(key), err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, nil
}

// get returns a copy of the value of key without its checksum, which it
// verifies, or nil if there is none. No value is empty.
func get(tx *badger.Txn, key []byte) ([]byte, error) {
	value, err := getSealed(tx, key)
	if value == nil || err != nil {
		return nil, err
	}
	return unseal(key, value)
}

// scan calls fn with every key that starts with prefix, in order. The key is
// valid until fn returns.
func scan(tx *badger.Txn, prefix []byte, fn func(key []byte) error) error {
	it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := fn(it.Item().Key()); err != nil {
			return err
		}
	}
	return nil
}

// scanValues is scan with the unsealed value, which is valid until fn returns.
func scanValues(tx *badger.Txn, prefix, from []byte, fn func(key, body []byte) error) error {
	it := tx.NewIterator(badger.IteratorOptions{Prefix: prefix, PrefetchValues: true, PrefetchSize: 64})
	defer it.Close()
	for it.Seek(from); it.Valid(); it.Next() {
		item := it.Item()
		err := item.Value(func(value []byte) error {
			body, err := unseal(item.Key(), value)
			if err != nil {
				return err
			}
			return fn(item.Key(), body)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
