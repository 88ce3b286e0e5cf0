package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// alignEvery is after how many records a snapshot can be cut at the latest, and is
// due. Most are cut where a pane was closed; this bounds what the next start has to
// count again, and is for a stream whose time stands still, which would fill the
// journal for good.
const alignEvery = 1 << 17

// alignBytes is the same in bytes of entries: two snapshots, of which the older one
// lets go of what it has counted, always lie within a part of the journal that it has
// room for.
const alignBytes = 8 << 20

// recountMost is how many observations may be counted until a snapshot is due: a second
// or two of a start.
const recountMost = 1 << 18

// LeastJournal is the smallest size that a journal may be given, in bytes.
const LeastJournal = 8 * alignBytes

// count counts the journal from where the ledger says, and goes on with what is
// accepted, until ctx ends or, once the run has to stop, until nothing waits.
func (l *live) count(ctx context.Context) error {
	defer l.settle()
	select {
	case <-l.inbox.opened:
	case <-l.stop:
		return nil
	case <-ctx.Done():
		return nil
	}
	j := l.inbox.peek()
	for {
		err := l.follow(ctx, j)
		if !l.Journal.AcceptLoss || !l.passOver(err) {
			return err
		}
	}
}

// passOver moves on behind entries that are lost, if that is what the error says.
func (l *live) passOver(err error) bool {
	var gap *journal.GapError
	switch {
	case errors.As(err, &gap):
		l.lose(gap.From, gap.To+1)
	case errors.Is(err, journal.ErrDamaged):
		n := l.ledger.Next().Entry
		l.lose(n, n+1)
	default:
		return false
	}
	return true
}

// follow counts entries as they come.
func (l *live) follow(ctx context.Context, j *journal.Journal) error {
	r, err := j.Read(ctx, l.ledger.Next().Entry)
	if err != nil {
		return l.unreadable(err)
	}
	waiting, wake := context.WithCancel(ctx)
	defer wake()
	go func() {
		select {
		case <-l.stop:
			wake()
		case <-waiting.Done():
		}
	}()
	end := uint64(math.MaxUint64) // entry before which a run that has to stop does so
	for {
		at := l.ledger.Next().Entry
		l.inbox.given.Store(l.ledger.Given())
		l.inbox.forgotten.Store(l.ledger.Forgotten())
		if !l.ready.Load() && at >= l.target.Load() {
			l.caughtUp()
			l.Log.Info("all that was accepted before is counted", "entry", at)
		}
		if waiting.Err() != nil && end == math.MaxUint64 {
			if _, end, err = j.Bounds(ctx); err != nil {
				return l.unreadable(err)
			}
		}
		if at >= end || ctx.Err() != nil {
			return nil
		}
		until := ctx
		if end == math.MaxUint64 {
			until = waiting
		}
		e, err := l.next(until, j, r)
		switch {
		case until.Err() != nil || errors.Is(err, context.DeadlineExceeded):
			continue
		case err != nil:
			return l.unreadable(err)
		}
		if err := l.entry(ctx, e); err != nil {
			return err
		}
	}
}

const (
	// fullEvery is how often an idle run looks whether the journal is full.
	fullEvery = time.Second
	// roomEvery is the least time between two snapshots for that.
	roomEvery = 2 * time.Second
)

// next waits for an entry. While none waits it does what a snapshot still needs of the
// feeder, and has snapshots taken that make room in a full journal.
func (l *live) next(ctx context.Context, j *journal.Journal, r *journal.Reader) (*journal.Entry, error) {
	st := j.State()
	if l.ledger.Next().Entry < st.Next {
		return r.Next(ctx)
	}
	l.settle()
	if st.Full {
		if err := l.makeRoom(); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, fullEvery)
	defer cancel()
	return r.Next(ctx)
}

// makeRoom cuts a snapshot where all is counted and no record can come at which one
// would be cut: until both stored ones have counted all. Where batches end differs by
// that from a run whose journal had room, as if it had aligned here.
func (l *live) makeRoom() error {
	if l.older.Load() >= l.ledger.Next().Entry || l.drain.cutting.Load() || l.Now().Before(l.nextRoom) {
		return nil
	}
	l.nextRoom = l.Now().Add(roomEvery)
	l.engine.Align()
	l.note.Unaligned = 0
	return l.cut()
}

func (l *live) unreadable(err error) error {
	if errors.Is(err, journal.ErrGap) || errors.Is(err, journal.ErrDamaged) {
		err = fmt.Errorf("%w; move %s away and go on without what no snapshot has counted, with --accept-loss", err, journalDir(l.data.path))
	}
	return fmt.Errorf("cannot read the journal of %s: %w", l.data.path, err)
}

