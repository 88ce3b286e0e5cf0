package scrapers

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Supervisor keeps sources running: starts them, starts them again when they end, and
// knows how each is doing.
//
// A source that replays what it missed runs alone until it has caught up. Safe for
// concurrent use.
type Supervisor struct {
	opt     Options
	runners []*runner
	beats   *beats
	cursors map[string][]byte // never changed while the sources run

	caught chan struct{} // closed when no source replays any more
	once   sync.Once
}

// NewSupervisor returns a supervisor of the jobs. It fails where two have one name, or where
// two replay: event time can follow one of them.
func NewSupervisor(o Options) (*Supervisor, error) {
	s := &Supervisor{opt: o, caught: make(chan struct{})}
	names, replaying := map[string]bool{}, ""
	for _, job := range o.Jobs {
		if job.Replays && replaying != "" {
			return nil, fmt.Errorf("sources %q and %q both replay what they missed: one can", replaying, job.Name)
		}
		if job.Replays {
			replaying = job.Name
		}
		if names[job.Name] {
			return nil, fmt.Errorf("two sources are called %q: give one of them another name", job.Name)
		}
		names[job.Name] = true
		r := &runner{Job: job, opt: &s.opt, supervisor: s, cursors: map[string][]byte{}, health: newHealth(o.Now())}
		if err := r.restore(); err != nil {
			o.Log.Warn("what is known of a source cannot be read, it begins anew", "source", job.Name, "err", err)
		}
		var err error
		if r.walls, err = NewWalls(job.Name, o.Shelf, o.Now); err != nil {
			o.Log.Warn("when the parts of a source are tried again cannot be read, it begins anew", "source", job.Name, "err", err)
		}
		s.runners = append(s.runners, r)
	}
	s.beats = newBeats(s)
	return s, nil
}

// Run keeps the sources running until ctx ends, from the cursors of their last accepted
// deliveries, by [CursorName]. It returns when all have ended. It is called once.
func (s *Supervisor) Run(ctx context.Context, cursors map[string][]byte) {
	s.cursors = cursors
	var all sync.WaitGroup
	for _, r := range s.runners {
		all.Go(func() { r.run(ctx) })
	}
	all.Go(func() { s.watchReplays(ctx) })
	all.Go(func() { s.beats.run(ctx) })
	all.Wait()
	for _, r := range s.runners {
		r.keep()
	}
}

// Health tells how the sources are doing, in the order of the jobs.
func (s *Supervisor) Health() []Health {
	out := make([]Health, len(s.runners))
	for i, r := range s.runners {
		out[i] = r.report()
	}
	return out
}

// Catching tells which source is replaying what came before, and up to when it has. It
// reports false when none is.
func (s *Supervisor) Catching() (source string, at time.Time, ok bool) {
	select {
	case <-s.caught:
		return "", time.Time{}, false
	default:
	}
	for _, r := range s.runners {
		if newest, behind := r.behind(); behind {
			return r.Name, newest, true
		}
	}
	return "", time.Time{}, false
}

const (
	// caughtUp is how far behind the clock a source is that has caught up.
	caughtUp = 2 * time.Minute
	// silence is how long a source that replays may deliver nothing before it is
	// taken as one that does not.
	silence = 20 * time.Second
	// catching is how often is looked whether it has.
	catching = 250 * time.Millisecond
)

// watchReplays lets the other sources begin when those that replay have caught up.
func (s *Supervisor) watchReplays(ctx context.Context) {
	defer s.once.Do(func() { close(s.caught) })
	t := time.NewTicker(catching)
	defer t.Stop()
	for {
		behind := false
		for _, r := range s.runners {
			_, b := r.behind()
			behind = behind || b
		}
		if !behind {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// run keeps the source running.
func (r *runner) run(ctx context.Context) {
	if !r.Replays {
		select {
		case <-ctx.Done():
			return
		case <-r.supervisor.caught:
		}
	}
	if err := r.waitOut(ctx); err != nil {
		return
	}
	for failures := 0; ctx.Err() == nil; {
		r.begin()
		err := r.safely(ctx)
		if ctx.Err() != nil {
			return
		}
		if r.delivered() {
			failures = 0
		}
		wait := pause(err, failures, r.opt.Jitter)
		failures++
		r.ended(err, r.opt.Now().Add(wait))
		if err == nil {
			r.opt.Log.Info("a source has come to its end", "source", r.Name)
			return
		}
		r.opt.Log.Log(ctx, slog.LevelWarn, "a source has ended and is started again", "source", r.Name, "state", StateOf(err), "after", wait, "err", err)
		if sleep(ctx, wait) != nil {
			return
		}
	}
}

// safely runs the source once. A panic in it is an error: one source takes no other with it.
func (r *runner) safely(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.opt.Log.Error("a source panicked", "source", r.Name, "panic", p, "stack", string(debug.Stack()))
			err = NewTrouble(SchemaChanged, "the source panicked (%v): this is a fault in Swell, please report it with the log", p)
		}
	}()
	return r.Source.Run(ctx, r)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(max(0, d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
