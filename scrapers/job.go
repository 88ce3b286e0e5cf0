package scrapers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/swell-radar/swell/term"
)

// Job is a source that is to be kept running.
type Job struct {
	Name      string   // of the source; unique
	Platforms []string // that are seen through it, as its records name them; none: its records' platforms are nobody's business
	Source    Source
	// Replays says that the source delivers what came while it was not running, in
	// order of time. Others begin when it has caught up: event time does not go back.
	Replays bool
	Budget  *Budget // of its requests, shown in its health; nil: no bound
}

// Options are the settings of a [Supervisor]. Jobs, Accept, Now and Log are required.
type Options struct {
	Jobs []Job

	// Accept keeps records, and what was given as the source's cursor, and returns when
	// both are on the disk. An error that is [ErrBusy] is tried again a little later.
	Accept func(ctx context.Context, a Accepted) error

	// Lateness is how much later than others of its time a record is still counted. 0: ten minutes.
	Lateness time.Duration

	Shelf  Shelf // keeps health and coverage over restarts; nil: nothing does
	Now    func() time.Time
	Jitter func(time.Duration) time.Duration // even from 0 to its argument
	Log    *slog.Logger
}

// Accepted is a delivery on its way to the disk.
type Accepted struct {
	Cursor  string // whose cursor it is: [CursorName]
	At      []byte // the cursor; empty: as before
	Records []term.Record
}

// ErrBusy is why something is not accepted now and will be later.
var ErrBusy = errors.New("busy")

// CursorName is under what a cursor is kept: of a source, and of a part of its input.
func CursorName(source, part string) string {
	if part == "" {
		return source
	}
	return source + "/" + part
}
