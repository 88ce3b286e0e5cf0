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

	replay *runner       // the source that replays; nil: none does
	caught chan struct{} // closed when nobody waits for it any more
}

// NewSupervisor returns a supervisor of the jobs. It fails where two have one name, or where
// two replay: event time can follow one of them.
func NewSupervisor(o Options) (*Supervisor, error) {
	s := &Supervisor{opt: o, caught: make(chan struct{})}
	names := map[string]bool{}
	for _, job := range o.Jobs {
		if job.Replays && s.replay != nil {
			return nil, fmt.Errorf("sources %q and %q both replay what they missed: one can", s.replay.Name, job.Name)
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
		if job.Replays {
			s.replay = r
		}
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
	all.Go(func() { s.watchReplay(ctx) })
	all.Go(func() { s.beats.run(ctx) })
	all.Wait()
	s.keep()
}

// keep puts what is known of the sources on the shelf: a kill leaves no later word of them.
func (s *Supervisor) keep() {
	for _, r := range s.runners {
		r.keep()
	}
}

// Health tells how the sources are doing, in the order of the jobs.
func (s *Supervisor) Health() []Health {
	out := make([]Health, len(s.runners))
	name, at, catching := s.Catching()
	for i, r := range s.runners {
		out[i] = r.report()
		if !catching || r.Replays {
			continue
		}
		if out[i].Why = "it waits until " + name + " has caught up"; !at.IsZero() {
			out[i].Why += ", which is at " + at.Format(time.RFC3339)
		}
	}
	return out
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
