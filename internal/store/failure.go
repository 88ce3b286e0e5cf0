package store

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/dgraph-io/badger/v4"
)

// failure is the first thing that the database could not bring to the disk. The zero
// value is none. Any goroutine may set and ask it.
type failure struct {
	mu   sync.Mutex
	done chan struct{} // made when first needed, closed once err is set
	err  error
}

// channel returns the channel that is closed with the failure.
func (f *failure) channel() chan struct{} {
	if f.done == nil {
		f.done = make(chan struct{})
	}
	return f.done
}

// set keeps the first failure.
func (f *failure) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
		close(f.channel())
	}
}

func (f *failure) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Failed returns a channel that is closed once the store can keep nothing more, because
// the disk failed. From then on methods that write return [ErrFailed], and one that is
// under way may never return. The process has to end; the next [Open] finds what was kept.
func (s *Store) Failed() <-chan struct{} {
	s.failure.mu.Lock()
	defer s.failure.mu.Unlock()
	return s.failure.channel()
}

// Failure returns an [ErrFailed] that says what failed, or nil.
func (s *Store) Failure() error {
	if err := s.failure.get(); err != nil {
		return fmt.Errorf("%w: %s: %w; see to the disk, and start again", ErrFailed, s.dir, err)
	}
	return nil
}

// The beginnings of what the database logs in the goroutine that failed.
const (
	flushFailed      = "error flushing memtable to disk"
	compactionFailed = "[Compactor: %d] LOG Compact FAILED"
)

// flatten is the number under which the database compacts when it is asked to, and
// returns what failed.
const flatten = 175

// backgroundError hears what the database logs as it fails. It would try again: but a
// sync that failed seems to succeed the next time, without what was to be synced being on
// the disk, and a write that failed may have left half an entry. So the goroutine ends
// here, as its own return would end it. What another one has under way may still come to
// its end.
//
// A disk that has no room for a table is no failure, and is tried again.
func (s *Store) backgroundError(format string, args []any) {
	flush := strings.HasPrefix(format, flushFailed)
	if !flush && !strings.HasPrefix(format, compactionFailed) {
		return
	}
	var cause error
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			cause = err
		}
	}
	if cause == nil || !brokeDisk(cause.Error()) {
		return
	}
	if flush {
		// Before anybody knows, and ends the process.
		if err := noteUnflushed(s.dir); err != nil {
			s.opts.Logger.Error("cannot write down that a flush failed", "dir", s.dir, "err", err)
		}
		s.failure.set(fmt.Errorf("cannot flush: %w", cause))
		runtime.Goexit()
	}
	s.failure.set(fmt.Errorf("cannot compact: %w", cause))
	if worker, ok := args[0].(int); ok && worker != flatten {
		runtime.Goexit()
	}
}

// brokeDisk tells errors after which nothing may be tried again, by their text: the
// database does not wrap all of its causes.
func brokeDisk(text string) bool {
	return strings.Contains(text, badger.ManifestFilename) || strings.Contains(text, syscall.EIO.Error()) || strings.Contains(text, syscall.EROFS.Error())
}
