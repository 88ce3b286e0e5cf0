package store

import (
	"errors"
	"fmt"
)

// The errors that a caller may want to tell apart with [errors.Is]. What is
// returned wraps them and names the directory or key, the value and the way out.
var (
	// ErrClosed is returned by every method after [Store.Close].
	ErrClosed = errors.New("store: closed")

	// ErrReadOnly is returned by methods that write when the store was opened
	// by [OpenReadOnly].
	ErrReadOnly = errors.New("store: opened read-only")

	// ErrLocked says that another process has the store open.
	ErrLocked = errors.New("store: in use by another process")

	// ErrNoStore says that the directory holds no store.
	ErrNoStore = errors.New("store: no store here")

	// ErrForeign says that the directory holds files that are not a store's.
	ErrForeign = errors.New("store: not a swell store")

	// ErrNewerFormat says that a newer version of Swell wrote the data.
	ErrNewerFormat = errors.New("store: newer format")

	// ErrNeedsRecovery says that the last writer did not close the store, and
	// that a read-only opening cannot repair what it left.
	ErrNeedsRecovery = errors.New("store: not closed cleanly")

	// ErrDamaged says that stored bytes are not what was written.
	ErrDamaged = errors.New("store: damaged")

	// ErrFailed says that the disk failed under an open store. Nothing more is written
	// to it; the process has to end, and the next opening finds what was kept.
	ErrFailed = errors.New("store: failed")

	// ErrDiskFull says that the volume has less free space than the floor
	// ([Options].MinFree). Nothing was written.
	ErrDiskFull = errors.New("store: too little free space")

	// ErrNoSnapshot says that the store holds no snapshot that can be loaded.
	ErrNoSnapshot = errors.New("store: no snapshot")

	// ErrUnknownTerm says that a term is not in the dictionary.
	ErrUnknownTerm = errors.New("store: unknown term")

	// ErrCollision says that two different terms have the same ID.
	ErrCollision = errors.New("store: two terms with one ID")

	// ErrNotFound says that nothing is stored for what was asked.
	ErrNotFound = errors.New("store: not found")

	// ErrInvalid says that an argument cannot be stored.
	ErrInvalid = errors.New("store: invalid argument")
)

// damaged returns an ErrDamaged that names the key.
func damaged(key []byte, format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrDamaged, keyString(key), fmt.Sprintf(format, args...))
}

// invalid returns an ErrInvalid that says what is wrong.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