// entry counts an entry, from the place in it where the ledger is. It stops behind a
// batch when ctx ends.
func (l *live) entry(ctx context.Context, e *journal.Entry) error {
	at := l.ledger.Next()
	if at.Entry != e.Number {
		return fmt.Errorf("the journal gave entry %d where %d is counted next", e.Number, at.Entry)
	}
	if at == (journal.Place{Entry: e.Number}) && l.note.Unaligned >= alignBytes {
		l.engine.Align()
		l.note.Unaligned = 0
		if l.due() {
			if err := l.cut(); err != nil {
				return err
			}
		}
	}
	if err := e.Skip(at.Batch); err != nil {
		return l.unreadable(err)
	}
	for {
		b, err := e.Next()
		if errors.Is(err, io.EOF) {
			l.ledger.SetNext(journal.Place{Entry: e.Number + 1})
			l.note.Unaligned += int64(len(e.Raw()))
			l.cutBytes += int64(len(e.Raw()))
			return nil
		}
		if err != nil {
			return l.unreadable(err)
		}
		if err := l.batch(b, at); err != nil {
			return err
		}
		at = journal.Place{Entry: e.Number, Batch: at.Batch + 1}
		l.ledger.SetNext(at)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// batch counts the records of a batch from a place in it on. One whose first
// records have been counted is in the ledger already.
func (l *live) batch(b *journal.Batch, at journal.Place) error {
	l.read.Add(uint64(len(b.Records)))
	if at.Entry >= l.target.Load() { // accepted since this start
		defer l.inbox.counted.Add(int64(len(b.Records)))
	}
	if at.Record == 0 && l.ledger.Has(b) {
		l.inbox.repeats.Add(1)
		return nil
	}
	for ; at.Record < len(b.Records); at.Record++ {
		rec := &b.Records[at.Record]
		// A cut lies before the record, and before the batch if that is its first: a
		// run that goes on from it counts both.
		if l.cutsBefore(rec) {
			l.ledger.SetNext(at)
			if err := l.cut(); err != nil {
				return err
			}
		}
		if at.Record == 0 {
			l.take(b)
		}
		l.engine.Observe(rec)
	}
	if len(b.Records) == 0 {
		l.take(b)
	}
	return nil
}

func (l *live) take(b *journal.Batch) {
	l.ledger.Take(b)
	l.inbox.numbers.note(b.Producer, b.Epoch, b.Seq)
	l.inbox.once.note(b)
}

// cutsBefore moves event time on and reports whether a snapshot is to be cut before
// the record.
func (l *live) cutsBefore(rec *term.Record) bool {
	here := l.engine.Advance(rec) > 0
	if n := l.engine.Counters().Records; n%alignEvery == 0 && n > 0 {
		l.engine.Align()
		here = true
	}
	return here && l.due()
}

// due reports whether a snapshot is to be cut at the next place for one.
func (l *live) due() bool {
	if l.drain.cutting.Load() {
		return false
	}
	c := l.engine.Counters()
	return c.Records-l.cutCounters.Records >= alignEvery || c.Observations-l.cutCounters.Observations >= recountMost ||
		l.cutBytes >= alignBytes || !l.Now().Before(l.nextCut)
}

// partLedger is the part of a snapshot that says what of the journal is in it.
const partLedger = "ledger"

// cut takes a snapshot of everything counted up to where the ledger says.
func (l *live) cut() error {
	ledger, err := l.ledger.AppendBinary(nil)
	if err != nil {
		return fmt.Errorf("cannot encode what of the journal is counted: %w", err)
	}
	enc, err := json.Marshal(l.note)
	if err != nil {
		return fmt.Errorf("cannot encode the settings: %w", err)
	}
	every := l.SnapshotEvery
	if every == 0 {
		every = defaultSnapshotEvery
	}
	l.nextCut, l.cutCounters, l.cutBytes = l.Now().Add(every), l.engine.Counters(), 0
	l.drain.beside = []store.Part{{Name: partLedger, Data: ledger}}
	l.cutAt = l.ledger.Next().Entry
	l.drain.cutting.Store(true)
	fault.Point("app.cut")
	return l.engine.Cut(enc)
}

// settle does what a snapshot that is under way still needs of the feeder. The drain
// waits for that.
func (l *live) settle() {
	for l.engine.Work() {
	}
}

// stored lets go of the entries that both kept snapshots have counted. The drain
// calls it when the last cut has been stored, and until then has cutAt.
func (l *live) stored() {
	before := l.storedAt
	l.storedAt = l.cutAt
	l.older.Store(before)
	j := l.inbox.peek()
	if j == nil || before == 0 || !l.data.backingUp.TryLock() {
		return // a backup needs what it has not read yet; the next snapshot trims
	}
	defer l.data.backingUp.Unlock()
	fault.Point("app.stored")
	if err := j.Trim(context.Background(), before); err != nil {
		l.Log.Warn("cannot trim the journal; it is tried again after the next snapshot", "before", before, "err", err)
	}
	fault.Point("app.trimmed")
}
