package journal

import (
	"errors"
	"fmt"
)

// The errors that a caller may want to tell apart with [errors.Is]. What is
// returned wraps them and names the directory or entry, the value and the way out.
var (
	// ErrClosed is returned by every method after [Journal.Close].
	ErrClosed = errors.New("journal: closed")

	// ErrFull says that there is no room: the volume is at its floor of free
	// space ([Options].MinFree), what is still needed has reached
	// [Options].MaxBytes, or the server has no room. Nothing was accepted; the
	// same batch can be appended later, and is taken once there is room.
	ErrFull = errors.New("journal: no room")

	// ErrTooLarge says that a batch is larger than one entry may be. Nothing was
	// accepted; a smaller one would be.
	ErrTooLarge = errors.New("journal: batch too large")

	// ErrInvalid says that a batch or an option is not as it must be.
	ErrInvalid = errors.New("journal: invalid argument")

	// ErrInDoubt says that an append was given up, by its context or by
	// [Journal.Close], after its batch was sent and before the answer came. The
	// batch may have been accepted. Appended again with the same Producer, Epoch
	// and Seq it is counted once.
	ErrInDoubt = errors.New("journal: not known whether the batch was accepted")

	// ErrGap says that entries are missing; see [GapError].
	ErrGap = errors.New("journal: entries missing")

	// ErrDamaged says that stored bytes are not what was written.
	ErrDamaged = errors.New("journal: damaged")

	// ErrBehind says that the journal ends before the entry that was asked for:
	// a snapshot is ahead of it, or belongs to another journal.
	ErrBehind = errors.New("journal: ends before the entry asked for")

	// ErrNewerFormat says that a newer version of Swell wrote the entry.
	ErrNewerFormat = errors.New("journal: newer format")

	// ErrLocked says that another process has the journal open.
	ErrLocked = errors.New("journal: in use by another process")

	// ErrForeign says that a stream of the server is not a journal, or is set to
	// drop what a journal must keep.
	ErrForeign = errors.New("journal: not a journal")

	// ErrOther says that the journal has another ID than [Options].ID: it belongs to
	// another data directory. Nothing in it was changed. A stream that got another ID
	// while it was open is an [ErrFailed] as well.
	ErrOther = errors.New("journal: belongs to another data directory")

	// ErrExists says that an import would write into a journal that has entries.
	ErrExists = errors.New("journal: not empty")

	// ErrFailed says that the disk failed: a write or a sync of the embedded
	// server came back with an error that is not for want of room. What was
	// accepted before stands; what was on its way may be there after a new start;
	// nothing more is accepted until then.
	ErrFailed = errors.New("journal: failed")
)

// GapError says which entries are missing, both ends included. It is an [ErrGap].
type GapError struct{ From, To uint64 }

// Error names the range.
func (e *GapError) Error() string {
	return fmt.Sprintf("%v: %d to %d; restore them from a backup, or begin anew with an empty data directory", ErrGap, e.From, e.To)
}

// Unwrap returns [ErrGap].
func (e *GapError) Unwrap() error { return ErrGap }

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

func tooLarge(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTooLarge, fmt.Sprintf(format, args...))
}

// damaged returns an ErrDamaged that names the entry.
func damaged(entry uint64, format string, args ...any) error {
	return fmt.Errorf("%w: entry %d: %s", ErrDamaged, entry, fmt.Sprintf(format, args...))
}
