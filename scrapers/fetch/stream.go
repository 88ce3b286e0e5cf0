package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/swell-radar/swell/scrapers"
)

// DialRequest says which WebSocket to open.
type DialRequest struct {
	URL      string      // ws or wss
	Header   http.Header // of the handshake, beside what fetch sets itself; nil: none
	MaxBytes int64       // of one message, decompressed; 0: 1 MiB
	Deflate  bool        // offer permessage-deflate
}

// streamMaxBytes bounds messages where nobody says otherwise.
const streamMaxBytes = 1 << 20

// Stream is a WebSocket. Read may be called from one goroutine at a time, the others from any.
type Stream struct {
	c    *Client
	url  *url.URL
	conn *websocket.Conn

	most    int64         // bytes of a message
	message bytes.Buffer  // the last one read
	beat    *time.Timer   // pings while Read waits
	reads   atomic.Uint64 // calls of Read that have begun, and those that have ended: odd while one waits
	silent  atomic.Bool   // a ping was not answered
}

// Dial opens a WebSocket (ws or wss). Its errors are as those of [Client.Get], and so are
// the rules for its handshake; robots.txt is not asked, since streams are interfaces for programs.
// ctx ends the handshake, not the stream.
func (c *Client) Dial(ctx context.Context, q DialRequest) (*Stream, error) {
	u, err := parse(q.URL)
	if err != nil {
		return nil, err
	}
	asked := *u
	switch u.Scheme {
	case "ws":
		asked.Scheme = "http"
	case "wss":
		asked.Scheme = "https"
	}
	if err := c.f.guard.checkURL(&asked); err != nil {
		return nil, err
	}
	most := q.MaxBytes
	if most <= 0 {
		most = streamMaxBytes
	}
	x := &exchange{c: c, api: true, kind: handshake, limit: errorBody, header: q.Header, hide: secrets(u, q.Header)}
	o := &websocket.DialOptions{HTTPClient: x.client(), HTTPHeader: q.Header.Clone()}
	if q.Deflate {
		o.CompressionMode = websocket.CompressionContextTakeover
	}
	conn, _, err := websocket.Dial(ctx, asked.String(), o)
	if err != nil {
		return nil, asTrouble(ctx, u, err)
	}
	conn.SetReadLimit(most)
	s := &Stream{c: c, url: u, conn: conn, most: most}
	s.beat = time.AfterFunc(math.MaxInt64, s.ping)
	return s, nil
}

// Read returns the next message, valid until the next call, and whether it is binary. It waits for as
// long as there is none, and pings the server meanwhile, so that one which is gone without a word is
// noticed. Its errors are [*scrapers.Trouble], or ctx's; after any of them the stream is closed.
func (s *Stream) Read(ctx context.Context) (data []byte, binary bool, err error) {
	s.reads.Add(1)
	s.beat.Reset(s.c.f.limits.heartbeat)
	data, binary, err = s.read(ctx)
	s.reads.Add(1)
	s.beat.Stop()
	if err != nil {
		_ = s.Close() // it is of no more use
		return nil, false, s.trouble(ctx, err)
	}
	if tap := s.c.f.o.Tap; tap != nil {
		tap(Exchange{At: s.c.f.o.Now(), Source: s.c.source, URL: discreet(s.url), Body: data, Binary: binary})
	}
	return data, binary, nil
}

// mostKept is how large the memory for messages stays after a large one.
const mostKept = 256 << 10

func (s *Stream) read(ctx context.Context) ([]byte, bool, error) {
	kind, r, err := s.conn.Reader(ctx)
	if err != nil {
		return nil, false, err
	}
	if s.message.Cap() > mostKept {
		s.message = bytes.Buffer{}
	}
	s.message.Reset()
	_, err = s.message.ReadFrom(r)
	return s.message.Bytes(), kind == websocket.MessageBinary, err
}

// ping asks a server that has been silent for a sign. It is missed only where one call of Read has waited for it
// all the time: a source that is busy does not read the answer.
func (s *Stream) ping() {
	waits := s.reads.Load()
	if waits%2 == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.c.f.limits.pong)
	defer cancel()
	err := s.conn.Ping(ctx)
	switch {
	case s.reads.Load() != waits:
	case err == nil:
		s.beat.Reset(s.c.f.limits.heartbeat)
	default:
		s.silent.Store(true)
		_ = s.conn.CloseNow() // Read returns by it
	}
}

// Write sends a text message. Its errors are as those of Read.
func (s *Stream) Write(ctx context.Context, data []byte) error {
	if err := s.conn.Write(ctx, websocket.MessageText, data); err != nil {
		_ = s.Close() // it is of no more use
		return s.trouble(ctx, err)
	}
	return nil
}

// Close closes the connection at once. It may be called more than once.
func (s *Stream) Close() error {
	s.beat.Stop()
	_ = s.conn.CloseNow() // that it is closed already is no error
	return nil
}

// trouble returns what became of a stream.
func (s *Stream) trouble(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return scrapers.NewTrouble(scrapers.SchemaChanged, "%s: a message is larger than %d bytes, the most that is read of one; the stream is closed", shown(s.url), s.most)
	}
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return s.closed(closed)
	}
	if s.silent.Load() {
		return scrapers.NewTrouble(scrapers.Unreachable, "%s: it sends nothing and does not answer a ping", shown(s.url))
	}
	return asTrouble(ctx, s.url, err)
}

// closed returns what it means that the server has closed the stream (RFC 6455, 7.4.1).
func (s *Stream) closed(e websocket.CloseError) error {
	state := scrapers.Unreachable
	switch e.Code {
	case websocket.StatusPolicyViolation:
		state = scrapers.Blocked
	case websocket.StatusTryAgainLater:
		state = scrapers.Throttled
	}
	why := fmt.Sprintf("it closed the stream (code %d)", e.Code)
	if e.Reason != "" {
		a := &answer{header: http.Header{"Content-Type": {"text/plain"}}, body: []byte(e.Reason), hide: secrets(s.url, nil)}
		why += ": " + a.text()
	}
	return scrapers.NewTrouble(state, "%s: %s", shown(s.url), why)
}
