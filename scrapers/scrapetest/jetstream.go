package scrapetest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Jetstream is a fake server of Bluesky's Jetstream: GET /subscribe, a WebSocket that tells every event of the
// network, from a cursor on or from now. It speaks the form that servers of the first and the
// second version share. Around each post it tells of other things, as the real one does: identities, accounts,
// deletions, edits, and likes where they are asked for.
//
// To hold a whole program against it, serve it by [Open] and name "ws" + the site's URL without "http" as
// the host:
//
//	site, err := scrapetest.Open(scrapetest.NewJetstream(scrapetest.Crowd(20_000, 1), time.Now))
//	host := "ws" + strings.TrimPrefix(site.URL, "http")
//
// What it should have delivered is what the same [Posts] function tells: the platform is "bluesky",
// the ID [Jetstream.RecordID]. Set the fields before the first request.
type Jetstream struct {
	// Keep is how long events are kept: older cursors begin there.
	Keep time.Duration
	// Close closes a connection after about so many events, at random and in several ways; 0: never.
	Close int
	// Drip is how long it waits after every message.
	Drip time.Duration
	// Seed is of the randomness of Close.
	Seed uint64

	posts Posts
	now   func() time.Time
	conns atomic.Uint64
	sent  atomic.Int64
}

// NewJetstream returns a server that tells of the posts, by a clock.
func NewJetstream(posts Posts, now func() time.Time) *Jetstream {
	return &Jetstream{Keep: 36 * time.Hour, posts: posts, now: now}
}

// RecordID returns the ID under which a post is known.
func (j *Jetstream) RecordID(p Post) string { return "did:plc:" + p.Author + "/" + p.ID }

// Sent returns how many messages were sent so far, to all connections.
func (j *Jetstream) Sent() int64 { return j.sent.Load() }

// poll is how often a connection that has told everything looks for more.
const poll = 5 * time.Millisecond

// ServeHTTP implements http.Handler.
func (j *Jetstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/subscribe" {
		http.NotFound(w, r)
		return
	}
	q, err := parseSubscription(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	begin := j.begin(q.cursor)
	mode := websocket.CompressionContextTakeover
	if q.compress {
		mode = websocket.CompressionDisabled
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: mode})
	if err != nil {
		return // the answer has been given
	}
	defer func() { _ = conn.CloseNow() }() // it may be closed already
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	t := &telling{Jetstream: j, conn: conn, binary: q.compress, number: j.conns.Add(1)}
	t.filter.Store(&q.filter)
	hello := make(chan struct{})
	go t.listen(ctx, cancel, hello)
	if q.requireHello {
		select {
		case <-hello:
		case <-ctx.Done():
			return
		}
	}
	t.tell(ctx, begin)
}

// begin returns the time of the first event that a cursor asks for.
func (j *Jetstream) begin(cursor int64) time.Time {
	now := j.now()
	at := time.UnixMicro(cursor)
	switch {
	case cursor == 0 || at.After(now):
		return now
	case at.Before(now.Add(-j.Keep)):
		return now.Add(-j.Keep)
	}
	return at
}

// telling is one connection.
type telling struct {
	*Jetstream
	conn   *websocket.Conn
	binary bool
	number uint64
	filter atomic.Pointer[filter]
	events uint64 // sent
	buf    []byte
	packed []byte
}

// listen reads what the client says, until it leaves.
func (t *telling) listen(ctx context.Context, cancel context.CancelFunc, hello chan<- struct{}) {
	defer cancel()
	for met := false; ; {
		_, message, err := t.conn.Read(ctx)
		if err != nil {
			return
		}
		var m struct {
			Type    string `json:"type"`
			Payload struct {
				Collections []string `json:"wantedCollections"`
				DIDs        []string `json:"wantedDids"`
				Most        int      `json:"maxMessageSizeBytes"`
			} `json:"payload"`
		}
		if err := json.Unmarshal(message, &m); err != nil {
			_ = t.conn.Close(websocket.StatusPolicyViolation, "invalid message")
			return
		}
		if m.Type != "options_update" {
			continue
		}
		f, err := newFilter(m.Payload.Collections, m.Payload.DIDs, m.Payload.Most)
		if err != nil {
			_ = t.conn.Close(websocket.StatusPolicyViolation, err.Error())
			return
		}
		t.filter.Store(f)
		if !met {
			met = true
			close(hello)
		}
	}
}

