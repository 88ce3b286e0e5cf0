package app

import "errors"

// The errors that a caller may want to tell apart with errors.Is. They are read by
// people as part of a sentence, so they do not begin with the package's name.
var (
	// ErrConfig says that a data directory was made with settings that this run
	// does not have, so that its counts cannot be gone on from.
	ErrConfig = errors.New("made with other settings")
	// ErrVersion says that a data directory was made by a version of Swell whose
	// counts this one cannot read.
	ErrVersion = errors.New("made by another version of Swell")
	// ErrNoData says that a data directory holds nothing to go on from.
	ErrNoData = errors.New("holds no counts yet")
	// ErrInput says that the inputs are not those that a data directory was fed
	// from, or that an output would overwrite one.
	ErrInput = errors.New("inputs do not fit")
	// ErrListen says that an address may not be served at.
	ErrListen = errors.New("cannot serve")
	// ErrNoSource says that there is no source with a name.
	ErrNoSource = errors.New("unknown source")
	// ErrInterrupted says that a replay was stopped before its end.
	ErrInterrupted = errors.New("interrupted")
)
