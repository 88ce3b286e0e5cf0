package serve

import (
	"context"
	"errors"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/term"
)

// Intake takes records in. Any goroutine may call it.
type Intake interface {
	// Accept keeps the records of a delivery and returns when they are durable: all
	// of them, or none and an error. It does not keep the delivery, but may change
	// its records. Errors that a sender should know wrap [ErrFull], [ErrBehind],
	// [ErrTooLarge] or [ErrStopping].
	Accept(ctx context.Context, d *Delivery) error
	// NotAfter returns the newest event time that is taken, in microseconds since
	// 1970: a clock far ahead would make everybody else's records late.
	NotAfter() int64
	// State tells about what was taken in and is not counted yet.
	State() api.Backlog
}

// Delivery is what one request brings.
type Delivery struct {
	// Producer, Epoch and Seq tell deliveries apart: one that is sent again is
	// counted once. Producer is empty where the sender does not number them; else
	// Seq counts from 1 within an Epoch.
	Producer   string
	Epoch, Seq uint64
	// Once is the name of a delivery that is not numbered: sent again under it, the same
	// body is counted once.
	Once    Once
	Records []term.Record
}

// Once is the name of a delivery. The zero value is none.
type Once struct {
	Key  [16]byte // hash of the name and of who sends it
	Body [16]byte // hash of what was sent
	// NotAfter is what the body was read by: as [Intake.NotAfter] says.
	NotAfter int64
}

// Named reports whether there is a name.
func (o *Once) Named() bool { return o.Key != [16]byte{} }

// AgainError says that a delivery of the same name and body came before.
type AgainError struct {
	// NotAfter is what it was read by; read by that, the body gives the same records.
	NotAfter int64
	// Taken says that it was accepted. Else that is not known: the delivery has to be read
	// by NotAfter, and may be sent then.
	Taken bool
}

// Error says what became of the delivery.
func (e *AgainError) Error() string {
	if e.Taken {
		return "serve: accepted before"
	}
	return "serve: sent before, and not known whether it was kept"
}

// Why a delivery was not accepted. But for ErrInDoubt nothing of it was kept. It may be
// sent again.
var (
	// ErrFull says that there is no room to keep records.
	ErrFull = errors.New("serve: no room for records")
	// ErrBehind says that more waits to be counted than may wait.
	ErrBehind = errors.New("serve: counting is behind")
	// ErrNumber says that the number of a delivery cannot be counted; it names the way out.
	ErrNumber = errors.New("serve: number of the delivery")
	// ErrTooLarge says that the journal takes no delivery of this size.
	ErrTooLarge = errors.New("serve: delivery too large")
	// ErrInDoubt says that the delivery may have been kept: it was given up on its way.
	ErrInDoubt = errors.New("serve: not known whether the delivery was kept")
	// ErrKeyReused says that another delivery has the name.
	ErrKeyReused = errors.New("serve: name of another delivery")
	// ErrKeyBusy says that a delivery of the name is being accepted.
	ErrKeyBusy = errors.New("serve: delivery under way")
	// ErrTooManyKeys says that no more names can be remembered for as long as they have to be.
	ErrTooManyKeys = errors.New("serve: too many names of deliveries")
	// ErrStarting says that what was accepted before the start is still being counted.
	ErrStarting = errors.New("serve: starting")
	// ErrCatching says that a source replays what came before; it tells which, and where it is.
	ErrCatching = errors.New("serve: catching up")
	// ErrStopping says that the program is about to end.
	ErrStopping = errors.New("serve: stopping")
)
