package scrapers

import (
	"errors"
	"fmt"
	"time"
)

// Trouble is an error that says what became of a source or a part of its input.
type Trouble struct {
	State State
	Why   string        // for people: what was asked, what came, what to do. No secrets, no query strings
	After time.Duration // not before then is it tried again; 0: nobody said
	Err   error         // below it, or nil

	Status int // of the HTTP answer that was no good; 0: there was none, or its status was not what was wrong
	// Failures is how many troubles in a row this is the last of, where who reports it counts: so that it
	// goes on counting after a restart.
	Failures int
	// Ours says that nobody was asked: a setting of ours forbids it, which a restart may change.
	Ours bool
	// Robots says that robots.txt does not allow this one address: it costs itself alone, as one
	// where nothing is, and others of its host may be asked. The state is [Blocked].
	Robots bool
}

// Error implements error.
func (t *Trouble) Error() string {
	if t.Err != nil {
		return fmt.Sprintf("%s: %s: %v", t.State, t.Why, t.Err)
	}
	return fmt.Sprintf("%s: %s", t.State, t.Why)
}

// Unwrap returns the error below.
func (t *Trouble) Unwrap() error { return t.Err }

// NewTrouble returns a trouble whose Why is formatted as by fmt.Sprintf.
func NewTrouble(s State, format string, args ...any) *Trouble {
	return &Trouble{State: s, Why: fmt.Sprintf(format, args...)}
}

// Again returns an error of a part as the trouble that it stands for, with how long it is until
// the part is tried again and how many in a row this is.
func Again(err error, after time.Duration, failures int) *Trouble {
	var t *Trouble
	out := Trouble{State: StateOf(err), Why: err.Error()}
	switch is, ok := err.(*Trouble); {
	case ok:
		out = *is
	case errors.As(err, &t):
		out.Status, out.Ours, out.Robots = t.Status, t.Ours, t.Robots
	}
	out.After, out.Failures = after, failures
	return &out
}

// reason returns what an error says beside its state, which is shown apart from it.
func reason(err error) string {
	t, ok := err.(*Trouble)
	switch {
	case !ok:
		return err.Error()
	case t.Err != nil:
		return fmt.Sprintf("%s: %v", t.Why, t.Err)
	}
	return t.Why
}

// StateOf returns the state that an error of a source stands for: that of the
// [*Trouble] in it, else [Unreachable]; [OK] for nil.
func StateOf(err error) State {
	var t *Trouble
	switch {
	case err == nil:
		return OK
	case errors.As(err, &t):
		return t.State
	}
	return Unreachable
}

// AfterOf returns how long the error says to wait before trying again, 0 if it does not.
func AfterOf(err error) time.Duration {
	var t *Trouble
	if errors.As(err, &t) {
		return t.After
	}
	return 0
}
