package poll

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// Target is a part of a source's input that is asked again and again.
type Target struct {
	Name  string        // the part's, unique within the source
	Every time.Duration // between the starts of two polls, while all is well

	// Poll asks once. The delivery's Part is set by the caller, and its Cursor is what the
	// next poll finds in [Turn.Cursor], also after a restart; empty: the same as before.
	Poll func(ctx context.Context, t Turn) (scrapers.Delivery, error)
}

// Turn is one poll of a target.
type Turn struct {
	Now    time.Time // of this poll
	Last   time.Time // of the last poll that was accepted; zero before the first
	Cursor []byte    // the target's own; nil before the first
}

// Longest is the longest time between two tries of a target in trouble that did not
// say when it may be asked again.
const Longest = 6 * time.Hour

// noteEvery is how often the time of a poll without records is kept with the cursor.
const noteEvery = 10 * time.Minute

// Run polls the targets until ctx ends, at most workers of them at once. It returns
// ctx's error, or that of a delivery which was not accepted.
//
// A target in trouble is tried again after what the trouble says, else after its
// Every, doubled with each failure up to [Longest], and as much again at random within the
// half of that. Where all are in trouble the source as a whole is: Run does not
// end for that, since each of them is tried in its own time.
func Run(ctx context.Context, h scrapers.Host, workers int, targets []Target) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &poller{host: h, free: max(1, workers), done: make(chan *entry)}
	now := h.Now()
	for i := range targets {
		e := &entry{Target: targets[i]}
		if err := e.restore(h.Cursor(e.Name)); err != nil {
			h.Report(e.Name, err)
		}
		// Spread over one period, so that they do not all ask at once for ever; the first
		// at once, so that something is seen.
		if e.due = now; i > 0 {
			e.due = now.Add(h.Jitter(min(e.Every, time.Minute)))
		}
		p.queue = append(p.queue, e)
	}
	heap.Init(&p.queue)
	err := p.run(ctx)
	cancel()
	for p.busy > 0 {
		<-p.done
		p.busy--
	}
	return err
}

type poller struct {
	host       scrapers.Host
	queue      queue
	free, busy int
	done       chan *entry
}

func (p *poller) run(ctx context.Context) error {
	for {
		now := p.host.Now()
		for p.free > 0 && len(p.queue) > 0 && !p.queue[0].due.After(now) {
			e := heap.Pop(&p.queue).(*entry)
			p.free--
			p.busy++
			e.started = now
			go func() {
				e.err = e.ask(ctx, p.host)
				p.done <- e
			}()
		}
		if err := p.wait(ctx, now); err != nil {
			return err
		}
	}
}

// wait returns when a poll has ended or another is due.
func (p *poller) wait(ctx context.Context, now time.Time) error {
	var due chan error
	if p.free > 0 && len(p.queue) > 0 {
		sleeping, wake := context.WithCancel(ctx)
		defer wake()
		due = make(chan error, 1)
		go func() { due <- p.host.Sleep(sleeping, p.queue[0].due.Sub(now)) }()
		defer func() {
			wake()
			if due != nil {
				<-due
			}
		}()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-due:
		due = nil
		return ctx.Err()
	case e := <-p.done:
		p.busy--
		p.free++
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var refused *refusedError
		if errors.As(e.err, &refused) {
			return refused.err
		}
		e.schedule(p.host)
		heap.Push(&p.queue, e)
		return nil
	}
}

// refusedError is a delivery that was not accepted: no trouble of the target.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return fmt.Sprintf("not accepted: %v", e.err) }
func (e *refusedError) Unwrap() error { return e.err }
