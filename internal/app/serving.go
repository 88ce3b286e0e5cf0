package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/access"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/internal/export"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/scrapers"
)

// serving is a running HTTP endpoint.
type serving struct {
	address string // as in http://127.0.0.1:7310
	server  *http.Server
	handler *serve.Server
	ended   chan error
	forget  func() // ends what the data directory offers
	exports *export.Exports
	tokens  *access.Tokens
}

// listenOn opens the endpoint's socket, once it is known who may ask there.
func listenOn(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w; choose another address with --listen", ErrListen, address, err)
	}
	return l, nil
}

// servingOptions are what an endpoint answers from. All but hosts, intake and
// loading are required.
type servingOptions struct {
	hosts   []string // further names that it may be asked under
	engine  *engine.Engine
	data    *dataDir
	feed    *feed.Feed
	meter   *meter
	intake  serve.Intake // nil: no records are taken
	version string
	now     func() time.Time
	log     *slog.Logger
	loading func() api.Progress
	sources func() []scrapers.Health // nil: there are none
	demo    bool
	tells   *notifier // nil: nobody is told of anything

	examples *example.Book

	endpoint EndpointOptions

	watched func([]*watch.List) // is told of the watch lists; nil: nobody is
}

// startServing serves the engine and its history until it is closed.
func startServing(address string, o servingOptions) (*serving, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w at %q: %w; write it as 127.0.0.1:7310", ErrListen, address, err)
	}
	open := exposed(host)
	tokens, err := o.endpoint.tokens(address, o.data, open, o.now, o.log)
	if err != nil {
		return nil, err
	}
	secure, err := o.endpoint.certificate(address, open, o.now, o.log)
	if err != nil {
		return nil, err
	}
	l, err := listenOn(address)
	if err != nil {
		return nil, err
	}
	names := ownNames(address, l.Addr(), o.hosts)
	if open && len(names) == 0 {
		o.log.Warn("the server answers to localhost alone; name the host that it is asked under with --host", "listen", address)
	}
	exports, err := o.data.openExports(o.now, o.log)
	if err != nil {
		l.Close()
		return nil, err
	}
	options := serve.Options{
		Source: o.engine, History: o.data.store, Shelf: o.data.store, Exports: exports, Watched: o.watched, Intake: o.intake, Hosts: names, Nonce: rand.Text()[:8],
		Version: o.version, Clock: o.now, Loading: o.loading, Logger: o.log,
		Sources: o.sources, Demo: o.demo, Feed: o.feed, Machine: time.Now,
		Access: tokens, Origins: o.endpoint.Origins, PublicURL: o.endpoint.PublicURL, TLS: secure != nil, Limits: o.endpoint.limits(open),
		Metrics: o.meter.Handler(), Observe: o.meter.Request, Examples: o.examples,
		Sessions: access.NewSessions(rand.Reader, o.now),
	}
	if o.tells == nil { // nothing is found that anybody would be told of; rules can be tried
		if options.Alerts, err = openDesk(o.data.store, o.log); err != nil {
			l.Close()
			exports.Close()
			return nil, err
		}
	} else {
		options.Alerts, options.Outbox, options.SendDigest = o.tells.desk, o.tells.outbox, o.tells.SendDigest
	}
	if options.Notes, err = openNotes(o.data.store, o.log); err != nil {
		l.Close()
		exports.Close()
		return nil, err
	}
	h, err := serve.New(options)
	if err != nil {
		l.Close()
		exports.Close()
		return nil, err
	}
	o.meter.endpoint.Store(h)
	s := &serving{address: "http://" + within(l.Addr()), handler: h, ended: make(chan error, 1), exports: exports, tokens: tokens}
	if secure != nil {
		s.address = "https://" + within(l.Addr())
	}
	kept, forget, err := o.data.keep(h, s.address, o.version, o.now, o.log)
	if err != nil {
		l.Close()
		exports.Close()
		return nil, err
	}
	s.server, s.forget = serve.HTTPServer(kept), forget
	if o.tells != nil {
		o.tells.begin(h, s.address, tokens.Required())
	}
	s.server.RegisterOnShutdown(h.End)
	s.server.ErrorLog = slog.NewLogLogger(o.log.Handler(), slog.LevelWarn)
	if s.server.TLSConfig = secure; secure != nil {
		go func() { s.ended <- s.server.ServeTLS(l, "", "") }()
	} else {
		go func() { s.ended <- s.server.Serve(l) }()
	}
	return s, nil
}

const shutdownTime = 3 * time.Second

// wait serves until ctx ends, then lets the answers under way be finished.
func (s *serving) wait(ctx context.Context) error {
	select {
	case err := <-s.ended:
		return fmt.Errorf("serving at %s ended: %w", s.address, err)
	case <-ctx.Done():
		return s.shutdown()
	}
}

// shutdown lets the answers under way be finished, as far as that takes no longer
// than some seconds.
func (s *serving) shutdown() error {
	s.forget()
	s.exports.Close() // whoever waits for a file to be made would wait too long
	last, stop := context.WithTimeout(context.Background(), shutdownTime)
	defer stop()
	if err := s.server.Shutdown(last); err != nil {
		return fmt.Errorf("cannot end serving at %s in good order: %w", s.address, err)
	}
	return nil
}

// close ends serving at once. It may be called after wait.
func (s *serving) close() {
	s.forget()
	s.server.Close()
	s.exports.Close()
}
