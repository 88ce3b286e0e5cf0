package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/fault"
	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

const (
	// attemptTime is how long an attempt may take, and graceTime how long it goes on when the program ends.
	attemptTime = time.Minute
	graceTime   = 2 * time.Second
	// lookEvery is how often the clock is looked at while nothing is due: it may have been set, or the machine
	// have slept.
	lookEvery = time.Minute
	// unkeptAfter is how long a disk that takes nothing is left alone.
	unkeptAfter = 2 * time.Second
)

// Run sends what waits until ctx ends. An attempt that is under way then has two seconds to come to its end. It is
// called once.
func (b *Outbox) Run(ctx context.Context) {
	b.mu.Lock()
	lanes := make([]*lane, 0, len(b.lanes))
	for _, l := range b.lanes {
		lanes = append(lanes, l)
	}
	b.mu.Unlock()
	var all sync.WaitGroup
	for _, l := range lanes {
		all.Go(func() { b.work(ctx, l) })
	}
	all.Wait()
}

// work sends to one sink.
func (b *Outbox) work(ctx context.Context, l *lane) {
	for ctx.Err() == nil {
		wait, err := b.step(ctx, l)
		b.told(l, err)
		if err != nil {
			wait = unkeptAfter
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(min(wait, lookEvery))
		select {
		case <-ctx.Done():
		case <-l.bell:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// told logs once that something cannot be kept, and when it can again.
func (b *Outbox) told(l *lane, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != nil && !l.stuck:
		b.opt.Log.Error("nothing is sent until the store takes it down", "sink", l.name, "err", err)
	case err == nil && l.stuck:
		b.opt.Log.Info("sending goes on", "sink", l.name)
	}
	l.stuck = err != nil
}

// step does the next thing for a sink, and says how long there is none. An error is that of the drawer: the same is
// to be done again.
func (b *Outbox) step(ctx context.Context, l *lane) (wait time.Duration, err error) {
	if err := b.tidy(l); err != nil {
		return 0, err
	}
	e, wait, err := b.begin(l)
	if e == nil || err != nil {
		return wait, err
	}
	fault.Point("outbox.sending")
	m, err := b.read(e)
	switch {
	case errors.Is(err, ErrDamaged):
		return 0, b.settle(ctx, e, sink.Permanentf("%v", err))
	case err != nil:
		b.release(e)
		return 0, err
	}
	if why := b.unwanted(e, m); why != "" {
		return 0, b.withdraw(e, why)
	}
	failure := attempt(ctx, l.target, m)
	fault.Point("outbox.sent")
	err = b.settle(ctx, e, failure)
	fault.Point("outbox.done")
	return 0, err
}

// begin chooses the oldest message that is due, and keeps that it is being tried. What is told of a thread is told in
// order: nothing of it is due while something older of it waits.
func (b *Outbox) begin(l *lane) (*entry, time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.target.Sink == nil || l.off || len(l.waiting) == 0 {
		return nil, lookEvery, nil
	}
	now := b.opt.Now()
	if wait := until(l.rest, now); wait > 0 {
		return nil, wait, nil
	}
	soonest := lookEvery
	held := map[string]bool{} // threads of which something waits
	for _, e := range l.waiting {
		wait := until(e.Next, now)
		switch {
		case e.Thread != "" && held[e.Thread]:
			continue
		case e.found: // tidy has to decide about it first
			held[e.Thread] = true
			continue
		case wait > 0:
			held[e.Thread], soonest = true, min(soonest, wait)
			continue
		}
		r := e.record
		r.Sending, r.Attempts = true, r.Attempts+1
		if err := b.opt.Drawer.PutItems(store.Item{Key: prefixWaiting + e.id, Value: r.encode()}); err != nil {
			return nil, 0, err
		}
		if r.Kind == message.Digest && !l.target.Recognises() {
			if err := b.opt.Drawer.Sync(); err != nil { // a power cut would make it come twice
				return nil, 0, err
			}
		}
		e.record, e.busy = r, true
		return e, 0, nil
	}
	return nil, soonest, nil
}

// until returns how long it is until a time. A clock that was set back does not make it longer than any wait that
// there is.
func until(t, now time.Time) time.Duration {
	wait := t.Sub(now)
	if wait > maxWait {
		return 0
	}
	return wait
}

// read returns what a message says. It is [ErrDamaged] where nobody will ever know.
func (b *Outbox) read(e *entry) (*message.Message, error) {
	body, err := b.opt.Drawer.Item(prefixBody + e.message)
	if errors.Is(err, store.ErrDamaged) {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	return b.codec.decode(body)
}

// release gives an attempt up that has not begun.
func (b *Outbox) release(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.busy, e.Sending = false, false
	e.Attempts--
}

// unwanted returns why a message is not to be sent any more, or nothing.
func (b *Outbox) unwanted(e *entry, m *message.Message) string {
	if b.opt.Unwanted == nil || e.Asked {
		return ""
	}
	return b.opt.Unwanted(e.lane.name, m)
}

// withdraw gives a message up whose attempt had not begun. Nothing is wrong with its sink.
func (b *Outbox) withdraw(e *entry, why string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := e.record
	r.Sending, r.Attempts, r.Dead, r.Error = false, r.Attempts-1, b.opt.Now().UTC(), cut("not sent: "+why, maxReason)
	if err := b.rewrite(e, r); err != nil {
		e.busy = false
		return err
	}
	e.busy = false
	b.opt.Log.Info("a message was not wanted any more; swell outbox retry sends it", "sink", e.lane.name, "id", e.id, "reason", r.Error)
	return nil
}

// attempt sends a message, and returns why it was not.
func attempt(ctx context.Context, s sink.Sink, m *message.Message) *sink.Error {
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTime)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(graceTime, cancel) })
	defer stop()
	err := s.Send(trying, m)
	if err == nil {
		return nil
	}
	var known *sink.Error
	if errors.As(err, &known) {
		return known
	}
	return &sink.Error{Doubt: true, Reason: err.Error()}
}
