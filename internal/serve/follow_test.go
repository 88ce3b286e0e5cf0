package serve

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/api"
)

func newLifeView() *engine.View { return &engine.View{} }

// pipes is a listener whose connections have no buffers, in a bubble's time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { close(p.done); return nil }

func (p *pipes) Addr() net.Addr { return &net.IPAddr{} }

// listenInPipes serves s with the limits of a real server, until the test ends it.
func listenInPipes(s *Server) (*http.Server, *pipes) {
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := HTTPServer(s)
	srv.RegisterOnShutdown(s.End)
	go func() { _ = srv.Serve(p) }()
	return srv, p
}

// dial asks for a stream and returns the connection, of which nothing was read.
func (p *pipes) dial(t *testing.T, query string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	p.conns <- theirs
	if _, err := fmt.Fprintf(ours, "GET /api/v1/stream%s HTTP/1.1\r\nHost: localhost\r\n\r\n", query); err != nil {
		t.Fatal(err)
	}
	return ours
}

// stream is a reader of the connection's answer.
func streamOf(t *testing.T, c net.Conn) *reader {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d", resp.StatusCode)
	}
	return newReader(resp.Body, "")
}

// A stream outlives every limit of the server, and is not silent.
func TestStreamLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 3)
		opt := l.options(f)
		opt.Machine = time.Now
		s := newServer(t, opt)
		srv, p := listenInPipes(s)
		r := streamOf(t, p.dial(t, ""))
		got := make(chan event)
		go func() {
			defer close(got)
			for {
				e, ok := r.next()
				if !ok {
					return
				}
				got <- e
			}
		}()
		if e := <-got; e.name != api.EventStart {
			t.Fatalf("got %+v", e)
		}
		time.Sleep(10*time.Minute + heartbeatEvery/2)
		synctest.Wait()
		if want := int(10 * time.Minute / heartbeatEvery); r.beats != want {
			t.Errorf("%d heartbeats in ten minutes, want %d", r.beats, want)
		}
		l.tell(f, 4, 3, 2)
		if a, b := <-got, <-got; eventNames(t, []event{a, b}) != "t4 view" || a.id != "life-3-5" || b.id != "life-4-5" {
			t.Errorf("got %v, %v", a, b)
		}
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		if _, more := <-got; more || r.retry != fmt.Sprint(laterAfter.Milliseconds()) {
			t.Errorf("told to come back after %s ms", r.retry)
		}
	})
}

// A heartbeat tells who asks for few events how far it is.
func TestHeartbeatNamesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 3)
		s := newServer(t, l.options(f))
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		w := newWire(-1)
		go s.ServeHTTP(w, streamRequest(ctx, "?kind=sound&events=trend"))
		l.tell(f, 4, 3, 2)
		time.Sleep(3 * heartbeatEvery)
		synctest.Wait()
		r := newReader(strings.NewReader(w.text()), "")
		for ok := true; ok; _, ok = r.next() {
		}
		if r.last != "life-4-5" || strings.Count(w.text(), "id: life-4-5") != 1 {
			t.Errorf("after heartbeats the place is %s:\n%s", r.last, w.text())
		}
	})
}

// Who does not read is dropped, and the others do not notice.
func TestSlowClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 0)
		opt := l.options(f)
		opt.Machine = time.Now
		s := newServer(t, opt)
		srv, p := listenInPipes(s)
		slow := p.dial(t, "")
		quick := streamOf(t, p.dial(t, ""))
		go func() { _, _ = io.Copy(io.Discard, quick.lines) }()
		synctest.Wait()
		if got := s.Streams(); got.Clients != 2 {
			t.Fatalf("got %+v", got)
		}
		begin := time.Now()
		for seq := range uint64(100) {
			l.tell(f, seq+1, seq, 1)
			synctest.Wait()
		}
		if time.Since(begin) != 0 {
			t.Errorf("telling took %v", time.Since(begin))
		}
		if got := s.Streams(); got.Sent < 150 || got.Clients != 2 {
			t.Errorf("got %+v", got)
		}
		time.Sleep(streamPatience + time.Second)
		synctest.Wait()
		if got := s.Streams(); got.Clients != 1 || got.Slow != 1 {
			t.Errorf("got %+v", got)
		}
		slow.Close()
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNoMoreStreamsThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, f := newLife(t, 3)
		opt := l.options(f)
		opt.MaxStreams = 2
		s := newServer(t, opt)
		ctx, leave := context.WithCancel(t.Context())
		for range 2 {
			go s.ServeHTTP(newWire(-1), streamRequest(ctx, ""))
		}
		synctest.Wait()
		resp := do(s, "GET", "/api/v1/stream")
		if p := problemOf(t, resp); p.Type != api.ProblemTooManyStreams || resp.Header.Get("Retry-After") == "" || s.Streams().Refused != 1 {
			t.Errorf("got %+v", p)
		}
		leave()
		synctest.Wait()
		if got := eventNames(t, events(t, follow(t, s, "").text())); got != "start" {
			t.Errorf("a place that was left is not given again: %s", got)
		}
	})
}
