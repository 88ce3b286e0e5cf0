//go:build linux || darwin

package store

import (
	"errors"
	"os"
	"syscall"
)

// lockDir takes the lock on dir that the database takes on it, and fails with
// ErrLocked if that is taken.
func lockDir(dir string, shared bool) (unlock func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return f.Close, nil
}
