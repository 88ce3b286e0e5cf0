package scrapers

import (
	"context"
	"time"
)

const (
	// caughtUp is how far behind the clock a source is that has caught up.
	caughtUp = 2 * time.Minute
	// stalled is how long a replay may come no further before the others wait no more, and
	// absent the same of a source of which nothing has come yet.
	stalled = time.Minute
	absent  = 20 * time.Second
	// gains is how much faster than the clock a replay has to be to come further.
	gains = 1.5
	// looks is how often is looked, and sample how long it is watched for how fast it is.
	looks  = 250 * time.Millisecond
	sample = 5 * time.Second
)

// catch tells whether a source is still replaying what came before. One that breaks off goes on
// in a moment; one that lags as much as before will never be done.
type catch struct {
	since  time.Time // of the last look at which it came further
	newest time.Time // event time then
}

// over looks at the source once, and reports whether there is nothing more to wait for, and why.
func (c *catch) over(r *runner) (string, bool) {
	now := r.opt.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	state := r.health.state()
	switch {
	case !r.newest.IsZero() && now.Sub(r.newest) < caughtUp:
		return "it has caught up", true
	case state == Ended, walls(state), state == SchemaChanged:
		return "it is " + state.String(), true
	case c.since.IsZero(), !r.started, state == Paused:
		// Where the core is what is slow, it is not the source that has stalled.
		c.since, c.newest = now, r.newest
	case c.newest.IsZero() && !r.newest.IsZero():
		c.since, c.newest = now, r.newest
	}
	took := now.Sub(c.since)
	if took >= sample && !r.newest.IsZero() && r.newest.Sub(c.newest).Seconds() >= gains*took.Seconds() {
		c.since, c.newest = now, r.newest
		took = 0
	}
	switch {
	case r.newest.IsZero() && took > absent:
		return "nothing has come of it", true
	case took > stalled:
		return "it comes no further", true
	}
	return "", false
}

// watchReplay lets the other sources begin when the one that replays has caught up, or is not
// going to.
func (s *Supervisor) watchReplay(ctx context.Context) {
	defer close(s.caught)
	if s.replay == nil {
		return
	}
	t := time.NewTicker(looks)
	defer t.Stop()
	for c := (catch{}); ; {
		if why, over := c.over(s.replay); over {
			s.opt.Log.Info("the other sources begin", "behind", s.replay.Name, "why", why, "at", s.replay.newestBefore())
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Catching tells which source is replaying what came before while others wait, and up to when it has;
// the zero time before anything came. It reports false when none is.
func (s *Supervisor) Catching() (source string, at time.Time, ok bool) {
	if s.replay == nil {
		return "", time.Time{}, false
	}
	select {
	case <-s.caught:
		return "", time.Time{}, false
	default:
		return s.replay.Name, s.replay.newestBefore(), true
	}
}
