package scrapetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Nostr is a fake relay of Nostr (NIP-01): a WebSocket that answers REQ with stored notes, newest first, EOSE,
// and then new ones as they come. Set the fields before the first request.
type Nostr struct {
	// Most is how many stored notes it gives at once, whatever limit it is asked for.
	Most int
	// Close closes a connection after about so many messages, at random; 0: never.
	Close int
	// Forge gives every so manyth note the ID of another; 0: none.
	Forge int
	// Refuse is the reason with which it refuses every REQ ("auth-required: log in first"); empty: none.
	Refuse string
	// RefusePast is the same for a REQ that ends at a time.
	RefusePast string
	// Seed is of the randomness of Close.
	Seed uint64

	posts Posts
	now   func() time.Time
	conns atomic.Uint64
}

// NewNostr returns a relay that has the posts, by a clock.
func NewNostr(posts Posts, now func() time.Time) *Nostr {
	return &Nostr{Most: 500, posts: posts, now: now}
}

// NostrID returns the ID of the note that a post is.
func NostrID(p Post) string {
	id, _ := nostrEvent(&p)
	return id
}

// nostrEvent returns the ID of a post's event, and the event.
func nostrEvent(p *Post) (id string, event []byte) {
	author := sha256.Sum256([]byte(p.Author))
	key := hex.EncodeToString(author[:])
	tags := [][]string{}
	for _, tag := range append(textTags(p.Text), p.Tags...) {
		tags = append(tags, []string{"t", strings.ToLower(tag)})
	}
	if p.Link != "" {
		tags = append(tags, []string{"r", p.Link})
	}
	if p.Lang != "" {
		tags = append(tags, []string{"L", "ISO-639-1"}, []string{"l", p.Lang, "ISO-639-1"})
	}
	body, content := plainJSON(tags), plainJSON(p.Text)
	signed := fmt.Sprintf(`[0,"%s",%d,1,%s,%s]`, key, p.At.Unix(), body, content)
	sum := sha256.Sum256([]byte(signed))
	id = hex.EncodeToString(sum[:])
	return id, fmt.Appendf(nil, `{"content":%s,"created_at":%d,"id":"%s","kind":1,"pubkey":"%s","sig":"%s%s","tags":%s}`,
		content, p.At.Unix(), id, key, id, id, body)
}

// plainJSON returns strings as JSON that escapes no more than NIP-01 does.
func plainJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // strings always have a form
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// textTags returns the hashtags in a text.
func textTags(text string) []string {
	var tags []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n.,!?", r) }) {
		if tag := strings.TrimLeft(word, "#"); tag != word && tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// nostrFilter is what a client asks for.
type nostrFilter struct {
	Kinds []int  `json:"kinds"`
	Since int64  `json:"since"`
	Until int64  `json:"until"`
	Limit *int   `json:"limit"`
	id    string // of the subscription
}

// relaying is one connection.
type relaying struct {
	*Nostr
	conn     *websocket.Conn
	number   uint64
	messages int
	notes    int
	subs     map[string]nostrFilter // those that are open, with what comes from now on
}

// ServeHTTP implements http.Handler.
func (n *Nostr) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // the answer has been given
	}
	defer func() { _ = conn.CloseNow() }() // it may be closed already
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	asked := make(chan []byte)
	go func() {
		defer cancel()
		for {
			_, message, err := conn.Read(ctx)
			if err != nil {
				return
			}
			select {
			case asked <- message:
			case <-ctx.Done():
				return
			}
		}
	}()
	c := &relaying{Nostr: n, conn: conn, number: n.conns.Add(1), subs: map[string]nostrFilter{}}
	from := n.now()
	for {
		select {
		case <-ctx.Done():
			return
		case message := <-asked:
			if !c.answer(ctx, message, &from) {
				return
			}
		case <-time.After(poll):
			now := n.now()
			if !c.news(ctx, from, now) {
				return
			}
			from = now
		}
	}
}

