package judge

import "errors"

// ErrCorrupt is wrapped by errors about a stored state or rule that cannot be read.
var ErrCorrupt = errors.New("judge: corrupt state")

// ErrNewer is wrapped by errors about one that a newer version of Swell stored.
var ErrNewer = errors.New("judge: newer form")

// FieldError says what is wrong with a rule that somebody wrote.
type FieldError struct {
	Field string // as in the JSON of [api.Rule]: name, phases, min_share
	// Reason says what is wrong with the value and what may stand there.
	Reason string
}

// Error names the field, the value and the way out.
func (e *FieldError) Error() string { return e.Field + " " + e.Reason }
