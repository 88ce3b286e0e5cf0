package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/swell-radar/swell/internal/api"
)

// listenWith serves over a real socket, with limits that a test has changed.
func listenWith(t testing.TB, h http.Handler, change func(*http.Server)) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = HTTPServer(h)
	change(srv.Config)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func dial(t testing.TB, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(hangs)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestLimitsOfTheServer(t *testing.T) {
	srv := HTTPServer(http.NotFoundHandler())
	for what, limit := range map[string]time.Duration{
		"header": srv.ReadHeaderTimeout, "request": srv.ReadTimeout, "answer": srv.WriteTimeout, "idle connection": srv.IdleTimeout,
	} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("the time of a %s is bounded by %v", what, limit)
		}
	}
	if srv.MaxHeaderBytes <= 0 || srv.MaxHeaderBytes > 64<<10 || srv.HTTP2.MaxConcurrentStreams <= 0 {
		t.Errorf("headers of %d bytes, %d streams", srv.MaxHeaderBytes, srv.HTTP2.MaxConcurrentStreams)
	}
}

// A header that does not come to its end is given up.
func TestSlowHeader(t *testing.T) {
	address := listenWith(t, newServer(t, fixedOptions(t)), func(s *http.Server) { s.ReadHeaderTimeout = 20 * time.Millisecond })
	for _, part := range []string{"", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "} {
		conn := dial(t, address)
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(conn); errors.Is(err, errTimeout(err)) {
			t.Errorf("%q: the connection is still held", part)
		}
	}
}

// errTimeout returns err if it says that this side gave up waiting.
func errTimeout(err error) error {
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return err
	}
	return errors.New("no timeout")
}

// A body that trickles is given up, and the place that it held is free again; one that comes as
// fast as it should is not, and what happens after it has time.
func TestSlowBody(t *testing.T) {
	in := &slowIntake{}
	s := taking(t, in)
	const patience = 50 * time.Millisecond
	address := listenWith(t, s, func(srv *http.Server) { srv.Handler = paced(s, patience) })
	for range maxDeliveries + 1 { // more than there are places
		conn := dial(t, address)
		if _, err := io.WriteString(conn, "POST /api/v1/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if p := problemOf(t, resp); p.Type != api.ProblemBody {
			t.Errorf("%+v", p)
		}
	}
	in.wait = 3 * patience // longer than a body may take: it is here by then
	resp, err := http.Post("http://"+address+"/api/v1/records", "", strings.NewReader(line(1)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// slowIntake takes its time, unless the sender leaves.
type slowIntake struct {
	ledgerOf
	wait time.Duration
}

func (s *slowIntake) Accept(ctx context.Context, d *Delivery) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.wait):
		return s.ledgerOf.Accept(ctx, d)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	c := newConnections(3)
	conns := make([]net.Conn, 6)
	for i := range conns {
		conns[i], _ = net.Pipe()
	}
	want := func(victim, of net.Conn, what string) {
		t.Helper()
		if victim != of {
			t.Errorf("%s: another one is closed, or none", what)
		}
	}
	for i, state := range []http.ConnState{http.StateNew, http.StateNew, http.StateNew} {
		want(c.note(conns[i], state), nil, "room")
	}
	c.note(conns[0], http.StateActive)
	c.note(conns[1], http.StateActive)
	c.note(conns[1], http.StateIdle) // waits for less long than 2
	want(c.note(conns[3], http.StateNew), conns[2], "the longest silent")
	c.note(conns[2], http.StateClosed)
	c.note(conns[1], http.StateActive)
	c.note(conns[3], http.StateActive)
	want(c.note(conns[4], http.StateNew), conns[4], "all are busy")
	c.note(conns[4], http.StateClosed)
	c.note(conns[0], http.StateClosed)
	want(c.note(conns[5], http.StateNew), nil, "room again")
	for i := range conns {
		c.note(conns[i], http.StateClosed)
	}
	if len(c.open) != 0 || c.waiting.Len() != 0 {
		t.Errorf("%d are remembered, %d waiting", len(c.open), c.waiting.Len())
	}
}

// Connections that hang around make place for those that ask.
func TestIdleConnectionsMakePlace(t *testing.T) {
	const most = 8
	address := listenWith(t, newServer(t, fixedOptions(t)), func(s *http.Server) { s.ConnState = newConnections(most).state })
	var idle []net.Conn
	for range 3 * most {
		idle = append(idle, dial(t, address))
	}
	for range 2 * most {
		conn := dial(t, address)
		if _, err := io.WriteString(conn, "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%v, %v", resp, err)
		}
	}
	if _, err := idle[0].Read(make([]byte, 1)); err == nil || errors.Is(err, errTimeout(err)) {
		t.Errorf("the oldest idle connection: %v", err)
	}
}

