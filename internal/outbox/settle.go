package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/swell-radar/swell/internal/message"
	"github.com/swell-radar/swell/internal/sink"
	"github.com/swell-radar/swell/internal/store"
)

const (
	// Beyond these ages a message is no news any more.
	alertAge  = 24 * time.Hour
	digestAge = 48 * time.Hour

	// maxRest is how long a sink is left alone after one message failed, if it did not say for how long: another
	// message may be what it takes.
	maxRest = 5 * time.Minute

	// maxWait is longer than any wait. What a receiver asks for is cut to it.
	maxWait = 30 * time.Hour
)

const inDoubt = "in doubt: the program ended while it was being sent"

// backoff is how long to wait after the first, second, … attempt that failed; behind its end a message is given up.
func backoff(attempts int) (time.Duration, bool) {
	waits := [...]time.Duration{
		5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
		5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
	if attempts < 1 || attempts > len(waits) {
		return 0, false
	}
	return waits[attempts-1], true
}

// settle keeps how an attempt ended. It is tried until the drawer takes it or ctx ends: else what was sent would be
// sent again.
func (b *Outbox) settle(ctx context.Context, e *entry, failure *sink.Error) error {
	for {
		err := b.conclude(e, failure)
		if err == nil {
			return nil
		}
		b.told(e.lane, err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(unkeptAfter):
		}
	}
}

func (b *Outbox) conclude(e *entry, failure *sink.Error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, l := b.opt.Now().UTC(), e.lane
	if failure == nil {
		if err := b.overtaken(e); err != nil {
			return err
		}
		if err := b.opt.Drawer.PutItems(b.gone(e, now)...); err != nil {
			return err
		}
		b.remove(e)
		l.recovered(now)
		l.sent, l.last, l.err, l.streak, l.rest = l.sent+1, &now, "", 0, time.Time{}
		return nil
	}
	r := e.record
	r.Sending, r.Error = false, cut(failure.Reason, maxReason)
	wait, again := backoff(r.Attempts)
	if failure.After > 0 {
		wait = min(failure.After, maxWait/2)
	}
	wait += b.opt.Jitter(max(time.Second, wait/10))
	r.Next = now.Add(wait)
	doubt := failure.Doubt && r.Kind == message.Digest && !l.target.Recognises()
	switch {
	case failure.Off:
		r.Next = now
	case failure.Permanent:
		r.Dead = now
	case doubt:
		r.Dead, r.Error = now, cut("in doubt: it may have arrived: "+failure.Reason, maxReason)
	case !again:
		r.Dead, r.Error = now, cut(fmt.Sprintf("given up after %d attempts: %s", r.Attempts, failure.Reason), maxReason)
	}
	if err := b.rewrite(e, r); err != nil {
		return err
	}
	e.busy = false
	l.failed, l.err, l.off = l.failed+1, r.Error, l.off || failure.Off
	l.streak++
	if !failure.Permanent && !failure.Off {
		l.rest = now.Add(min(wait, maxRest))
		if failure.After > 0 {
			l.rest = r.Next
		}
	}
	b.tell(e, failure)
	return nil
}

// overtaken keeps of what was given up of a thread that the sink was told that it is over: it would be begun anew
// there, and nothing would come that ends it.
func (b *Outbox) overtaken(over *entry) error {
	if over.Kind != message.Over || over.Thread == "" {
		return nil
	}
	for _, e := range b.entries {
		if e.lane != over.lane || e.Thread != over.Thread || e.Dead.IsZero() || e.Over || older(e, over) >= 0 {
			continue
		}
		r := e.record
		r.Over = true
		if err := b.rewrite(e, r); err != nil {
			return err
		}
	}
	return nil
}

// recovered lets what failed while nothing arrived be tried now: it was the sink, and that is well again.
func (l *lane) recovered(now time.Time) {
	const outage = 3
	if l.streak < outage {
		return
	}
	for _, e := range l.waiting {
		if e.Attempts > 0 {
			e.Next = now
		}
	}
}

// tell logs what went wrong where somebody has to do something about it, and what is new.
func (b *Outbox) tell(e *entry, failure *sink.Error) {
	l := e.lane
	switch {
	case failure.Off:
		b.opt.Log.Error("a sink wants nothing more; nothing is sent to it before swell outbox retry, or the next start", "sink", l.name, "reason", e.Error)
	case !e.Dead.IsZero():
		b.opt.Log.Error("a message was given up; swell outbox retry tries again", "sink", l.name, "id", e.id, "reason", e.Error)
	case l.streak == 1:
		b.opt.Log.Warn("a message was not sent; it is tried again", "sink", l.name, "id", e.id, "reason", e.Error)
	}
}

// rewrite keeps an entry as it is now, which may be as a dead letter.
func (b *Outbox) rewrite(e *entry, r record) error {
	items := []store.Item{{Key: prefixWaiting + e.id, Value: r.encode()}}
	if !r.Dead.IsZero() {
		items = []store.Item{{Key: prefixWaiting + e.id}, {Key: prefixDead + e.id, Value: r.encode()}}
	}
	if err := b.opt.Drawer.PutItems(items...); err != nil {
		return err
	}
	b.remove(e)
	e.record = r
	b.add(e.lane, e)
	return nil
}

// gone is what is to be put for an entry that is done with: its ID is remembered, and what it says is deleted
// with the last one that says it.
func (b *Outbox) gone(e *entry, now time.Time) []store.Item {
	items := []store.Item{{Key: prefixWaiting + e.id}, {Key: prefixDead + e.id}, markItem(e.id, now)}
	for _, l := range b.lanes {
		if id := idOf(l.name, e.message); id != e.id && b.entries[id] != nil {
			return items
		}
	}
	return append(items, store.Item{Key: prefixBody + e.message})
}

// Retry tries a message now that waits, or was given up, as if for the first time. A sink that wanted nothing more is
// sent to again. It returns [ErrNotFound],
// [ErrSending] or [ErrOver], or the drawer's error.
func (b *Outbox) Retry(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	switch {
	case e == nil:
		return ErrNotFound
	case e.busy:
		return ErrSending
	case e.Over:
		return ErrOver
	}
	return b.revive(e)
}

// RetrySink does that with all that a sink was given and that was given up, and with what waits for it. What
// [Outbox.Retry] refuses is left as it is. It returns how many are tried.
func (b *Outbox) RetrySink(name string) (n int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.lanes[name]
	if l == nil {
		return 0, ErrNoSink
	}
	l.resume() // it may be off with nothing left of what was refused
	for _, e := range b.sorted() {
		if e.lane != l || e.busy || e.Over {
			continue
		}
		if err := b.revive(e); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (b *Outbox) revive(e *entry) error {
	now := b.opt.Now().UTC()
	r := e.record
	r.Attempts, r.Queued, r.Next, r.Dead, r.Sending, r.Asked = 0, now, now, time.Time{}, false, true
	err := b.opt.Drawer.PutItems(store.Item{Key: prefixDead + e.id}, store.Item{Key: prefixWaiting + e.id, Value: r.encode()})
	if err != nil {
		return err
	}
	b.remove(e)
	e.record, e.found = r, false
	b.add(e.lane, e)
	e.lane.resume()
	return nil
}

// resume lets a lane send again at once, as if nothing had failed: whoever asks for it knows more than its last answer.
func (l *lane) resume() {
	l.rest, l.off, l.streak = time.Time{}, false, 0
	l.ring()
}

// Drop forgets a message. It returns [ErrNotFound] or [ErrSending], or the drawer's error.
func (b *Outbox) Drop(id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[id]
	switch {
	case e == nil:
		return ErrNotFound
	case e.busy:
		return ErrSending
	}
	return b.drop(e)
}

func (b *Outbox) drop(e *entry) error {
	if err := b.opt.Drawer.PutItems(b.gone(e, b.opt.Now().UTC())...); err != nil {
		return err
	}
	b.remove(e)
	return nil
}
