package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// draining is how long a run that has to end goes on counting what waits.
	draining = 2 * time.Second
	// settling is how long it then waits for what was found to be kept.
	settling = time.Second
	// sending is how long a message may be on its way then.
	sending = 3 * time.Second
)

// work counts and serves until ctx ends or something fails for good.
func (l *live) work(ctx context.Context) error {
	counting, stopCounting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCounting()
	counted := make(chan error, 1)
	l.counting.Store(true)
	go func() {
		err := l.count(counting)
		l.counting.Store(false)
		counted <- err
	}()
	sourcing, stopSources := context.WithCancel(ctx)
	sourced := make(chan struct{})
	go func() { l.runSources(sourcing); close(sourced) }()
	minuted := make(chan struct{})
	go func() { l.watch.keepWords(sourcing, l.data.store, l.Log); close(minuted) }()
	told := make(chan struct{})
	go func() { l.tells.run(sourcing, l.serving.handler, l.events); close(told) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-counted:
	case err = <-l.serving.ended:
		err = fmt.Errorf("serving at %s ended: %w", l.serving.address, err)
	case <-l.drain.failed:
		err = l.drain.err
	}
	stopSources()
	l.inbox.shut()
	select {
	case <-sourced:
	case <-time.After(settling): // one that does not end when it should
		l.Log.Warn("a source did not end in time; what it delivers now is not accepted, and comes again with the next start")
	}
	worded := make(chan struct{})
	go func() {
		defer close(worded)
		<-minuted
		if err := l.watch.saveWords(l.data.store); err != nil {
			l.Log.Warn("words that come with watch lists are not kept for the next start", "err", err)
		}
	}()
	select {
	case <-worded:
	case <-time.After(settling): // it waits for a slow disk
	}
	select {
	case <-told:
	case <-time.After(sending):
		l.Log.Warn("a message was being sent until the end; whether it arrived is not known")
	}
	close(l.stop)
	if err == nil {
		return l.finish(counted, stopCounting)
	}
	stopCounting()
	if l.counting.Load() {
		select {
		case <-counted:
		case <-time.After(settling):
		}
	}
	return err
}

// finish counts what waits, for a while, and ends serving. What is not counted by
// then is counted by the next run.
func (l *live) finish(counted <-chan error, stopCounting func()) error {
	served := make(chan error, 1)
	go func() { served <- l.serving.shutdown() }()
	var err error
	select {
	case err = <-counted:
	case <-time.After(draining):
		l.Log.Info("stopping before all is counted; the next start goes on with it", "waiting_records", l.inbox.waiting())
		stopCounting()
		select {
		case err = <-counted:
		case <-time.After(settling):
			return errors.New("counting did not come to its end in time; nothing accepted is lost by that")
		}
	}
	if err == nil {
		err = l.drain.waitFor(l.engine.Marks(), settling)
	}
	return errors.Join(err, <-served)
}
