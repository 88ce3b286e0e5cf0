package store

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/internal/backup"
)

// Backup writes everything that the store holds as members of a backup: all keys
// and values of one state of it, between two calls of methods that write, and what
// it knows of losses. It waits for the writer once, at its beginning; from then on
// writer and readers go on. Every value is verified as it is read.
//
// Errors: [ErrDamaged] for a value that does not verify, the cause of ctx's end, those of w.
func (s *Store) Backup(ctx context.Context, w *backup.Writer) error {
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()
	if err := s.backup(ctx, w); err != nil {
		return fmt.Errorf("cannot back up store %s: %w", s.dir, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, w *backup.Writer) error {
	s.writer.Lock()
	tx := s.db.NewTransaction(false)
	losses := *s.losses.Load()
	s.writer.Unlock()
	defer tx.Discard()

	// Losses come first: whoever reads the entries knows what is to be missed.
	for _, l := range losses {
		name := filepath.Base(s.lossPath(l.table))
		to, err := w.Member(lossPrefix + name)
		if err != nil {
			return err
		}
		if _, err := to.Write(seal([]byte(name), l.encode())); err != nil {
			return err
		}
	}
	to, err := w.Member(entriesMember)
	if err != nil {
		return err
	}
	it := tx.NewIterator(badger.IteratorOptions{PrefetchValues: true, PrefetchSize: 16})
	defer it.Close()
	var buf []byte
	for it.Rewind(); it.Valid(); it.Next() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		item := it.Item()
		err := item.Value(func(value []byte) error {
			if _, err := unseal(item.Key(), value); err != nil {
				return fmt.Errorf("%w; swell fsck tells what else is", err)
			}
			buf = appendEntry(buf[:0], item.Key(), value)
			_, err := to.Write(buf)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
