package bluesky

import (
	"context"
	"errors"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/stream"
)

// Source reads Bluesky. It may be run again, once at a time.
type Source struct {
	config Config
	net    *fetch.Client
	hosts  []host
	zstd   *zstd.Decoder // nil: messages come as they are
}

// New returns the source. An error names the key of the configuration, its value and the way out.
func New(c Config, net *fetch.Client) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	hosts, err := c.hosts()
	if err != nil {
		return nil, err
	}
	d, err := c.decompressor()
	if err != nil {
		return nil, err
	}
	return &Source{config: c, net: net, hosts: hosts, zstd: d}, nil
}

// Redaction says where events name people.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{
		JSON: []string{
			"did", "handle", "uri", "cid", "rkey", "rev", "alt", "displayName", "description", "$link",
			"fediverseId", "bridgyOriginalText", "bridgyOriginalUrl",
		},
		Text: []string{`did:[a-z]+:[A-Za-z0-9._:%-]+`, `[A-Za-z0-9][A-Za-z0-9-]*\.bsky\.social`, `bsky\.app/profile/([\w.:-]+)`},
	}
}

// watch is what one run knows of the servers.
type watch struct {
	*Source
	host    scrapers.Host
	listen  *listener
	pump    stream.Pump
	backoff stream.Backoff

	current  int         // of hosts
	until    []time.Time // when a host may be asked again; zero: at any time
	failures int         // of the current host, in a row
	deaf     int         // sessions in a row without an event, of all hosts
}

// tries is how often a server may fail in a row before the next is asked.
const tries = 2

// The least that a server is left alone that wants to be: one that has too much to do, and one that
// has refused.
const (
	busyWait    = time.Minute
	refusedWait = time.Hour
)

// longestWait is how long a run waits for a server that asked for patience. Whoever runs the
// source may wait for longer.
const longestWait = 5 * time.Minute

// Run implements [scrapers.Source]. A server in trouble is a part of its own name; the posts of all
// are one part, "". It returns the last trouble when every server has failed twice in a row to tell of anything,
// or wants to be left alone for longer than it waits itself.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	w := &watch{Source: s, host: h, until: make([]time.Time, len(s.hosts))}
	w.listen = newListener(s, h)
	w.pump = stream.Pump{Take: w.listen.take, Cursor: appendCursor, Silence: time.Duration(s.config.Silence)}
	w.current = int(h.Jitter(time.Duration(len(s.hosts)))) % len(s.hosts)
	if err := w.takeUp(ctx); err != nil {
		return err
	}
	for {
		err := w.session(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if refused := new(stream.Refused); errors.As(err, &refused) {
			return refused.Err
		}
		wait, ok := w.after(err)
		if !ok && wait > longestWait {
			return scrapers.Again(err, wait, 0)
		}
		if !ok {
			return err
		}
		if err := h.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// takeUp goes on from the walls that servers were known to have, which still stand. It returns a trouble where
// all have one.
func (w *watch) takeUp(ctx context.Context) error {
	now := w.host.Now()
	walls := make([]*scrapers.Trouble, len(w.hosts))
	for i, at := range w.hosts {
		if walls[i] = w.host.Wall(at.name); walls[i] != nil {
			w.host.Report(at.name, walls[i])
			w.until[i] = now.Add(walls[i].After)
		}
	}
	if walls[w.current] == nil {
		return nil
	}
	w.current = w.next(now)
	if wall := walls[w.current]; wall != nil && wall.After > longestWait {
		return wall
	}
	return w.host.Sleep(ctx, w.until[w.current].Sub(now))
}

// session listens to the current server until that ends.
func (w *watch) session(ctx context.Context) error {
	at := &w.hosts[w.current]
	w.listen.begin(at.name)
	conn, err := w.net.Dial(ctx, fetch.DialRequest{
		URL:      at.address + w.listen.query(),
		MaxBytes: mostMessage,
		Deflate:  w.config.Compression == "deflate",
	})
	if err != nil {
		return err
	}
	err = w.pump.Run(ctx, w.host, conn)
	_ = conn.Close() // it is of no use any more, whatever it says
	return err
}

// after says what becomes of the end of a session: how long to wait, and whether to go on at all.
func (w *watch) after(err error) (time.Duration, bool) {
	now := w.host.Now()
	patience := patienceOf(err)
	if patience > 0 {
		err = scrapers.Again(err, patience, 0)
	}
	w.host.Report(w.hosts[w.current].name, err)
	if w.listen.settle() {
		w.backoff.Reset()
		w.failures = 0
	}
	if w.deaf++; w.listen.began {
		w.deaf = 0
	}
	wait := w.backoff.Next(w.host)
	w.failures++
	w.until[w.current] = now.Add(patience)
	if w.failures >= tries || patience > 0 || scrapers.StateOf(err) != scrapers.Unreachable {
		w.failures = 0
		w.current = w.next(now)
	}
	if w.deaf >= tries*len(w.hosts) {
		return 0, false
	}
	wait = max(wait, w.until[w.current].Sub(now))
	return wait, wait <= longestWait
}

// patienceOf returns how long a server is left alone for what it said.
func patienceOf(err error) time.Duration {
	after := scrapers.AfterOf(err)
	switch scrapers.StateOf(err) {
	case scrapers.Blocked, scrapers.LoginWall:
		return max(after, refusedWait)
	case scrapers.Throttled:
		return max(after, busyWait)
	}
	return after
}

// next returns the host behind the current one that may be asked, or else may be so soonest.
func (w *watch) next(now time.Time) int {
	best := w.current
	for i := range w.hosts {
		n := (w.current + 1 + i) % len(w.hosts)
		if !w.until[n].After(now) {
			return n
		}
		if w.until[n].Before(w.until[best]) {
			best = n
		}
	}
	return best
}
