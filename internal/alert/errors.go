package alert

import "errors"

var (
	// ErrNotFound is wrapped by errors about an alert, a rule or a mute that there is not.
	ErrNotFound = errors.New("alert: there is no such thing")
	// ErrOver says that the rise is over, so that nothing can be done about its alert any more.
	ErrOver = errors.New("alert: the rise is over")
	// ErrLimit is wrapped by errors about one rule or mute too many.
	ErrLimit = errors.New("alert: too many")
	// ErrBuiltin says that a rule was there from the start and is as it was, so that it cannot be deleted.
	ErrBuiltin = errors.New("alert: a rule that is there from the start")
	// ErrInvalid is wrapped by errors about a mute or an action that cannot be.
	ErrInvalid = errors.New("alert: invalid")
	// ErrRange says that nothing is kept of the time that was asked for.
	ErrRange = errors.New("alert: no rankings are kept")
	// ErrCorrupt is wrapped by errors about stored bounds that cannot be read.
	ErrCorrupt = errors.New("alert: corrupt")
)
