package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"
)

// Store is an open store. See the package comment for who may call it when.
type Store struct {
	db       *badger.DB
	dir      string
	readOnly bool
	opts     Options
	minFree  int64
	aside    *aside // what the database has open in place of dir, or nil

	tableSize int64 // bytes of the smallest tables; 0: as the database likes

	enc *zstd.Encoder
	dec *zstd.Decoder

	life struct {
		sync.Mutex
		closed bool
		calls  sync.WaitGroup // calls under way; Add only under the mutex, while not closed
	}
	closing  sync.Once
	closeErr error

	// writer serialises the methods that write. It guards what only they use.
	writer    sync.Mutex
	snapshots snapshotList
	older     bool // the store is marked as one of an older format

	indexed atomic.Bool // the store has an index of terms, in step with the dictionary

	// detections is the length of the log, stored by the writer after each commit.
	detections     atomic.Uint64
	detectionsFrom atomic.Uint64 // where it begins

	// closedBefore is the first day of which an hour may be written again, stored by the
	// writer when snapshots come and go.
	closedBefore atomic.Int64

	rankings rankings
	facets   facetIndex

	terms  dictionary
	gauges gaugeIndex
	counts *series[counts]
	panes  *series[counts]
	values *series[float64]

	failure failure // of the disk, in the background or in a sync

	// losses is what was lost with damaged tables; replaced, not changed.
	losses atomic.Pointer[[]*loss]

	// beforeWrite, if not nil, runs before each write of a batch. Tests stop there.
	beforeWrite func(*batch) error
}

// Dir returns the directory that the store was opened in.
func (s *Store) Dir() string { return s.dir }

// begin enters a call. It fails after Close.
func (s *Store) begin() error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.life.closed {
		return fmt.Errorf("%w: %s", ErrClosed, s.dir)
	}
	s.life.calls.Add(1)
	return nil
}

func (s *Store) end() { s.life.calls.Done() }

// beginWrite enters a call that writes, and takes the writer's place. The first one
// marks a store of an older format as one of this: one that was opened and turned out
// to be of no use to the caller is left to the program that wrote it.
func (s *Store) beginWrite() error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if err := s.begin(); err != nil {
		return err
	}
	s.writer.Lock()
	if err := s.Failure(); err != nil {
		s.endWrite()
		return err
	}
	if s.older {
		if err := s.upgrade(); err != nil {
			s.endWrite()
			return fmt.Errorf("cannot raise the format of store %s to %d: %w", s.dir, FormatVersion, err)
		}
	}
	return nil
}

func (s *Store) endWrite() {
	s.writer.Unlock()
	s.end()
}

// Close waits for the calls under way, syncs and releases the directory. Later
// calls of every method that returns an error fail with [ErrClosed]; closing
// again does nothing and returns the first result.
//
// A store that failed is left as a crash would leave it, with [ErrFailed]: its directory is
// released by the end of the process.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.life.Lock()
		s.life.closed = true
		s.life.Unlock()
		released := make(chan error, 1)
		go func() {
			s.life.calls.Wait()
			released <- s.release()
		}()
		select {
		case s.closeErr = <-released:
		case <-s.Failed(): // a call may never end
			s.closeErr = s.Failure()
		}
	})
	return s.closeErr
}

func (s *Store) release() error {
	s.dec.Close()
	err := errors.Join(s.dropBase(), s.enc.Close())
	if s.Failure() == nil {
		err = errors.Join(err, s.db.Close()) // it flushes, which may fail
	}
	err = errors.Join(err, s.Failure())
	if s.aside != nil {
		err = errors.Join(err, s.aside.close())
	}
	if err != nil {
		return fmt.Errorf("cannot close store %s: %w", s.dir, err)
	}
	return nil
}

// view runs fn over one state of the store.
func (s *Store) view(fn func(tx *badger.Txn) error) error {
	return s.db.View(fn)
}

// Sync returns once everything written so far is on the disk.
func (s *Store) Sync() error {
	if err := s.beginWrite(); err != nil {
		return err
	}
	defer s.endWrite()
	return s.sync()
}

// sync does what [badger.DB.Sync] promises. That one syncs the log of the active
// memtable alone; memtables that are full and not yet flushed have logs of
// their own. One that disappears meanwhile was flushed to a synced table.
//
// A sync that failed is not tried again: it would seem to succeed.
func (s *Store) sync() error {
	err := s.Failure()
	if err == nil {
		if err = s.syncAll(); err == nil {
			return s.Failure()
		}
		s.failure.set(err)
	}
	return err
}

func (s *Store) syncAll() error {
	logs, err := filepath.Glob(filepath.Join(s.dir, "*.mem"))
	if err != nil {
		return fmt.Errorf("cannot sync store %s: %w", s.dir, err)
	}
	for _, log := range logs {
		if err := syncFile(log); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("cannot sync store %s: %w", s.dir, err)
		}
	}
	if err := errors.Join(s.db.Sync(), syncDir(s.dir)); err != nil {
		return fmt.Errorf("cannot sync store %s: %w", s.dir, err)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Compact rewrites the database so that deleted data gives its space back. It
// takes seconds per GiB, and readers and the writer go on meanwhile: call it
// once a day, in quiet hours. What was written last, up to about 40 MiB, is not
// sorted in yet and stays as it is.
func (s *Store) Compact() error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()
	if err := s.Failure(); err != nil {
		return err
	}
	if err := s.db.Flatten(2); err != nil {
		return fmt.Errorf("cannot compact store %s: %w", s.dir, err)
	}
	return nil
}

// syncDir makes the names in a directory durable, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
