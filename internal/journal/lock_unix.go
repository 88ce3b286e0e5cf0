//go:build linux || darwin

package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// canSyncDirs says whether directories can be synced here.
const canSyncDirs = true

// lockDir takes the lock on dir, exclusive or shared, and fails with ErrLocked
// if that is taken. The lock goes with the process.
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
			return nil, fmt.Errorf("%w: %s; stop that process, or name another directory", ErrLocked, dir)
		}
		return nil, fmt.Errorf("cannot lock %s: %w", dir, err)
	}
	return f.Close, nil
}
