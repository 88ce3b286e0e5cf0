package watch

import (
	"errors"
	"fmt"
)

// ErrCorrupt is wrapped by errors about a stored list that cannot be read.
var ErrCorrupt = errors.New("watch: corrupt list")

// ErrNewer is wrapped by errors about a list that a newer version of Swell stored.
var ErrNewer = errors.New("watch: newer form")

// FieldError says what is wrong with a list that somebody wrote.
type FieldError struct {
	// Term is the number of the term from 0; -1 where the list as a whole is at fault.
	Term  int
	Field string // as in name, title, terms, kind, term or platforms
	// Reason says what is wrong with the value and what may stand there.
	Reason string
}

// Error names the field, the value and the way out.
func (e *FieldError) Error() string { return e.Path() + " " + e.Reason }

// Path returns where the fault is, as in terms[3].kind.
func (e *FieldError) Path() string {
	if e.Term < 0 {
		return e.Field
	}
	return fmt.Sprintf("terms[%d].%s", e.Term, e.Field)
}

func wrong(at int, field, format string, args ...any) *FieldError {
	return &FieldError{Term: at, Field: field, Reason: fmt.Sprintf(format, args...)}
}
