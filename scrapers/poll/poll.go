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
	Every time.Duration // between the starts of two polls, while all is well; at least a second

	// Poll asks once. The delivery's Part is set by the caller, and its Cursor is what the
	// next poll finds in [Turn.Cursor], also after a restart; empty: the same as before. It
	// holds at most [MaxCursor] bytes.
	//
	// A poll that got into trouble half way may return both: what it has is delivered, then
	// the trouble is told. Trouble whose state is [scrapers.OK] is no more than a
	// word to who runs Swell; with [scrapers.Ended] the target is not asked again.
	Poll func(ctx context.Context, t Turn) (scrapers.Delivery, error)
}

// Turn is one poll of a target.
type Turn struct {
	Now    time.Time // of this poll
	Last   time.Time // of the last poll that was accepted, not after Now; zero before the first
	Cursor []byte    // the target's own; nil before the first
}

// How long a target in trouble waits for its next try.
const (
	// Longest is the longest time between two tries where nobody said when to come back.
	Longest = 6 * time.Hour
	// Refused is the shortest after a refusal (403, robots.txt, a login) where nobody said so.
	Refused = time.Hour

	firstWait  = 5 * time.Minute // after the first failure, where Every is not shorter
	spreadOver = time.Minute     // the first polls of all targets
)

// noteEvery is how often the time of a poll without records is kept with the cursor.
const noteEvery = 10 * time.Minute

// Run polls the targets until ctx ends, at most workers of them at once. It returns
// ctx's error, or that of a delivery which was not accepted; nil when all targets have
// ended for good; an error at once when two targets have one name.
//
// The first polls are spread over a minute, the second ones over a period, so that targets do
// not go on asking in step. A target whose last poll is known from its cursor is asked
// when it would have been without the restart.
//
// A target in trouble is tried again after its Every, at most five minutes, doubled with each
// failure up to [Longest], at least [Refused] after a refusal, and as much again at random
// within the half of that; never before the time that the trouble says. Where all are in trouble the
// source as a whole is: Run does not end for that, since each of them is tried in its own time. How long
// that is goes with the report of the trouble, and is kept over a restart by the rules of
// [scrapers.Host.Wall].
func Run(ctx context.Context, h scrapers.Host, workers int, targets []Target) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &poller{host: h, free: max(1, workers), done: make(chan *entry)}
	if err := p.enter(targets); err != nil {
		return err
	}
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

// enter puts the targets into the queue.
func (p *poller) enter(targets []Target) error {
	now := p.host.Now()
	names := make(map[string]bool, len(targets))
	for i := range targets {
		e := &entry{Target: targets[i], due: now}
		if names[e.Name] {
			return fmt.Errorf("two parts of the source are called %q: name one of them otherwise", e.Name)
		}
		names[e.Name] = true
		e.Every = max(e.Every, time.Second)
		if i > 0 { // the first at once, so that something is seen
			e.due = now.Add(p.host.Jitter(min(e.Every, spreadOver)))
		}
		e.restore(p.host, now)
		p.queue = append(p.queue, e)
	}
	heap.Init(&p.queue)
	return nil
}

func (p *poller) run(ctx context.Context) error {
	for ended := len(p.queue) == 0; !ended; ended = p.busy+len(p.queue) == 0 {
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
	return ctx.Err()
}

// wait returns when a poll has ended or another is due.
func (p *poller) wait(ctx context.Context, now time.Time) error {
	var due chan error
	if p.free > 0 && len(p.queue) > 0 {
		sleeping, wake := context.WithCancel(ctx)
		slept := make(chan error, 1)
		pause := p.queue[0].due.Sub(now)
		go func() { slept <- p.host.Sleep(sleeping, pause) }()
		due = slept
		defer func() {
			wake()
			if due != nil {
				<-slept
			}
		}()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-due:
		due = nil
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	case e := <-p.done:
		p.busy--
		p.free++
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return p.next(e)
	}
}

// next puts a target that was asked back into the queue.
func (p *poller) next(e *entry) error {
	var refused *refusedError
	switch {
	case errors.As(e.err, &refused):
		return refused.err
	case scrapers.StateOf(e.err) == scrapers.Ended:
		return nil
	}
	heap.Push(&p.queue, e)
	return nil
}

// refusedError is a delivery that was not accepted: no trouble of the target.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return fmt.Sprintf("not accepted: %v", e.err) }
func (e *refusedError) Unwrap() error { return e.err }