// listenTLS serves over TLS and HTTP/2.
func listenTLS(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = HTTPServer(h)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

// TestRapidReset begins requests and gives each up at once, as fast as the connection lets
// it: the server does no more work at a time than for a client that waits, and goes on.
func TestRapidReset(t *testing.T) {
	s := newServer(t, fixedOptions(t))
	srv := listenTLS(t, s)
	before := runtime.NumGoroutine()
	conn, err := tls.Dial("tcp", srv.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.ConnectionState().NegotiatedProtocol != "h2" {
		t.Fatal("no HTTP/2")
	}
	if err := conn.SetDeadline(time.Now().Add(hangs)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	f := http2.NewFramer(conn, nil)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	var header bytes.Buffer
	enc := hpack.NewEncoder(&header)
	most := 0
	for i := range 5000 {
		header.Reset()
		for _, x := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "localhost"}, {":path", "/api/v1/trends"}} {
			if err := enc.WriteField(hpack.HeaderField{Name: x[0], Value: x[1]}); err != nil {
				t.Fatal(err)
			}
		}
		id := uint32(2*i + 1)
		err := errors.Join(f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: header.Bytes(), EndStream: true, EndHeaders: true}),
			f.WriteRSTStream(id, http2.ErrCodeCancel))
		if err != nil {
			break // the server has had enough, which is its right
		}
		most = max(most, int(s.under.Load()))
	}
	if limit := int(srv.Config.HTTP2.MaxConcurrentStreams); most > limit {
		t.Errorf("%d requests were being answered at a time, of a client that may have %d", most, limit)
	}
	resp, err := srv.Client().Get(srv.URL + "/-/healthy")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		t.Errorf("another client: status %d by %s", resp.StatusCode, resp.Proto)
	}
	conn.Close()
	srv.Client().CloseIdleConnections()
	for deadline := time.Now().Add(hangs); s.under.Load() > 0 || runtime.NumGoroutine() > before+10; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests are still being answered, %d goroutines, before %d", s.under.Load(), runtime.NumGoroutine(), before)
		}
	}
}

// TestNamedDeliveries: what an intake says of a name is what its sender hears.
func TestNamedDeliveries(t *testing.T) {
	in := &ledgerOf{}
	s := taking(t, in)
	first := send(s, strings.NewReader(line(1)+"{}\n"), headerOnce, "one")
	if first.Code != http.StatusAccepted || len(in.got) != 1 || !in.got[0].Once.Named() || in.got[0].Once.NotAfter != in.NotAfter() {
		t.Fatalf("status %d, delivered %+v", first.Code, in.got)
	}
	once := in.got[0].Once
	send(s, strings.NewReader(line(1)+"{}\n"), headerOnce, "one")
	send(s, strings.NewReader(line(2)), headerOnce, "one")
	send(s, strings.NewReader(line(1)+"{}\n"), headerOnce, "two")
	if in.got[1].Once != once || in.got[2].Once.Key != once.Key || in.got[2].Once.Body == once.Body || in.got[3].Once.Key == once.Key || in.got[3].Once.Body != once.Body {
		t.Errorf("names and bodies are told apart by %+v", in.got)
	}
	// Read by the time of then: the second line was ahead of the clock.
	in.fails = &AgainError{NotAfter: fixedAsOf*1e6 + 1e6, Taken: true}
	again := send(s, strings.NewReader(line(1)+line(2)), headerOnce, "one")
	if again.Code != http.StatusAccepted || again.Header().Get(headerReplayed) != "true" || !strings.Contains(again.Body.String(), `"accepted":1,"rejected":1`) {
		t.Errorf("status %d, %v: %s", again.Code, again.Header(), again.Body)
	}
	in.fails = &AgainError{NotAfter: 5}
	if resp := send(s, strings.NewReader(line(1)), headerOnce, "one"); resp.Code != http.StatusUnprocessableEntity {
		t.Errorf("in doubt, and nothing left by the clock of then: status %d", resp.Code)
	}
	for _, c := range []struct {
		err    error
		status int
		kind   string
	}{
		{ErrKeyReused, 422, api.ProblemKeyReused}, {ErrKeyBusy, 409, api.ProblemKeyBusy}, {fmt.Errorf("%w: 7", ErrTooManyKeys), 429, api.ProblemTooManyKeys},
	} {
		in.fails = c.err
		if p := problemOf(t, send(s, strings.NewReader(line(1)), headerOnce, "one").Result()); p.Type != c.kind || p.Status != c.status {
			t.Errorf("%v: %+v", c.err, p)
		}
	}
	in.fails = nil
	for _, key := range []string{"", " ", "a b", "é", strings.Repeat("k", maxKey+1), "a\x7f"} {
		if p := problemOf(t, send(s, strings.NewReader(line(1)), headerOnce, key).Result()); p.Type != api.ProblemInvalidHeader || !strings.Contains(p.Detail, headerOnce) {
			t.Errorf("%q: %+v", key, p)
		}
	}
	if resp := send(s, strings.NewReader(line(1)), headerOnce, strings.Repeat("~", maxKey)); resp.Code != http.StatusAccepted {
		t.Errorf("the longest key: status %d", resp.Code)
	}
	if p := problemOf(t, send(s, strings.NewReader(line(1)), headerOnce, "a", headerProducer, "p", headerSeq, "1").Result()); p.Type != api.ProblemInvalidHeader {
		t.Errorf("with a number: %+v", p)
	}
}
