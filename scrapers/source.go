package scrapers

import (
	"context"
	"time"

	"github.com/swell-radar/swell/term"
)

// Source delivers the records of one input.
//
// Run delivers until ctx ends, when it returns ctx's error within a second, or
// until it cannot go on, when it returns why: a [*Trouble] where it knows what
// kind of trouble that is, any other error where it does not. It returns nil only
// when its input has come to its end for good. It is started again later, from the
// cursors of what was accepted; how much later is the supervisor's to say. So a source
// neither loops over failures of its whole input nor hides them.
//
// Run may start goroutines, which end before it returns. It asks the network
// through scrapers/fetch alone, looks at no clock but [Host.Now], and waits by
// [Host.Sleep]. It may deliver a record twice, after a restart or because its
// input did, as long as the record's ID is the same both times; it may not lose
// one that a cursor has passed.
//
// A number that the input does not give is left out: missing is not zero.
type Source interface {
	Run(ctx context.Context, h Host) error
}

// Host is what a running source has of the program around it.
type Host interface {
	// Cursor returns what the last accepted delivery of a part said, nil before
	// the first. A source whose input is one thing has the single part "".
	Cursor(part string) []byte

	// Deliver hands records over and returns once they are on the disk: a cursor
	// given with them is then the one to go on from. It waits while what was
	// delivered before is not counted yet, and ends with ctx. An error means
	// that the delivery was not accepted, or that nobody knows; the source may
	// try it again as it is, or return the error. The records and all they point
	// to are the source's again when Deliver returns, but for authors' names,
	// which may have been removed from them.
	Deliver(ctx context.Context, d Delivery) error

	// Report says how a part of the input is doing: err is nil when it answered
	// as it should, a [*Trouble] or any other error when it did not. A part that
	// was never reported is not shown. A delivery reports its part as well.
	Report(part string, err error)

	// Wall returns the trouble that a part was last in, with what is left of its After; nil
	// where nobody has to wait. It outlives the source, and the program where a server said so
	// ([Throttled], [Blocked], [LoginWall]): who begins with a part asks for it first,
	// reports it, and waits.
	Wall(part string) *Trouble

	// Now returns the time, UTC.
	Now() time.Time

	// Sleep waits for d, or returns ctx's error when that ends first.
	Sleep(ctx context.Context, d time.Duration) error

	// Jitter returns a random duration from 0 to d, evenly distributed: what
	// keeps many programs from asking in step.
	Jitter(d time.Duration) time.Duration
}

// Delivery is what a source hands over at once: accepted whole or not at all.
type Delivery struct {
	Part    string // of the input: an instance, a feed, a relay; "" where there is one
	Records []term.Record
	Cursor  []byte // where the part goes on after this, at most [MaxCursor] bytes; empty: as before

	// Items is how many items of the input were read for this: posts, rows, lines. Those
	// with nothing to count in them give no record and are items all the same.
	Items int
	// Rejected are the items among them that could not be understood. Where most
	// are, the input has changed its form, and the source is shown as such.
	Rejected []Reject
}

// Reject is an item that could not be understood.
type Reject struct {
	Where string // position in the input, as exact as it can be told: "entry 3: published"
	Why   error
}

// The limits of one delivery.
const (
	MaxDelivery = 10_000 // records of one delivery
	MaxCursor   = 16 << 10
)