// tell sends all events from a time on: at full speed what is past, then what comes.
func (t *telling) tell(ctx context.Context, from time.Time) {
	const least, most = 10 * time.Millisecond, time.Hour
	step := time.Second
	for ctx.Err() == nil {
		now := t.now()
		to := from.Add(step)
		if live := to.After(now); live {
			to = now
		}
		posts := t.posts(from, to)
		for i := range posts {
			if !t.around(ctx, &posts[i]) {
				return
			}
		}
		switch from = to; { // so much at once as is neither work for nothing nor a lot of memory
		case len(posts) < 100 && step < most:
			step *= 2
		case len(posts) > 5000 && step > least:
			step /= 2
		}
		if to.Equal(now) && !wait(ctx, poll) {
			return
		}
	}
}

// around sends a post and what happens around it, and reports whether to go on.
func (t *telling) around(ctx context.Context, p *Post) bool {
	f := t.filter.Load()
	h := mix(uint64(p.At.UnixNano()))
	if h%7 == 0 && !t.send(ctx, f, "did:plc:"+p.Author, "", appendIdentity(t.buf[:0], p)) {
		return false
	}
	did := "did:plc:" + p.Author
	if !t.send(ctx, f, did, postCollection, appendPost(t.buf[:0], p, "create")) {
		return false
	}
	if h>>8%13 == 0 && !t.send(ctx, f, did, "", appendAccount(t.buf[:0], p)) {
		return false
	}
	if h>>16%11 == 0 && !t.send(ctx, f, did, postCollection, appendDelete(t.buf[:0], p)) {
		return false
	}
	if h>>24%17 == 0 && !t.send(ctx, f, did, postCollection, appendPost(t.buf[:0], p, "update")) {
		return false
	}
	return h>>32%2 == 0 || t.send(ctx, f, did, likeCollection, appendLike(t.buf[:0], p))
}

// send sends an event if it is wanted. It owns the event's memory from then on.
func (t *telling) send(ctx context.Context, f *filter, did, collection string, event []byte) bool {
	t.buf = event
	if !f.wants(did, collection, len(event)) {
		return true
	}
	kind := websocket.MessageText
	if t.binary {
		t.packed = jetstreamEncoder().EncodeAll(event, t.packed[:0])
		event, kind = t.packed, websocket.MessageBinary
	}
	if t.conn.Write(ctx, kind, event) != nil {
		return false
	}
	t.sent.Add(1)
	t.events++
	if t.Drip > 0 && !wait(ctx, t.Drip) {
		return false
	}
	return t.Close == 0 || !t.leave()
}

// leave closes the connection if it is time to.
func (t *telling) leave() bool {
	h := mix(t.Seed ^ mix(t.number))
	if t.events < uint64(t.Close)/2+h%uint64(t.Close) {
		return false
	}
	switch h >> 40 % 3 {
	case 0:
		_ = t.conn.CloseNow() // as where a cable is cut
	case 1:
		_ = t.conn.Close(websocket.StatusInternalError, "too slow")
	default:
		_ = t.conn.Close(websocket.StatusGoingAway, "server shutting down")
	}
	return true
}

func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// wanted reports whether a collection is among the patterns, "app.bsky.feed.post" or "app.bsky.*".
func wanted(patterns []string, collection string) bool {
	for _, p := range patterns {
		if p == collection || strings.HasSuffix(p, "*") && strings.HasPrefix(collection, p[:len(p)-1]) {
			return true
		}
	}
	return false
}
