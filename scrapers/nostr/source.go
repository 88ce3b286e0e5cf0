package nostr

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/stream"
)

// Source reads notes from relays. It may be run again, once at a time.
type Source struct {
	config Config
	net    *fetch.Client
	relays []relay
}

// New returns the source. An error names the key of the configuration, its value and the way out.
func New(c Config, net *fetch.Client) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	relays, err := c.relays()
	if err != nil {
		return nil, err
	}
	return &Source{config: c, net: net, relays: relays}, nil
}

// Redaction says where messages name people.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{
		JSON: []string{"id", "pubkey", "sig", "tags"},
		Text: []string{`(?:npub|nprofile|note|nevent|naddr)1[02-9ac-hj-np-z]{6,}`, `\b[0-9a-f]{64}\b`},
	}
}

// Run implements [scrapers.Source]. Every relay is a part of its own name, tried in its own time; where
// all are in trouble, Run does not end for that. It returns the error of a delivery that was not accepted.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	listening, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	g := newGuard(s.config.PerAuthor)
	var relays sync.WaitGroup
	for _, r := range s.relays {
		l := &listener{Source: s, relay: r, host: h, guard: g}
		relays.Go(func() {
			if err := l.listen(listening); err != nil {
				cancel(err)
			}
		})
	}
	relays.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return context.Cause(listening)
}

// The waits between two tries of a relay: the longest of one that fails, the least of
// one that has too much to do, and of one that has refused.
const (
	longestWait = 10 * time.Minute
	busyWait    = time.Minute
	refusedWait = time.Hour
)

// listen listens to the relay until ctx ends, when it returns nil, or a delivery is not accepted.
func (l *listener) listen(ctx context.Context) error {
	// They do not all begin at once, here or elsewhere.
	wait := l.host.Jitter(time.Second)
	wall := l.host.Wall(l.relay.name) // before anything else is reported, which would be the end of it
	l.restore()
	if wall != nil {
		l.host.Report(l.relay.name, wall)
		wait = max(wait, wall.After)
	}
	l.pump = stream.Pump{Part: l.relay.name, Take: l.take, Cursor: appendCursor, Items: 500, Every: time.Second,
		Silence: time.Duration(l.config.Silence)}
	backoff := stream.Backoff{Most: longestWait}
	for l.host.Sleep(ctx, wait) == nil {
		began := l.host.Now()
		why := l.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if refused := new(stream.Refused); errors.As(why, &refused) {
			return refused.Err
		}
		if l.live && l.host.Now().Sub(began) > time.Minute {
			backoff.Reset()
		}
		wait = max(backoff.Next(l.host), scrapers.AfterOf(why))
		switch scrapers.StateOf(why) {
		case scrapers.Blocked, scrapers.LoginWall:
			wait = max(wait, refusedWait)
		case scrapers.Throttled:
			wait = max(wait, busyWait)
		}
		l.host.Report(l.relay.name, scrapers.Again(why, wait, 0))
	}
	return nil // ctx has ended
}

// session listens until the connection ends.
func (l *listener) session(ctx context.Context) error {
	first := l.begin()
	conn, err := l.net.Dial(ctx, fetch.DialRequest{URL: l.relay.address, MaxBytes: mostMessage})
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // it is of no use any more, whatever it says
	l.say = func(message []byte) error { return conn.Write(ctx, message) }
	if err := l.say(first); err != nil {
		return err
	}
	return l.pump.Run(ctx, l.host, conn)
}