// answer answers one message, and reports whether to go on. What is stored ends at *from.
func (c *relaying) answer(ctx context.Context, message []byte, from *time.Time) bool {
	var parts []json.RawMessage
	var kind, id string
	if json.Unmarshal(message, &parts) != nil || len(parts) < 2 || json.Unmarshal(parts[0], &kind) != nil || json.Unmarshal(parts[1], &id) != nil {
		return c.send(ctx, `["NOTICE","error: could not parse that"]`)
	}
	switch kind {
	case "CLOSE":
		delete(c.subs, id)
		return true
	case "REQ":
	default:
		return c.send(ctx, `["NOTICE","error: unknown kind of message"]`)
	}
	f := nostrFilter{id: id}
	switch {
	case c.Refuse != "":
		return c.send(ctx, fmt.Sprintf(`["CLOSED",%q,%q]`, id, c.Refuse))
	case len(parts) < 3 || json.Unmarshal(parts[2], &f) != nil:
		return c.send(ctx, fmt.Sprintf(`["CLOSED",%q,"invalid: no filter"]`, id))
	case c.RefusePast != "" && f.Until != 0:
		return c.send(ctx, fmt.Sprintf(`["CLOSED",%q,%q]`, id, c.RefusePast))
	case len(c.subs) >= 20:
		return c.send(ctx, fmt.Sprintf(`["CLOSED",%q,"error: too many subscriptions"]`, id))
	}
	if len(c.subs) == 0 {
		*from = c.now() // nobody has waited for what came since
	}
	c.subs[id] = f
	for _, p := range c.stored(f, *from) {
		if !c.note(ctx, id, &p) {
			return false
		}
	}
	return c.send(ctx, fmt.Sprintf(`["EOSE",%q]`, id))
}

// stored returns the newest notes before end that a filter asks for, newest first.
func (c *relaying) stored(f nostrFilter, end time.Time) []Post {
	limit := c.Most
	if f.Limit != nil {
		limit = min(limit, *f.Limit)
	}
	if !f.notes() {
		return nil
	}
	if until := time.Unix(f.Until+1, 0); f.Until != 0 && until.Before(end) {
		end = until
	}
	var out []Post
	since := time.Unix(f.Since, 0)
	for step := time.Minute; len(out) < limit && end.After(since); step *= 2 {
		begin := end.Add(-step)
		if begin.Before(since) {
			begin = since
		}
		posts := c.posts(begin, end)
		slices.Reverse(posts)
		out, end = append(out, posts...), begin
	}
	return out[:min(len(out), limit)]
}

func (f *nostrFilter) notes() bool { return len(f.Kinds) == 0 || slices.Contains(f.Kinds, 1) }

// news sends what has come to whom it concerns.
func (c *relaying) news(ctx context.Context, from, to time.Time) bool {
	if len(c.subs) == 0 || !to.After(from) {
		return true
	}
	posts := c.posts(from, to)
	for i := range posts {
		p := &posts[i]
		for _, id := range slices.Sorted(maps.Keys(c.subs)) {
			f := c.subs[id]
			if at := p.At.Unix(); at < f.Since || f.Until != 0 && at > f.Until || !f.notes() {
				continue
			}
			if !c.note(ctx, id, p) {
				return false
			}
		}
	}
	return true
}

// note sends a note.
func (c *relaying) note(ctx context.Context, id string, p *Post) bool {
	own, event := nostrEvent(p)
	if c.notes++; c.Forge > 0 && c.notes%c.Forge == 0 {
		event = []byte(strings.Replace(string(event), own, hex.EncodeToString(sha256.New().Sum(nil)), 1))
	}
	return c.send(ctx, `["EVENT",`+strconv.Quote(id)+`,`+string(event)+`]`)
}

// send sends a message, and reports whether to go on.
func (c *relaying) send(ctx context.Context, message string) bool {
	if c.conn.Write(ctx, websocket.MessageText, []byte(message)) != nil {
		return false
	}
	c.messages++
	h := mix(c.Seed ^ mix(c.number))
	return c.Close == 0 || uint64(c.messages) < uint64(c.Close)/2+h%uint64(c.Close)
}
