package app

import "errors"

// The errors that a caller may want to tell apart with errors.Is.
var (
	// ErrConfig says that a data directory was made with settings that this run
	// does not have, so that its counts cannot be gone on from.
	ErrConfig = errors.New("app: made with other settings")
	// ErrNoData says that a data directory holds nothing to go on from.
	ErrNoData = errors.New("app: holds no counts yet")
	// ErrInput says that the inputs are not those that a data directory was fed
	// from, or that an output would overwrite one.
	ErrInput = errors.New("app: inputs do not fit")
	// ErrListen says that an address may not be served at.
	ErrListen = errors.New("app: cannot serve")
	// ErrInterrupted says that a replay was stopped before its end.
	ErrInterrupted = errors.New("app: interrupted")
)
