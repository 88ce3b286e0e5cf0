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
	Records    []term.Record
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
	// ErrStarting says that what was accepted before the start is still being counted.
	ErrStarting = errors.New("serve: starting")
	// ErrCatching says that a source replays what came before; it tells which, and where it is.
	ErrCatching = errors.New("serve: catching up")
	// ErrStopping says that the program is about to end.
	ErrStopping = errors.New("serve: stopping")
)
