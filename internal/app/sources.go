package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/scrapers"
)

// SourceOptions say what sources a run has. The zero value: none.
type SourceOptions struct {
	// Jobs makes the sources. What they keep over restarts goes onto the shelf.
	Jobs func(scrapers.Shelf) ([]scrapers.Job, error)
	// Off are the names of those that there are and that are not asked for.
	Off []string
	// Keywords are looked for in all texts, whoever delivers them.
	Keywords []string
	// Demo says that all of them are made up.
	Demo bool
}

// newSupervisor makes the sources, which do not run yet.
func (l *live) newSupervisor(lateness time.Duration) error {
	var jobs []scrapers.Job
	if l.Sources.Jobs != nil {
		var err error
		if jobs, err = l.Sources.Jobs(l.data.store); err != nil {
			return err
		}
	}
	var err error
	l.supervisor, err = scrapers.NewSupervisor(scrapers.Options{
		Jobs: jobs, Accept: l.inbox.take, Shelf: l.data.store, Now: l.Now, Jitter: jitter, Log: l.Log,
		Lateness: lateness,
	})
	return err
}

// runSources keeps the sources running until ctx ends: from when all that was accepted before
// the start is counted, for only then are their cursors known.
func (l *live) runSources(ctx context.Context) {
	select {
	case cursors := <-l.begun:
		l.supervisor.Run(ctx, cursors)
	case <-ctx.Done():
	}
}

// jitter is random: it keeps programs from asking in step, and no result depends on it.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

// caughtUp notes that all that was accepted before the start is counted. The counting
// goroutine calls it, or whoever knows that there is nothing to count: that may be before
// there is a drain.
func (l *live) caughtUp() {
	l.ready.Store(true)
	if l.drain != nil {
		l.drain.settleAfter(l.engine.Marks())
	}
	l.begun <- l.ledger.Cursors()
}

// sourceHealth tells how the sources are doing, those included that are off.
func (l *live) sourceHealth() []scrapers.Health {
	out := l.supervisor.Health()
	for _, name := range l.Sources.Off {
		out = append(out, scrapers.Health{Name: name, State: scrapers.Off})
	}
	return out
}

// catching is an error while a source replays what came before: records of now would make it late.
func (l *live) catching() error {
	name, at, ok := l.supervisor.Catching()
	switch {
	case !ok:
		return nil
	case at.IsZero():
		return fmt.Errorf("%w: %s may replay what came before, and has not begun; send this again in some seconds", serve.ErrCatching, name)
	}
	return fmt.Errorf("%w: %s is replaying what came before, and is at %s; send this again in a minute", serve.ErrCatching, name, at.Format(time.RFC3339))
}

// maxSourced is how many accepted records may wait to be counted while sources deliver: they
// can wait themselves, and what they replay is seen the sooner.
const maxSourced = 200_000

// take keeps what a source delivered, as [scrapers.Options.Accept] asks for. What nobody knows
// the fate of is delivered again: the engine counts a post once, and a reading too.
func (in *inbox) take(ctx context.Context, a scrapers.Accepted) error {
	if err := in.enter(); err != nil {
		return err
	}
	defer in.calls.Done()
	ctx, cancel := in.patient(ctx)
	defer cancel()
	if waiting := in.waiting(); waiting > maxSourced {
		return fmt.Errorf("%w: %d accepted records wait to be counted", scrapers.ErrBusy, waiting)
	}
	j, err := in.get(ctx)
	if err != nil {
		return err
	}
	door := engine.NewAnonymiser(in.key)
	for i := range a.Records {
		door.Anonymise(&a.Records[i])
	}
	in.watch.note(a.Records)
	err = in.append(ctx, j, &journal.Batch{Source: a.Cursor, Cursor: a.At, Records: a.Records})
	switch {
	case err == nil:
		in.accepted.Add(int64(len(a.Records)))
		in.watch.heard(a.Records, in.NotAfter())
		return nil
	case errors.Is(err, journal.ErrClosed), errors.Is(err, journal.ErrTooLarge):
		return err
	case errors.Is(err, journal.ErrFull), errors.Is(err, journal.ErrInDoubt), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", scrapers.ErrBusy, err)
	}
	return fmt.Errorf("cannot keep records in the journal: %w", err)
}
