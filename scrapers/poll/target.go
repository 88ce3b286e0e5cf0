package poll

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// entry is a target and where it is in its polls. It is the poller's, but while it is
// asked it is the asking goroutine's.
type entry struct {
	Target
	due, started time.Time
	last, noted  time.Time // of the last accepted poll; the same as it was last kept
	cursor       []byte
	failures     int
	phased       bool  // its polls are out of step with those of others
	err          error // of the last poll
}

// restore takes up what is known of the target from before. A wall that it ran into stands.
func (e *entry) restore(h scrapers.Host, now time.Time) {
	wall := h.Wall(e.Name) // before anything else is reported, which would be the end of it
	if err := e.goOn(h.Cursor(e.Name), now); err != nil {
		h.Report(e.Name, err)
	}
	if next := e.last.Add(e.Every); !e.last.IsZero() && next.After(now) {
		e.due, e.phased = next, true
	}
	if wall != nil {
		h.Report(e.Name, wall)
		e.due, e.failures = now.Add(wall.After), wall.Failures
	}
}

func (e *entry) goOn(kept []byte, now time.Time) error {
	if len(kept) == 0 {
		return nil
	}
	at, cursor, err := open(kept)
	if err != nil {
		return fmt.Errorf("the cursor of %s cannot be read, it begins anew: %w", e.Name, err)
	}
	if at.After(now) { // the clock was set back
		at = now
	}
	e.last, e.noted, e.cursor = at, at, cursor
	return nil
}

// ask polls once, hands over what came and says when it is asked next. It returns the target's
// trouble, a [*refusedError] or nil.
func (e *entry) ask(ctx context.Context, h scrapers.Host) error {
	turn := Turn{Now: h.Now(), Last: e.last, Cursor: e.cursor}
	if turn.Last.After(turn.Now) {
		turn.Last = turn.Now
	}
	d, trouble := e.Poll(ctx, turn)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := e.deliver(ctx, h, turn.Now, d, trouble == nil || scrapers.StateOf(trouble) == scrapers.OK); err != nil {
		if refused := new(refusedError); errors.As(err, &refused) {
			return err
		}
		trouble = err
	}
	switch scrapers.StateOf(trouble) {
	case scrapers.OK, scrapers.Ended:
		e.rest(h)
		if trouble != nil {
			h.Report(e.Name, trouble)
		}
	default:
		h.Report(e.Name, scrapers.Again(trouble, e.retreat(h, trouble), e.failures))
	}
	return trouble
}

// deliver hands over what a poll brought. Whole says that the poll saw all it asked for.
func (e *entry) deliver(ctx context.Context, h scrapers.Host, now time.Time, d scrapers.Delivery, whole bool) error {
	last, cursor, moved := e.last, e.cursor, len(d.Cursor) > 0
	if whole || len(d.Records) > 0 {
		last = now
	}
	if moved {
		cursor = d.Cursor
	}
	d.Part, d.Cursor = e.Name, nil
	if moved || len(d.Records) > 0 || last.Sub(e.noted) >= noteEvery {
		var err error
		if d.Cursor, err = seal(last, cursor); err != nil {
			return fmt.Errorf("cannot keep the cursor of %s: %w", e.Name, err)
		}
	}
	switch {
	case len(d.Cursor) > 0 || d.Items > 0 || len(d.Rejected) > 0:
		if err := h.Deliver(ctx, d); err != nil {
			return &refusedError{err}
		}
	case whole:
		h.Report(e.Name, nil)
	}
	if d.Cursor != nil {
		e.noted = last
	}
	e.last, e.cursor = last, cursor
	return nil
}

// rest says when a target is asked next that is well.
func (e *entry) rest(h scrapers.Host) {
	e.failures = 0
	e.due = e.started.Add(e.Every)
	if !e.phased {
		e.phased = true
		e.due = e.due.Add(-h.Jitter(e.Every / 2))
	}
	if now := h.Now(); e.due.Before(now) {
		e.due = now
	}
}

// retreat says when a target in trouble is asked next, and returns how long that is.
func (e *entry) retreat(h scrapers.Host, trouble error) time.Duration {
	wait := min(e.Every, firstWait)
	for range min(e.failures, 16) {
		wait = min(2*wait, Longest)
	}
	told := scrapers.AfterOf(trouble)
	if s := scrapers.StateOf(trouble); (s == scrapers.Blocked || s == scrapers.LoginWall) && told <= 0 {
		wait = max(wait, Refused)
	}
	e.failures++
	if told > wait {
		wait = told + h.Jitter(min(told/2, spreadOver))
	} else {
		wait += h.Jitter(wait / 2)
	}
	e.due = h.Now().Add(wait)
	return wait
}

// queue is the heap of targets that wait, the one due first on top.
type queue []*entry

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if !q[i].due.Equal(q[j].due) {
		return q[i].due.Before(q[j].due)
	}
	return q[i].Name < q[j].Name
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(*entry)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	*q = (*q)[:last]
	return e
}
