package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/app"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// server is a running server whose clock stands until it is set.
type server struct {
	options app.ServeOptions
	base    string
	clock   *atomic.Int64 // Unix seconds
	stop    context.CancelFunc
	ended   chan error
}

// serveOptions are those of a server of a data directory whose clock stands.
func serveOptions(dir string, clock *atomic.Int64) app.ServeOptions {
	return app.ServeOptions{
		Data: dir, Listen: "127.0.0.1:0", Version: "test", Log: slog.New(slog.DiscardHandler), SnapshotEvery: time.Hour,
		Now:   func() time.Time { return time.Unix(clock.Load(), 0).UTC() },
		Store: store.Options{MinFree: -1},
		Settings: func(stored *engine.Options) (engine.Options, error) {
			if stored != nil {
				return *stored, nil
			}
			return engineOptions(), nil
		},
	}
}

func engineOptions() engine.Options {
	o := engine.DefaultOptions()
	o.Window.Memory = 16 << 20
	return o
}

// start serves until it is stopped, or all tests are over.
func start(now time.Time, change func(*app.ServeOptions)) (*server, error) {
	dir, err := os.MkdirTemp("", "swell-e2e-")
	if err != nil {
		return nil, err
	}
	atEnd.add(func() { _ = os.RemoveAll(dir) })
	s := &server{clock: &atomic.Int64{}}
	s.clock.Store(now.Unix())
	s.options = serveOptions(dir, s.clock)
	if change != nil {
		change(&s.options)
	}
	atEnd.add(func() { _ = s.end() })
	return s, s.run()
}

// run starts the server again where it was, after it has ended.
func (s *server) run() error {
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.ended = stop, make(chan error, 1)
	at := make(chan string, 1)
	o := s.options
	o.Announce = func(_ *engine.View, address string) error {
		at <- address
		return nil
	}
	go func() { s.ended <- app.Serve(ctx, o) }()
	select {
	case s.base = <-at:
		s.options.Listen = strings.TrimPrefix(s.base, "http://")
		return nil
	case err := <-s.ended:
		s.ended <- err
		return fmt.Errorf("the server does not start: %w", err)
	}
}

// end stops the server in good order.
func (s *server) end() error {
	if s.stop == nil {
		return nil
	}
	s.stop()
	s.stop = nil
	return <-s.ended
}

func (s *server) client() api.Client { return api.Client{Base: s.base} }

// send sends records in, again while the server catches up.
func (s *server) send(recs ...term.Record) error {
	var body []byte
	for i := range recs {
		body = term.AppendRecord(body, &recs[i])
	}
	return s.sendLines(body)
}

func (s *server) sendLines(body []byte) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		resp, err := http.Post(s.base+"/api/v1/records", "application/x-ndjson", bytes.NewReader(body))
		if err != nil {
			return err
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil:
			return err
		case resp.StatusCode == http.StatusAccepted:
			return nil
		case resp.StatusCode != http.StatusServiceUnavailable || time.Now().After(end):
			return fmt.Errorf("status %d: %s", resp.StatusCode, text)
		}
	}
}

// settle waits until everything before a time is counted: something sent in by the clock has closed the panes.
func (s *server) settle(at time.Time) error {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		st, err := s.client().Status(context.Background())
		switch {
		case err != nil:
			return err
		case st.AsOf != nil && !st.AsOf.Before(at):
			return nil
		case time.Now().After(end):
			return errors.New("what was sent is not counted")
		}
	}
}

// up returns the server that a function starts, or fails the test.
func up(t *testing.T, started func() (*server, error)) *server {
	t.Helper()
	browser(t) // where there is none, nothing needs to be started
	s, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
