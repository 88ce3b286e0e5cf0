package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Journal is an open journal. Any number of goroutines may use it.
type Journal struct {
	opts   Options
	id     string
	floor  int64 // of free space, in bytes; 0: none
	unlock func() error

	links links
	queue queue
	tail  tail
	full  fullness

	ranOut atomic.Bool // the server ran out of room, and nothing was stored since
	pool   pool

	trimming sync.Mutex
	needed   uint64 // the lowest entry that is still needed, as Trim was told; under trimming

	// The committer's own.
	ingest int64  // of the newest entry
	buf    []byte // of the entry under way
	frames [][]byte

	life              context.Context // ends with Close
	end               context.CancelFunc
	committed, tended sync.WaitGroup // wait for the committer and the tender
	closing           sync.Once
	closed            atomic.Bool
	failed            chan struct{}
	failing           sync.Once // guards err and failed
	err               error
}

// Open opens the journal, and makes it if there is none. An embedded one is
// recovered first: a torn tail, which nobody was told of, is cut off. It fails
// with [ErrLocked] while another process has it open, with [ErrForeign] where the
// stream of an outside server would lose entries, and with [ErrOther] where it
// belongs to another data directory. All files of an embedded one are read to verify
// them; where ctx ends meanwhile, so does Open.
func Open(ctx context.Context, o Options) (*Journal, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return open(ctx, o, 1)
}

// open is Open for a journal that, if it is new, begins with the given number.
func open(ctx context.Context, o Options, first uint64) (*Journal, error) {
	j := &Journal{opts: o, failed: make(chan struct{}), unlock: func() error { return nil }}
	if o.Dir != "" {
		dir, err := filepath.Abs(o.Dir)
		if err != nil {
			return nil, fmt.Errorf("cannot open the journal in %s: %w", o.Dir, err)
		}
		j.opts.Dir = dir
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("cannot make the journal's directory: %w", err)
		}
		if j.unlock, err = lockDir(dir, false); err != nil {
			return nil, err
		}
	}
	j.floor = j.opts.freeFloor()
	j.queue.init()
	j.tail.init()
	j.life, j.end = context.WithCancel(context.Background())
	if err := j.start(ctx, first); err != nil {
		j.end()
		if l := j.links.now(); l != nil {
			l.close()
		}
		return nil, errors.Join(err, j.unlock())
	}
	j.committed.Go(j.commit)
	j.tended.Go(j.tend)
	return j, nil
}

// start connects, and learns where the journal ends.
func (j *Journal) start(ctx context.Context, first uint64) error {
	var l *link
	var err error
	if j.opts.Dir != "" {
		l, err = startEmbedded(ctx, j.life, j.opts)
	} else {
		l, err = connectOutside(j.life, j.opts)
	}
	if err != nil {
		return err
	}
	j.links.set(l)
	info, err := l.prepare(ctx, j.opts, first)
	if err != nil {
		return err
	}
	j.id = info.Config.Metadata[idKey]
	j.tail.set(info.State)
	return j.readIngest(ctx)
}

// readIngest takes the ingest time to go on from out of the newest entry.
func (j *Journal) readIngest(ctx context.Context) error {
	first, next := j.tail.bounds()
	if first == next {
		return nil
	}
	raw, err := j.get(ctx, next-1)
	if errors.Is(err, errNotFound) {
		return &GapError{From: next - 1, To: next - 1}
	}
	if err != nil {
		return err
	}
	var e Entry
	if err := e.open(next-1, raw, nil); err != nil {
		return err
	}
	j.ingest = max(j.ingest, e.Ingest)
	return nil
}

// Close stops the journal. Batches whose entry is on its way are waited for, for
// a few seconds; all others are refused with [ErrClosed], and so is whatever
// comes later. Readers end. Closing again does nothing.
func (j *Journal) Close() (err error) {
	j.closing.Do(func() {
		j.closed.Store(true)
		j.queue.close()
		timer := time.AfterFunc(closeTimeout, j.end)
		defer timer.Stop()
		j.committed.Wait()
		j.end()
		j.tended.Wait()
		j.links.now().close()
		err = j.unlock()
	})
	return err
}

// closeTimeout is how long Close waits for what is on its way.
const closeTimeout = 5 * time.Second

// Failed returns a channel that is closed once the journal can no longer be
// trusted to store anything: a sync or a write failed for another reason than want
// of room, entries that were accepted are gone, or the stream has become another
// data directory's. [Journal.Err] says which. The
// process has to end: it must not go on as if it could be tried again.
func (j *Journal) Failed() <-chan struct{} { return j.failed }

// Err returns why the journal failed, or nil.
func (j *Journal) Err() error {
	select {
	case <-j.failed:
		return j.err
	default:
		return nil
	}
}

// fail makes the journal fail for good.
func (j *Journal) fail(err error) error {
	j.failing.Do(func() {
		j.err = err
		close(j.failed)
		j.queue.close()
		j.opts.Log.Error("the journal failed", "error", err)
	})
	return j.err
}

// ended returns why nothing is taken any more, or nil.
func (j *Journal) ended() error {
	if err := j.Err(); err != nil {
		return err
	}
	if j.closed.Load() {
		return ErrClosed
	}
	return nil
}

// Bounds returns the number of the first entry that is kept and the one that the
// next entry will get; they are equal while there is none.
func (j *Journal) Bounds(ctx context.Context) (first, next uint64, err error) {
	if err := j.ended(); err != nil {
		return 0, 0, err
	}
	info, err := j.info(ctx)
	if err != nil {
		return 0, 0, err
	}
	first, next = streamBounds(info.State)
	return first, next, nil
}

// info asks the server for the state of the stream. A stream that has got another
// ID since the journal was opened makes it fail: of two that give an outside stream
// its ID at the same time, the server keeps the later one's.
func (j *Journal) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	s, err := j.links.now().js.Stream(ctx, j.opts.Stream)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for the bounds of the journal: %w", err)
	}
	info := s.CachedInfo()
	if err := belongs(j.opts.Stream, info.Config.Metadata[idKey], j.id); err != nil {
		return nil, j.fail(fmt.Errorf("%w: %w", ErrFailed, err))
	}
	return info, nil
}

// askTimeout is how long a question to the server may take.
const askTimeout = 5 * time.Second

// streamBounds returns the first number that is kept and the next one.
func streamBounds(s jetstream.StreamState) (first, next uint64) {
	next = s.LastSeq + 1
	if s.Msgs == 0 {
		return next, next
	}
	return s.FirstSeq, next
}
