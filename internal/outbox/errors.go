package outbox

import "errors"

// The errors that a caller may want to tell apart.
var (
	// ErrNotFound says that no message with that ID waits or was given up.
	ErrNotFound = errors.New("outbox: no such message")
	// ErrSending says that a message is on its way just now.
	ErrSending = errors.New("outbox: the message is being sent")
	// ErrOver says that a message was given up, and that its sink was told since that the rise is over.
	ErrOver = errors.New("outbox: the rise is over, and the sink knows")
	// ErrNoSink says that there is no sink of that name.
	ErrNoSink = errors.New("outbox: no such sink")
	// ErrInvalid says that a message cannot be kept.
	ErrInvalid = errors.New("outbox: the message cannot be kept")
	// ErrDamaged says that what was kept of a message cannot be read.
	ErrDamaged = errors.New("outbox: damaged")
)
