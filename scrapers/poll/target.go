package poll

import (
	"context"
	"encoding/json"
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
	err          error // of the last poll
}

// envelope is the cursor of a target as it is kept.
type envelope struct {
	At     int64  `json:"at"` // microseconds since 1970, UTC
	Cursor []byte `json:"cursor,omitempty"`
}

func (e *entry) restore(kept []byte) error {
	if len(kept) == 0 {
		return nil
	}
	var v envelope
	if err := json.Unmarshal(kept, &v); err != nil {
		return fmt.Errorf("the cursor of %s cannot be read, it begins anew: %w", e.Name, err)
	}
	e.last, e.cursor = time.UnixMicro(v.At).UTC(), v.Cursor
	e.noted = e.last
	return nil
}

// ask polls once and hands over what came. It returns the target's trouble, a
// [*refusedError] or nil.
func (e *entry) ask(ctx context.Context, h scrapers.Host) error {
	turn := Turn{Now: h.Now(), Last: e.last, Cursor: e.cursor}
	d, err := e.Poll(ctx, turn)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		h.Report(e.Name, err)
		return err
	}
	cursor := e.cursor
	moved := len(d.Cursor) > 0
	if moved {
		cursor = d.Cursor
	}
	d.Part, d.Cursor = e.Name, nil
	if moved || len(d.Records) > 0 || turn.Now.Sub(e.noted) >= noteEvery {
		if d.Cursor, err = json.Marshal(envelope{At: turn.Now.UnixMicro(), Cursor: cursor}); err != nil {
			return fmt.Errorf("cannot keep the cursor of %s: %w", e.Name, err)
		}
	}
	if err := h.Deliver(ctx, d); err != nil {
		return &refusedError{err}
	}
	if d.Cursor != nil {
		e.noted = turn.Now
	}
	e.last, e.cursor = turn.Now, cursor
	return nil
}

// schedule says when the target is asked next.
func (e *entry) schedule(h scrapers.Host) {
	now := h.Now()
	if e.err == nil {
		e.failures = 0
		if e.due = e.started.Add(e.Every); e.due.Before(now) {
			e.due = now
		}
		return
	}
	wait := scrapers.AfterOf(e.err)
	if wait <= 0 {
		wait = max(e.Every, time.Second)
		for range min(e.failures, 16) {
			if wait = 2 * wait; wait >= Longest {
				wait = Longest
				break
			}
		}
		var t *scrapers.Trouble
		if errors.As(e.err, &t) && (t.State == scrapers.Blocked || t.State == scrapers.LoginWall) {
			wait = max(wait, time.Hour)
		}
	}
	e.failures++
	e.due = now.Add(wait + h.Jitter(wait/2))
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
