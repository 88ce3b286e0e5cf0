package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/serve"
)

// inbox is the way of records into the journal: what [inbox.Accept] has returned
// for is on the disk and will be counted once. It implements [serve.Intake].
//
// Any goroutine may call it. The journal is made with the first delivery: a
// directory that is only answered from stays as it was.
type inbox struct {
	key   [16]byte // of the authors
	watch *watching
	now   func() time.Time
	start time.Time
	open  func(context.Context) (*journal.Journal, error)
	ready func() bool // all that was accepted before the start is counted
	// catching is an error while a source replays what came before
	catching func() error

	mu      sync.Mutex
	journal *journal.Journal // nil until there is one
	opened  chan struct{}    // closed when there is one
	closed  bool             // nothing is accepted any more
	quit    chan struct{}    // closed when deliveries under way are given up
	calls   sync.WaitGroup   // deliveries under way; Add only under the mutex, while not closed

	numbers *numbers // of deliveries
	once    *once    // their names
	meter   *meter   // nil: nobody measures

	accepted, counted atomic.Int64  // records, since this start
	lost              atomic.Uint64 // entries passed over
	repeats           atomic.Uint64 // deliveries that were counted before
	given, forgotten  atomic.Uint64 // as the ledger has them
}

const (
	// maxAhead is how far a record's time may be ahead of this machine's clock.
	maxAhead = 2 * time.Minute

	// longestAppend is how long a sender waits for a journal that does not answer, as
	// an outside one may.
	longestAppend = 10 * time.Second

	// lastAppends is how long deliveries under way have when the run has to end.
	lastAppends = 500 * time.Millisecond

	// maxWaiting is how many accepted records may wait to be counted: some seconds'
	// worth. They are safe however many there are, but nobody sees them yet.
	maxWaiting = 2_000_000
)

// get returns the journal, which it makes if there is none.
func (in *inbox) get(ctx context.Context) (*journal.Journal, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.journal == nil {
		j, err := in.open(ctx)
		if err != nil {
			return nil, err
		}
		in.journal = j
		close(in.opened)
	}
	return in.journal, nil
}

// peek returns the journal, or nil if there is none yet.
func (in *inbox) peek() *journal.Journal {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.journal
}

// enter begins a delivery. It fails once the inbox is shut.
func (in *inbox) enter() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return serve.ErrStopping
	}
	in.calls.Add(1)
	return nil
}

// shut refuses further deliveries and waits for those under way, which are given up
// after a while: their senders are told that it is not known what became of them.
func (in *inbox) shut() {
	in.mu.Lock()
	in.closed = true
	in.mu.Unlock()
	patience := time.AfterFunc(lastAppends, func() { close(in.quit) })
	defer patience.Stop()
	in.calls.Wait()
}

// patient returns a context that ends with ctx, when the journal was silent for too
// long, and when the run has to end.
func (in *inbox) patient(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(ctx, longestAppend)
	go func() {
		select {
		case <-in.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// Accept implements [serve.Intake].
func (in *inbox) Accept(ctx context.Context, d *serve.Delivery) error {
	if err := in.enter(); err != nil {
		return err
	}
	defer in.calls.Done()
	ctx, cancel := in.patient(ctx)
	defer cancel()
	if (d.Producer != "" || d.Once.Named()) && !in.ready() {
		return serve.ErrStarting
	}
	if err := in.once.begin(&d.Once); err != nil {
		return err
	}
	var ingest int64
	err := serve.ErrInDoubt // what it is should the next line not return
	defer func() { in.once.end(&d.Once, ingest, err) }()
	ingest, err = in.keep(ctx, d)
	return err
}

// keep puts a delivery into the journal and returns its stamp there.
func (in *inbox) keep(ctx context.Context, d *serve.Delivery) (ingest int64, err error) {
	if err := in.catching(); err != nil {
		return 0, err
	}
	if err := in.numbers.check(d); err != nil {
		return 0, err
	}
	if waiting := in.waiting(); waiting > maxWaiting {
		return 0, fmt.Errorf("%w: %d accepted records wait", serve.ErrBehind, waiting)
	}
	j, err := in.get(ctx)
	if err != nil {
		return 0, accepting(err)
	}
	door := engine.NewAnonymiser(in.key)
	for i := range d.Records {
		door.Anonymise(&d.Records[i])
	}
	in.watch.note(d.Records)
	b := journal.Batch{Producer: d.Producer, Epoch: d.Epoch, Seq: d.Seq, Records: d.Records}
	if d.Once.Named() {
		b.Once = journal.Once{Key: d.Once.Key, Body: d.Once.Body, Clock: d.Once.NotAfter}
	}
	if err = in.append(ctx, j, &b); err != nil {
		return 0, accepting(err)
	}
	in.accepted.Add(int64(len(d.Records)))
	in.watch.heard(d.Records, in.NotAfter())
	in.numbers.note(d.Producer, d.Epoch, d.Seq)
	return b.Ingest, nil
}

// append returns when the batch is durable.
func (in *inbox) append(ctx context.Context, j *journal.Journal, b *journal.Batch) error {
	begin := in.now()
	_, err := j.Append(ctx, b)
	if err == nil && in.meter != nil {
		in.meter.Append(in.now().Sub(begin))
	}
	return err
}

// accepting puts what the journal says into the words that senders are told.
func accepting(err error) error {
	switch {
	case errors.Is(err, journal.ErrFull):
		return fmt.Errorf("%w: %w", serve.ErrFull, err)
	case errors.Is(err, journal.ErrTooLarge):
		return fmt.Errorf("%w: %w", serve.ErrTooLarge, err)
	case errors.Is(err, journal.ErrInDoubt), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: %w", serve.ErrInDoubt, err)
	case errors.Is(err, journal.ErrClosed):
		return fmt.Errorf("%w: %w", serve.ErrStopping, err)
	}
	return fmt.Errorf("cannot keep records in the journal: %w", err)
}

// waiting returns how many accepted records are not counted yet.
func (in *inbox) waiting() int64 { return max(0, in.accepted.Load()-in.counted.Load()) }

// NotAfter implements [serve.Intake]. A clock that is set back while the program
// runs is not followed: the time since the start is known without it.
func (in *inbox) NotAfter() int64 {
	now := in.now()
	steady := in.start.Add(now.Sub(in.start))
	return max(now.UnixMicro(), steady.UnixMicro()) + maxAhead.Microseconds()
}

// State implements [serve.Intake].
func (in *inbox) State() api.Backlog {
	b := api.Backlog{
		Waiting: in.waiting(), Lost: in.lost.Load(), Repeats: in.repeats.Load(), Given: in.given.Load(), Forgotten: in.forgotten.Load(),
	}
	if j := in.peek(); j != nil {
		st := j.State()
		b.Bytes, b.First, b.Next, b.Refusing, b.Why = st.Bytes, st.First, st.Next, st.Full, st.Why
	}
	return b
}
