package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/swell-radar/swell/internal/journal"
)

// JournalOptions are the settings of the journal.
type JournalOptions struct {
	URL         string        // of an outside NATS server or cluster; empty: embedded
	Stream      string        // in it; empty: SWELL. Each data directory needs its own
	Credentials string        // file with those for the outside server
	Replicas    int           // in a cluster; 0 is 1
	MaxBytes    int64         // beyond it no record is accepted; 0: no bound
	MaxAge      time.Duration // how long counted records are kept; 0: until two snapshots hold them
	// AcceptLoss goes on where entries are missing. Else that ends the program.
	AcceptLoss bool
}

// journalDir is where the embedded journal lies in a data directory.
func journalDir(data string) string { return filepath.Join(data, "journal") }

// openExisting opens the journal if there is one, and checks that the state and
// the journal belong together.
func (l *live) openExisting(ctx context.Context) error {
	if l.Journal.URL == "" {
		if _, err := os.Stat(journalDir(l.data.path)); errors.Is(err, os.ErrNotExist) {
			if next := l.ledger.Next(); next.Entry > 1 {
				return l.journalGone(ctx, next)
			}
			l.caughtUp()
			return nil
		}
	}
	_, err := l.inbox.get(ctx)
	return err
}

// journalGone refuses to go on, or begins the journal anew where counting goes on: what
// was in it and in no snapshot is lost.
func (l *live) journalGone(ctx context.Context, next journal.Place) error {
	dir := journalDir(l.data.path)
	if !l.Journal.AcceptLoss {
		return fmt.Errorf("the journal of the data directory %s is gone, and the state has counted it up to entry %d: bring %s back, restore a backup, or go on without it with --accept-loss",
			l.data.path, next.Entry, dir)
	}
	if next != (journal.Place{Entry: next.Entry}) {
		next = journal.Place{Entry: next.Entry + 1}
	}
	l.Log.Error("the journal is gone and begins anew, as --accept-loss says", "journal", dir, "entry", next.Entry)
	l.inbox.lost.Add(1) // at least; nothing tells how many there were
	l.ledger.SetNext(next)
	none := func(func([]byte, error) bool) {}
	if err := journal.Import(ctx, l.journalOptions(), next.Entry, none); err != nil {
		return fmt.Errorf("cannot begin the journal anew: %w", err)
	}
	_, err := l.inbox.get(ctx)
	return err
}

func (l *live) journalOptions() journal.Options {
	o := journal.Options{
		ID: l.note.ID, Stream: l.Journal.Stream, URL: l.Journal.URL, Creds: l.Journal.Credentials, Replicas: l.Journal.Replicas,
		MaxBytes: l.Journal.MaxBytes, MaxAge: l.Journal.MaxAge, Now: l.Now, Log: l.Log,
		Space: l.Store.Space, MinFree: l.journalFloor(),
	}
	if o.URL == "" {
		o.Dir = journalDir(l.data.path)
	}
	return o
}

// openJournal opens the journal at the place where counting goes on.
func (l *live) openJournal(ctx context.Context) (*journal.Journal, error) {
	j, err := journal.Open(ctx, l.journalOptions())
	if l.Journal.URL == "" && (errors.Is(err, journal.ErrDamaged) || errors.Is(err, journal.ErrGap)) {
		return nil, fmt.Errorf("cannot open the journal: %w; or move %s away and go on without what no snapshot has counted, with --accept-loss", err, journalDir(l.data.path))
	}
	if errors.Is(err, journal.ErrOther) {
		return nil, fmt.Errorf("cannot open the journal: %w; bring the right one back, or name another stream with --journal-stream", err)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the journal: %w", err)
	}
	if err := l.fits(ctx, j); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// journalFloor is the free space below which no record is accepted. It is above
// that of the store, whose snapshots are what makes room in the journal.
func (l *live) journalFloor() int64 {
	if l.Store.MinFree < 0 {
		return -1
	}
	floor := l.data.store.Floor()
	return floor + floor/4
}

// fits refuses a journal that does not hold what the state has not counted yet.
func (l *live) fits(ctx context.Context, j *journal.Journal) error {
	first, next, err := j.Bounds(ctx)
	if err != nil {
		return fmt.Errorf("cannot look into the journal: %w", err)
	}
	at := l.ledger.Next()
	l.target.Store(next)
	switch {
	case at.Entry > next || at.Entry == next && at != (journal.Place{Entry: next}):
		return fmt.Errorf("%w: the snapshot in %s has counted the journal up to entry %d, and that ends before %d: accepted records are lost, or this is another journal; bring the right one back, restore a backup, or move the journal away and go on without it with --accept-loss",
			journal.ErrBehind, l.data.path, at.Entry, next)
	case at.Entry < first && !l.Journal.AcceptLoss:
		return fmt.Errorf("%w: entries %d to %d are missing at the beginning of the journal, and the snapshot in %s has not counted them; restore a backup, or go on without them with --accept-loss",
			journal.ErrGap, at.Entry, first-1, l.data.path)
	case at.Entry < first:
		l.lose(at.Entry, first)
	}
	return nil
}

// lose passes over entries that are gone.
func (l *live) lose(from, to uint64) {
	l.Log.Error("entries of the journal are lost and are passed over, as --accept-loss says", "from", from, "to", to-1)
	l.inbox.lost.Add(to - from)
	l.ledger.SetNext(journal.Place{Entry: to})
}

func (l *live) closeJournal() {
	if j := l.inbox.peek(); j != nil {
		if err := j.Close(); err != nil {
			l.Log.Warn("cannot close the journal in good order; nothing is lost by that", "err", err)
		}
	}
}
