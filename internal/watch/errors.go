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
	// In is terms or phrases, and Term the number of the one at fault from 0; -1 where it is the
	// list as a whole.
	In    string
	Term  int
	Field string // as in name, title, terms, kind, term, platforms or exclude[2]
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
	return fmt.Sprintf("%s[%d].%s", e.In, e.Term, e.Field)
}

// place is a part of a list: a term, a phrase, or the whole of it.
type place struct {
	in string
	at int
}

var whole = place{at: -1}

func wrong(at place, field, format string, args ...any) *FieldError {
	return &FieldError{In: at.in, Term: at.at, Field: field, Reason: fmt.Sprintf(format, args...)}
}
