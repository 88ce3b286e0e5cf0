package fetch

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/swell-radar/swell/scrapers"
)

// Fetcher is what all sources share: who Swell says it is, the pace of each host, robots.txt.
type Fetcher struct {
	o         Options
	agent     string // the User-Agent header
	limits    limits
	transport *http.Transport
	guard     *guard
	hosts     *hosts
	robots    *robotsCache
	unzippers sync.Pool // of *gzip.Reader

	// ctx ends with Close: robots.txt is asked for on behalf of all who wait for it.
	ctx  context.Context
	end  context.CancelFunc
	asks sync.WaitGroup
}

// limits are how long things may take and how large they may be. They are real time, also where Now and
// Sleep are not: a server that hangs does so for real.
type limits struct {
	dial      time.Duration // a connection, and as long again TLS
	header    time.Duration // from the request to the header of the answer
	whole     time.Duration // from the request to the end of the answer
	idle      time.Duration // how long an unused connection is kept
	heartbeat time.Duration // without a message, before a stream is pinged
	pong      time.Duration // for the answer to a ping
	wait      time.Duration // for a host's turn: what takes longer is a trouble
}

var defaultLimits = limits{
	dial: 10 * time.Second, header: 20 * time.Second, whole: 60 * time.Second, idle: 90 * time.Second,
	heartbeat: 30 * time.Second, pong: 30 * time.Second, wait: time.Minute,
}

// timeout is how long a call that goes on for others may take.
func (l *limits) timeout() time.Duration { return 2 * (l.wait + l.whole) }

// New returns a fetcher. It returns an error for options that make no sense.
func New(o Options) (*Fetcher, error) { return newFetcher(o, defaultLimits) }

func newFetcher(o Options, l limits) (*Fetcher, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	proxies, err := newProxies(&o)
	if err != nil {
		return nil, err
	}
	f := &Fetcher{o: o, agent: o.userAgent(), limits: l, guard: newGuard(&o, proxies)}
	f.transport = f.guard.transport(l, o.RootCAs)
	f.hosts = newHosts(&f.o, l.wait)
	f.robots = newRobotsCache(o.product())
	f.unzippers.New = func() any { return new(gzip.Reader) }
	f.ctx, f.end = context.WithCancel(context.Background())
	return f, nil
}

// Close ends what the fetcher does for all its clients and the connections that are not in use. It is not used
// again; streams are their callers' to close.
func (f *Fetcher) Close() error {
	f.robots.mu.Lock()
	f.end()
	f.robots.mu.Unlock()
	f.asks.Wait()
	f.transport.CloseIdleConnections()
	return nil
}

// Client returns the way to the network of one source. Every request takes from its budget:
// each redirect, and robots.txt where it has to be asked for, is one. A nil budget has no bound.
func (f *Fetcher) Client(source string, b *scrapers.Budget) *Client {
	return &Client{f: f, source: source, budget: b}
}

// Client is a source's way to the network.
type Client struct {
	f      *Fetcher
	source string
	budget *scrapers.Budget
}
