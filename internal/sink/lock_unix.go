//go:build linux || darwin

package sink

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockFile waits until no other process, and no other sink of this one, has the lock on f. It goes when f is closed.
// A line is written within milliseconds: whoever has the lock for longer hangs, and an attempt must not hang with it.
func lockFile(f *os.File) error {
	const tries, pause = 1000, 10 * time.Millisecond
	for range tries {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK): // some network file systems have none
			return nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return fmt.Errorf("cannot lock %s: %w", f.Name(), err)
		}
		time.Sleep(pause)
	}
	return fmt.Errorf("cannot lock %s: another program has had it for %v; give each a folder of its own", f.Name(), tries*pause)
}
