package sink

import (
	"context"
	"fmt"
	"time"

	"github.com/swell-radar/swell/internal/message"
)

// Sink sends messages to one place.
type Sink interface {
	// Send sends a message. It returns nil once the receiver has said that it has it, and else a [*Error].
	Send(ctx context.Context, m *message.Message) error
	// Recognises reports whether a receiver that gets a message twice can know it, or is left with it once:
	// else one of which nobody knows whether it arrived may be there twice.
	Recognises() bool
	// Follows reports whether it takes messages of the kinds change and over as well.
	Follows() bool
}

// Error says why a message was not sent.
type Error struct {
	// Permanent says that trying again will not help, and Off that nothing will be taken any more.
	Permanent, Off bool
	// After is how long the receiver wants to be left alone; zero: it did not say.
	After time.Duration
	// Doubt says that the receiver may have got it nevertheless.
	Doubt bool
	// Reason says what was answered and what to do about it. It holds no secret.
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return e.Reason }

// Permanentf returns the error of an attempt that does not help to be made again.
func Permanentf(format string, args ...any) *Error {
	return &Error{Permanent: true, Reason: fmt.Sprintf(format, args...)}
}

// Memory keeps small values of a sink from run to run, as which card stands for which thread. Values are lost
// with the data directory alone.
type Memory interface {
	Recall(key string) ([]byte, error) // nil: nothing is known
	// Remember keeps a value; a nil one forgets the key.
	Remember(key string, value []byte) error
}
