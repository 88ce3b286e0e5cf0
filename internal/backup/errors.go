package backup

import (
	"errors"
	"fmt"
)

// The errors that a caller may want to tell apart with [errors.Is]. What a reader
// returns wraps them and says at which byte, and why.
var (
	// ErrNotBackup says that the file does not begin as a backup.
	ErrNotBackup = errors.New("backup: not a backup of swell")
	// ErrNewer says that a later version of Swell wrote the backup.
	ErrNewer = errors.New("backup: newer format")
	// ErrDamaged says that bytes are not what was written, or that there are too
	// many or too few of them.
	ErrDamaged = errors.New("backup: damaged")
	// ErrCut says that the backup ends too early. It is an [ErrDamaged], too.
	ErrCut = fmt.Errorf("%w: cut short", ErrDamaged)
	// ErrGivenUp says that whoever wrote the backup gave it up half way, and why. It
	// is an [ErrDamaged], too.
	ErrGivenUp = fmt.Errorf("%w: given up", ErrDamaged)
	// ErrUse says that a [Writer] was used in a way that it does not permit.
	ErrUse = errors.New("backup: wrong use")
)
