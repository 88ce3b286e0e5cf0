package scrapers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// runner is a job and how it is doing. It is the [Host] of its source.
type runner struct {
	Job
	opt        *Options
	supervisor *Supervisor
	walls      *Walls

	mu      sync.Mutex
	health  *health
	cursors map[string][]byte // of deliveries since the start
	newest  time.Time         // event time of the newest record
	waiting int               // deliveries that are not accepted yet
	started bool
	fresh   bool // something was delivered since it was last begun
}

const (
	// patience is how long a delivery may wait before the source is shown as paused.
	patience = 2 * time.Second
	// busy is the time between two offers of a delivery that meets [ErrBusy].
	busy = 500 * time.Millisecond
)

// Cursor implements [Host].
func (r *runner) Cursor(part string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.cursors[part]; ok {
		return c
	}
	return r.supervisor.cursors[CursorName(r.Name, part)]
}

// Deliver implements [Host].
func (r *runner) Deliver(ctx context.Context, d Delivery) error {
	switch {
	case len(d.Records) > MaxDelivery:
		return fmt.Errorf("source %s delivers %d records at once, at most %d are taken; deliver them in parts", r.Name, len(d.Records), MaxDelivery)
	case len(d.Cursor) > MaxCursor:
		return fmt.Errorf("source %s delivers a cursor of %d bytes, at most %d are kept", r.Name, len(d.Cursor), MaxCursor)
	}
	newest := r.prepare(&d)
	if len(d.Records) > 0 || len(d.Cursor) > 0 {
		a := Accepted{Cursor: CursorName(r.Name, d.Part), At: d.Cursor, Records: d.Records}
		if r.replaying() {
			a.Records = r.supervisor.beats.among(r.newestBefore(), a.Records)
		}
		if err := r.accept(ctx, a); err != nil {
			return err
		}
	}
	r.noteWall(d.Part, nil)
	r.taken(&d, newest)
	return nil
}

// prepare makes the records fit to be accepted, and returns the newest event time.
func (r *runner) prepare(d *Delivery) (newest int64) {
	now := r.opt.Now().UnixMicro()
	for i := range d.Records {
		rec := &d.Records[i]
		rec.TS = min(rec.TS, now)
		newest = max(newest, rec.TS)
	}
	return newest
}

// accept hands over until that was accepted.
func (r *runner) accept(ctx context.Context, a Accepted) error {
	r.waits(1)
	defer r.waits(-1)
	slow := time.AfterFunc(patience, func() { r.pausedFor("what was delivered before is not counted yet") })
	defer slow.Stop()
	for {
		err := r.opt.Accept(ctx, a)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !errors.Is(err, ErrBusy) {
			return err
		}
		r.pausedFor(err.Error())
		if err := sleep(ctx, busy); err != nil {
			return err
		}
	}
}

// newestBefore returns the event time of the newest record accepted so far.
func (r *runner) newestBefore() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.newest
}

// taken notes an accepted delivery.
func (r *runner) taken(d *Delivery, newest int64) {
	now := r.opt.Now()
	r.mu.Lock()
	before := r.health.state()
	r.note(now, d, newest)
	after := r.health.state()
	r.mu.Unlock()
	if before != after && after != Paused && before != Paused {
		r.keep()
	}
}

func (r *runner) note(now time.Time, d *Delivery, newest int64) {
	if len(d.Cursor) > 0 {
		r.cursors[d.Part] = append([]byte(nil), d.Cursor...)
	}
	if len(d.Records) > 0 {
		r.fresh = true
		if at := time.UnixMicro(newest).UTC(); at.After(r.newest) {
			r.newest = at
		}
	}
	r.health.delivered(now, d)
}

// Report implements [Host].
func (r *runner) Report(part string, err error) {
	r.noteWall(part, err)
	r.mu.Lock()
	before := r.health.state()
	r.health.part(r.opt.Now(), part, err)
	after := r.health.state()
	r.mu.Unlock()
	if err != nil {
		r.opt.Log.Debug("a part of a source is in trouble", "source", r.Name, "part", part, "state", StateOf(err), "err", err)
	}
	if before != after {
		r.opt.Log.Info("a source has changed", "source", r.Name, "from", before, "to", after, "err", err)
		r.keep()
	}
}

// Wall implements [Host].
func (r *runner) Wall(part string) *Trouble { return r.walls.Of(part) }

func (r *runner) noteWall(part string, err error) {
	if err := r.walls.Note(part, err); err != nil {
		r.opt.Log.Warn("when a part of a source is tried again cannot be kept", "source", r.Name, "part", part, "err", err)
	}
}

// Now implements [Host].
func (r *runner) Now() time.Time { return r.opt.Now().UTC() }

// Sleep implements [Host].
func (r *runner) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// Jitter implements [Host].
func (r *runner) Jitter(d time.Duration) time.Duration { return r.opt.Jitter(d) }

// begin notes that the source is started.
func (r *runner) begin() {
	now := r.opt.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started, r.fresh = true, false
	r.health.begun(now)
}

// delivered reports whether it did since it was last begun.
func (r *runner) delivered() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fresh
}

// ended notes why the source has ended, and when it is started again.
func (r *runner) ended(err error, until time.Time) {
	r.mu.Lock()
	r.health.ended(r.opt.Now(), err, until)
	r.mu.Unlock()
	r.keep()
}

// waits counts deliveries that are not accepted yet.
func (r *runner) waits(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting += n
}

// pausedFor shows the source as paused, if a delivery still waits.
func (r *runner) pausedFor(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting > 0 {
		r.health.paused(r.opt.Now(), why)
	}
}

// replaying reports whether the source delivers while others wait for it to catch up.
func (r *runner) replaying() bool {
	if !r.Replays {
		return false
	}
	select {
	case <-r.supervisor.caught:
		return false
	default:
		return true
	}
}

// waitOut waits for as long as the source was told to wait before the program was
// started anew: starting it again is no way around a wall.
func (r *runner) waitOut(ctx context.Context) error {
	r.mu.Lock()
	until := r.health.until
	r.mu.Unlock()
	return sleep(ctx, until.Sub(r.opt.Now()))
}

func (r *runner) report() Health {
	now := r.opt.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.health.report(now)
	h.Name, h.Platforms, h.Newest = r.Name, r.Platforms, r.newest
	r.walls.show(h.Parts)
	if r.Budget != nil {
		h.Left, h.PerDay = r.Budget.Left(), r.Budget.PerDay()
	}
	return h
}
