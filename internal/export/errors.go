package export

import "errors"

var (
	// ErrOptions marks settings that cannot be.
	ErrOptions = errors.New("export: invalid options")
	// ErrNotKept marks a day that is not over, was not counted, or is not kept any more.
	ErrNotKept = errors.New("export: the day is not kept")
	// ErrNoRoom marks a file for which there is no room.
	ErrNoRoom = errors.New("export: no room for the file")
	// ErrBusy marks that too many files wait to be made.
	ErrBusy = errors.New("export: too many files wait to be made")
	// ErrClosed marks that the exports were closed.
	ErrClosed = errors.New("export: closed")
)
