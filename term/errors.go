package term

import (
	"errors"
	"fmt"
)

// ErrNothingToCount is wrapped by the [DecodeError] of a line that is a valid
// record but names no term and has no text.
var ErrNothingToCount = errors.New("term: nothing to count")

// ErrPhrases is wrapped by the errors of [NewPhrases].
var ErrPhrases = errors.New("term: cannot look for phrases")

var (
	errNoPhrase   = errors.New("holds nothing to look for")
	errLongPhrase = fmt.Errorf("is too long; at most %d characters and %d bytes are possible", MaxKeyGraphemes, MaxKeyBytes)
)

// DecodeError says why a line is not a record.
type DecodeError struct {
	Field  string // the field at fault with its path ("sound.title"), or empty when the line as a whole is
	Offset int    // byte in the line where the fault was met, from 0; -1 when it has no place
	Reason string // what is wrong, with the offending value quoted and cut to 80 bytes

	err error
}

// Error names the field, the reason and the position.
func (e *DecodeError) Error() string {
	msg := e.Reason
	if e.Field != "" {
		msg = e.Field + " " + msg
	}
	if e.Offset >= 0 {
		return fmt.Sprintf("term: cannot decode record: %s (byte %d)", msg, e.Offset)
	}
	return "term: cannot decode record: " + msg
}

// Unwrap returns [ErrNothingToCount] where that is the reason, otherwise nil.
func (e *DecodeError) Unwrap() error { return e.err }
