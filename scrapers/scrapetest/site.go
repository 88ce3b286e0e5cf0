package scrapetest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// Site serves a handler at a loopback address, and fails where a script says so.
// Its robots.txt allows everything, unless the handler serves one and [Site.OwnRobots] is set.
type Site struct {
	// URL is where it answers: "http://127.0.0.1:PORT".
	URL string
	// OwnRobots leaves /robots.txt to the handler. Set before the first request.
	OwnRobots bool

	handler http.Handler
	server  *http.Server
	ended   chan struct{}

	mu     sync.Mutex
	script []Failure
	always Failure
	seen   []Seen
}

// Seen is a request that a site got.
type Seen struct {
	At     time.Time
	Method string
	URL    string // path and query
	Header http.Header
}

// Failure answers a request in place of the site's handler, which is next.
type Failure func(w http.ResponseWriter, r *http.Request, next http.Handler)

// mostSeen is how many requests a site remembers.
const mostSeen = 10_000

// Open serves the handler until [Site.Close].
func Open(h http.Handler) (*Site, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Site{URL: "http://" + l.Addr().String(), handler: h, ended: make(chan struct{})}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(l) // it ends by Close alone
	}()
	return s, nil
}

// Close ends all connections.
func (s *Site) Close() error {
	err := s.server.Close()
	<-s.ended
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Script has the next requests, but those for robots.txt, answered by the failures, one
// after the other; nil lets a request through. After them come [Site.Always], else
// the handler.
func (s *Site) Script(f ...Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, f...)
}

// Always has every request answered by a failure; nil ends that.
func (s *Site) Always(f Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = f
}

// Seen returns the newest requests but those for robots.txt, oldest first.
func (s *Site) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Seen(nil), s.seen...)
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/robots.txt" && !s.OwnRobots {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("User-agent: *\nAllow: /\n")) // a client that is gone needs no answer
		return
	}
	if f := s.next(r); f != nil {
		f(w, r, s.handler)
		return
	}
	s.handler.ServeHTTP(w, r)
}

func (s *Site) next(r *http.Request) Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == mostSeen {
		s.seen = append(s.seen[:0], s.seen[mostSeen/2:]...)
	}
	s.seen = append(s.seen, Seen{At: time.Now(), Method: r.Method, URL: r.URL.RequestURI(), Header: r.Header.Clone()})
	if len(s.script) > 0 {
		f := s.script[0]
		s.script = s.script[1:]
		return f
	}
	return s.always
}
