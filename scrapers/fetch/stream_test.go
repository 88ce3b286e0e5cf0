package fetch

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/swell-radar/swell/scrapers"
)

// stream serves a WebSocket on this machine.
func stream(t testing.TB, o *websocket.AcceptOptions, f func(ctx context.Context, conn *websocket.Conn)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, o)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		f(ctx, conn)
	})
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func TestStream(t *testing.T) {
	for _, deflate := range []bool{false, true} {
		url := stream(t, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover}, func(ctx context.Context, conn *websocket.Conn) {
			_, data, err := conn.Read(ctx)
			if err != nil {
				return
			}
			_ = conn.Write(ctx, websocket.MessageText, data)
			_ = conn.Write(ctx, websocket.MessageBinary, []byte(strings.Repeat("a", 1000)))
			_ = conn.Close(websocket.StatusGoingAway, "restarting")
		})
		var tapped []Exchange
		c := newTry(t, func(o *Options) {
			o.Tap = func(e Exchange) { e.Body = []byte(string(e.Body)); tapped = append(tapped, e) }
		})
		ctx, cancel := context.WithCancel(t.Context())
		s, err := c.Dial(ctx, DialRequest{URL: url + "/?token=abc", Deflate: deflate})
		if err != nil {
			t.Fatal(err)
		}
		cancel() // of the handshake: the stream lives on
		if err := s.Write(t.Context(), []byte("hello")); err != nil {
			t.Fatal(err)
		}
		data, binary, err := s.Read(t.Context())
		if err != nil || string(data) != "hello" || binary {
			t.Fatalf("got %q, %v, %v", data, binary, err)
		}
		data, binary, err = s.Read(t.Context())
		if err != nil || len(data) != 1000 || !binary {
			t.Fatalf("got %d bytes, %v, %v", len(data), binary, err)
		}
		_, _, err = s.Read(t.Context())
		if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "1001") || !strings.Contains(trouble.Why, "restarting") {
			t.Errorf("it does not say why it was closed: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if len(tapped) != 2 || string(tapped[0].Body) != "hello" || !tapped[1].Binary || strings.Contains(tapped[0].URL, "abc") {
			t.Errorf("recorded %+v", tapped)
		}
	}
}

func TestStreamLimit(t *testing.T) {
	const limit = 1000
	url := stream(t, nil, func(ctx context.Context, conn *websocket.Conn) {
		_ = conn.Write(ctx, websocket.MessageText, []byte(strings.Repeat("a", limit)))
		_ = conn.Write(ctx, websocket.MessageText, []byte(strings.Repeat("a", limit+1)))
		_, _, _ = conn.Read(ctx)
	})
	s, err := newTry(t).Dial(t.Context(), DialRequest{URL: url, MaxBytes: limit})
	if err != nil {
		t.Fatal(err)
	}
	if data, _, err := s.Read(t.Context()); err != nil || len(data) != limit {
		t.Fatalf("a message as large as the limit: %d bytes, %v", len(data), err)
	}
	_, _, err = s.Read(t.Context())
	if trouble := state(t, err, scrapers.SchemaChanged); !strings.Contains(trouble.Why, "1000 bytes") {
		t.Errorf("it does not name the limit: %v", err)
	}
}

// A small message that is large when inflated is refused as well.
func TestStreamBomb(t *testing.T) {
	url := stream(t, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover}, func(ctx context.Context, conn *websocket.Conn) {
		_ = conn.Write(ctx, websocket.MessageText, make([]byte, 2<<20))
		_, _, _ = conn.Read(ctx)
	})
	s, err := newTry(t).Dial(t.Context(), DialRequest{URL: url, Deflate: true})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Read(t.Context())
	state(t, err, scrapers.SchemaChanged)
	if s.message.Cap() > 4*streamMaxBytes {
		t.Errorf("%d bytes were held for it", s.message.Cap())
	}
}

func TestStreamHandshake(t *testing.T) {
	s := newSite(t, handlers{
		"/400": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "cursor sesame99 is too old\x1b[2J", http.StatusBadRequest)
		},
		"/401": answers(401), "/403": answers(403), "/429": answers(429, "Retry-After", "7"), "/500": answers(500),
		"/200": says("text/plain", "hello"), "/html": says("text/html", "<title>hi"), "/302": answers(302, "Location", "/403"),
	})
	url := "ws" + strings.TrimPrefix(s.URL, "http")
	for path, want := range map[string]scrapers.State{
		"/400": scrapers.SchemaChanged, "/401": scrapers.LoginWall, "/403": scrapers.Blocked, "/429": scrapers.Throttled, "/500": scrapers.Unreachable,
		"/200": scrapers.SchemaChanged, "/html": scrapers.SchemaChanged, "/404": scrapers.Unreachable, "/302": scrapers.Blocked,
	} {
		_, err := newTry(t).Dial(t.Context(), DialRequest{URL: url + path + "?cursor=sesame99"})
		trouble := state(t, err, want)
		if strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("shows what it should not: %q", err)
		}
		if path == "/400" && !strings.Contains(trouble.Why, "is too old") {
			t.Errorf("does not say what the server said: %v", err)
		}
		if path == "/429" && trouble.After != 7*time.Second {
			t.Errorf("after %s, want 7s", trouble.After)
		}
	}
}

// A server that is gone without a word is noticed; one that is only silent is not given up.
func TestStreamHeartbeat(t *testing.T) {
	l := defaultLimits
	l.heartbeat = 10 * time.Millisecond
	t.Run("silent", func(t *testing.T) {
		proceed := make(chan struct{})
		url := stream(t, nil, func(ctx context.Context, conn *websocket.Conn) {
			ctx = conn.CloseRead(ctx) // answers pings
			select {
			case <-proceed:
			case <-ctx.Done():
			}
			_ = conn.Write(ctx, websocket.MessageText, []byte("late"))
			<-ctx.Done()
		})
		s, err := newTryWithin(t, l).Dial(t.Context(), DialRequest{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*l.heartbeat, func() { close(proceed) })
		if data, _, err := s.Read(t.Context()); err != nil || string(data) != "late" {
			t.Errorf("got %q, %v", data, err)
		}
		_ = s.Close()
	})
	t.Run("gone", func(t *testing.T) {
		url := stream(t, nil, func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() })
		l := l
		l.pong = 20 * time.Millisecond
		s, err := newTryWithin(t, l).Dial(t.Context(), DialRequest{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Read(t.Context())
		if trouble := state(t, err, scrapers.Unreachable); !strings.Contains(trouble.Why, "does not answer a ping") {
			t.Errorf("does not say why: %v", err)
		}
	})
}

func TestStreamContext(t *testing.T) {
	url := stream(t, nil, func(ctx context.Context, _ *websocket.Conn) { <-ctx.Done() })
	s, err := newTry(t).Dial(t.Context(), DialRequest{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, err := s.Read(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	_, _, err = s.Read(t.Context())
	state(t, err, scrapers.Unreachable)
	state(t, s.Write(t.Context(), []byte("x")), scrapers.Unreachable)
}

func TestStreamGuard(t *testing.T) {
	c := newTry(t, func(o *Options) { o.AllowPrivate = false })
	for _, url := range []string{"ws://127.0.0.1/", "wss://[::1]/", "ws://example.org:22/", "ftp://example.org/", "ws://a:b@example.org/"} {
		_, err := c.Dial(t.Context(), DialRequest{URL: url})
		state(t, err, scrapers.Blocked)
	}
}
