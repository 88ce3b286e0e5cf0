package journal

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// links holds the link in use. The tender alone replaces it.
type links struct {
	mu      sync.Mutex
	current *link
	changed chan struct{} // closed and replaced with the link
}

func (s *links) set(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
	}
	s.current, s.changed = l, make(chan struct{})
}

// now returns the link in use, which may be a dead one.
func (s *links) now() *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// usable returns a link that is not known to be dead. It waits for one up to the
// given time, or until ctx ends or the journal has failed: then there will be none.
func (s *links) usable(ctx context.Context, wait time.Duration, failed <-chan struct{}) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		s.mu.Lock()
		l, changed := s.current, s.changed
		s.mu.Unlock()
		if l.ctx.Err() == nil {
			return l, nil
		}
		select {
		case <-changed:
		case <-failed:
			return nil, ErrFailed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tend is the tender, the goroutine that starts an embedded server again after it
// ran out of room: it stores nothing more by itself, even with room again.
func (j *Journal) tend() {
	for {
		l := j.links.now()
		<-l.ctx.Done()
		if j.life.Err() != nil {
			return
		}
		what, why := l.trouble()
		if what == diskFailed {
			j.fail(fmt.Errorf("%w: %s; see to the disk, and start again", ErrFailed, why))
			return
		}
		j.ranOut.Store(true)
		j.full.set(j.opts.Now(), why)
		l.close()
		if !j.revive() {
			return
		}
	}
}

// revive starts the server again until it is up. It returns false when the
// journal has ended.
func (j *Journal) revive() bool {
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, 2*time.Second) {
		l, err := j.startAgain()
		if err == nil {
			j.opts.Log.Warn("the journal's server is back")
			j.links.set(l)
			return true
		}
		if j.Err() != nil {
			return false
		}
		j.full.set(j.opts.Now(), err.Error())
		select {
		case <-j.life.Done():
			return false
		case <-time.After(delay):
		}
	}
}

func (j *Journal) startAgain() (*link, error) {
	l, err := startEmbedded(j.life, j.life, j.opts)
	if err != nil {
		return nil, err
	}
	info, err := l.prepare(j.life, j.opts, 1)
	if err == nil {
		_, next := streamBounds(info.State)
		if _, known := j.tail.bounds(); next < known {
			err = j.lost(next, known)
		}
	}
	if what, why := l.trouble(); what == diskFailed {
		err = j.fail(fmt.Errorf("%w: %s; see to the disk, and start again", ErrFailed, why))
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}
