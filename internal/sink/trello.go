package sink

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/message"
)

const trelloAddress = "https://api.trello.com"

// What Trello takes, in characters: 16,384 of a description and of a comment.
const (
	trelloName = 400
	trelloLine = 1000
	trelloText = 12_000
	// trelloCards is how much of the cards of a list is read, in bytes.
	trelloCards = 16 << 20
	// trelloPause is how long to wait when there were too many requests: Trello does not say, and counts them by 10 s.
	trelloPause = 10 * time.Second
)

// trello keeps a card for each thread: made at its first alert, changed with what becomes of it, and put into the
// archive when it is over. A digest is a card of its own. A card carries a mark in its description by which it is
// found again if its ID was not remembered, so that an attempt which nobody knows the end of can be repeated.
type trello struct {
	base
	network *network
	address string // scheme and host
	list    string
	auth    secret
}

func makeTrello(b base, c Config, n *network) (Sink, error) {
	t := &trello{base: b, network: n, address: trelloAddress, list: c.List}
	if c.URL != "" {
		a, err := n.address("url", c.URL)
		if err != nil {
			return nil, err
		}
		t.address = strings.TrimSuffix(a.whole.reveal(), "/")
		if u, err := url.Parse(t.address); err != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery {
			return nil, fmt.Errorf("url: what %s holds has something behind the host; write a scheme and a host alone, as in %s, or leave it out", shownReference(c.URL), trelloAddress)
		}
	}
	if len(c.List) != 24 || strings.Trim(c.List, "0123456789abcdef") != "" {
		return nil, fmt.Errorf("list = %.40q: the ID of a list has 24 of 0-9 and a-f; it stands in the address of a card with .json behind it, as idList", c.List)
	}
	key, err := n.secrets.get("key", c.Key)
	if err != nil {
		return nil, err
	}
	token, err := n.secrets.get("token", c.Token)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(key.reveal()+token.reveal(), "\" ,") {
		return nil, fmt.Errorf("key, token: what they hold has quotes, commas or blanks in it, as those of Trello never have")
	}
	t.auth = newSecret(`OAuth oauth_consumer_key="` + key.reveal() + `", oauth_token="` + token.reveal() + `"`)
	return t, nil
}

// Recognises implements [Sink]: a card is found by its mark, a comment as well.
func (*trello) Recognises() bool { return true }

// Follows implements [Sink].
func (*trello) Follows() bool { return true }

// card is one of Trello's, as far as it is looked at.
type card struct {
	ID     string `json:"id"`
	Desc   string `json:"desc"`
	Closed bool   `json:"closed"`
}

// Send implements [Sink].
func (t *trello) Send(ctx context.Context, m *message.Message) error {
	n := t.digests.noteOf(m)
	if m.Alert == nil {
		_, e := t.create(ctx, m, n, markOf("message", m.ID), true)
		return orNil(e)
	}
	mark := markOf("thread", m.Alert.Thread)
	id, fresh, e := t.cardOf(ctx, m, n, mark)
	if e != nil || id == "" || fresh && m.Kind == message.Alert {
		return orNil(e) // done, or a card that somebody deleted, of which there is nothing more to say
	}
	e = t.update(ctx, id, m, n, mark)
	if e != nil && e.Permanent && errGone(e) && m.Kind == message.Alert {
		// Deleted by somebody since: an alert is news all the same.
		_, e = t.create(ctx, m, n, mark, true)
	} else if errGone(e) {
		e = t.forget(mark)
	}
	return orNil(e)
}

// cardOf returns the ID of the thread's card; it is made for an alert if there is none. fresh says that it was made
// with all that the message says.
func (t *trello) cardOf(ctx context.Context, m *message.Message, n note, mark string) (id string, fresh bool, e *Error) {
	known, err := t.memory.Recall(mark)
	if err != nil {
		return "", false, &Error{Reason: fmt.Sprintf("cannot recall the card: %v", err)}
	}
	if len(known) > 0 {
		return string(known), false, nil
	}
	if m.Kind == message.Alert {
		id, e = t.create(ctx, m, n, mark, false)
		if e != nil || id != "" {
			return id, true, e
		}
	}
	c, e := t.find(ctx, mark)
	if e != nil || c == nil {
		return "", false, e
	}
	return c.ID, false, t.remember(mark, c.ID)
}

// create makes a card unless there is one with the mark. It returns the ID of the one that it made, and remembers it;
// of one that was there only if any is asked for.
func (t *trello) create(ctx context.Context, m *message.Message, n note, mark string, any bool) (string, *Error) {
	c, e := t.find(ctx, mark)
	if e != nil {
		return "", e
	}
	if c != nil {
		if any {
			return c.ID, nil
		}
		return "", nil
	}
	fields := t.fields(m, n, mark)
	fields["idList"], fields["pos"] = t.list, "top"
	r, e := t.ask(ctx, http.MethodPost, "/1/cards", fields)
	if e != nil {
		return "", e
	}
	var made card
	if err := json.Unmarshal(r.body, &made); err != nil || made.ID == "" {
		return "", &Error{Doubt: true, Reason: "Trello made a card and did not answer with its ID: " + t.network.said(r)}
	}
	if m.Alert == nil {
		return made.ID, nil
	}
	return made.ID, t.remember(mark, made.ID)
}

// find returns the open card of the list with the mark, or nil.
func (t *trello) find(ctx context.Context, mark string) (*card, *Error) {
	r, e := t.ask(ctx, http.MethodGet, "/1/lists/"+t.list+"/cards?filter=open&fields=desc,closed", nil)
	if e != nil {
		return nil, e
	}
	var cards []card
	if err := json.Unmarshal(r.body, &cards); err != nil {
		return nil, &Error{Reason: "Trello did not answer with the cards of the list: " + t.network.said(r)}
	}
	for i := range cards {
		if strings.HasSuffix(strings.TrimSpace(cards[i].Desc), mark) {
			return &cards[i], nil
		}
	}
	return nil, nil
}

// update brings a card up to date and says in a comment what happened.
func (t *trello) update(ctx context.Context, id string, m *message.Message, n note, mark string) *Error {
	fields := t.fields(m, n, mark)
	if m.Kind != message.Change { // whoever put the card into the archive meant it, until there is a further alert
		fields["closed"] = m.Kind == message.Over
	}
	if m.Kind != message.Over {
		if e := t.comment(ctx, id, m, n); e != nil {
			return e
		}
	}
	if _, e := t.ask(ctx, http.MethodPut, "/1/cards/"+url.PathEscape(id), fields); e != nil {
		return e
	}
	if m.Kind == message.Over {
		return t.forget(mark)
	}
	return nil
}

// comment adds a comment, unless an attempt before did.
func (t *trello) comment(ctx context.Context, id string, m *message.Message, n note) *Error {
	mark := markOf("message", m.ID)
	path := "/1/cards/" + url.PathEscape(id)
	r, e := t.ask(ctx, http.MethodGet, path+"/actions?filter=commentCard&fields=data&limit=50", nil)
	if e != nil {
		return e
	}
	if strings.Contains(string(r.body), mark) {
		return nil
	}
	n.Parts = n.Parts[:min(len(n.Parts), 2)] // what it is now and why; all else stands in the description
	n = n.within(trelloRoom())
	text := fmt.Sprintf("**%s: %s**\n\n%s\n\n%s", trelloEscape(n.Label), trelloEscape(n.Title), trelloMarkdown(n), mark)
	_, e = t.ask(ctx, http.MethodPost, path+"/actions/comments", object{"text": text})
	return e
}

func (t *trello) remember(mark, id string) *Error {
	if err := t.memory.Remember(mark, []byte(id)); err != nil {
		return &Error{Reason: fmt.Sprintf("cannot remember the card %s: %v", id, err)}
	}
	return nil
}

func (t *trello) forget(mark string) *Error {
	if err := t.memory.Remember(mark, nil); err != nil {
		return &Error{Reason: fmt.Sprintf("cannot forget a card: %v", err)}
	}
	return nil
}

// markOf is what a card or a comment is known by, in Trello and in memory.
func markOf(of, id string) string {
	sum := sha256.Sum256([]byte(of + "\x00" + id))
	return "swell-" + of + "-" + hex.EncodeToString(sum[:12])
}

func trelloRoom() room {
	return room{title: trelloName, line: trelloLine, total: trelloText, lines: 200, of: escaped(trelloEscape)}
}

// fields are those of a card that a message sets.
func (*trello) fields(m *message.Message, n note, mark string) object {
	n = n.within(trelloRoom())
	fields := object{
		"name": apart(n.Label + ": " + n.Title), // which is plain text
		"desc": trelloMarkdown(n) + "\n\n" + mark,
		"due":  nil,
	}
	if a := m.Alert; a != nil && a.ActBy != nil && m.Kind != message.Over {
		fields["due"] = a.ActBy.UTC().Format(time.RFC3339)
	}
	return fields
}

// trelloMarkdown is a note in Markdown, without its title.
func trelloMarkdown(n note) string {
	var b strings.Builder
	for _, p := range n.Parts {
		if p.Heading != "" {
			fmt.Fprintf(&b, "**%s**\n\n", trelloEscape(p.Heading))
		}
		for _, l := range p.Lines {
			fmt.Fprintf(&b, "- %s\n", markdownLine(l, trelloEscape))
		}
		b.WriteString("\n")
	}
	for _, l := range n.Links {
		fmt.Fprintf(&b, "[%s](%s)\n", l.Text, l.URL)
	}
	if n.Footer != "" {
		fmt.Fprintf(&b, "\n%s\n", trelloEscape(n.Footer))
	}
	return strings.TrimSpace(b.String())
}

func trelloEscape(s string) string { return apart(punctuation(s)) }

// goneReason marks the error of a card that is not there any more.
const goneReason = "Trello does not know the card"

func errGone(e *Error) bool { return e != nil && strings.HasPrefix(e.Reason, goneReason) }

// ask asks Trello. Its key and token go into a header, for addresses are logged on the way.
func (t *trello) ask(ctx context.Context, method, path string, body object) (*reply, *Error) {
	q := &request{who: "Trello", method: method, url: newSecret(t.address + path), header: jsonHeader()}
	q.header["Authorization"] = []string{t.auth.reveal()}
	if body != nil {
		q.body = encode(body)
	}
	if method == http.MethodGet {
		q.most = trelloCards
	}
	r, e := t.network.do(ctx, q)
	if e != nil {
		return nil, e
	}
	if e = t.network.judge(r); e == nil {
		return r, nil
	}
	e.Doubt = false // what was done is found by its mark
	switch said := strings.TrimSpace(string(r.body)); {
	case r.status == http.StatusTooManyRequests:
		e.After = max(e.After, trelloPause)
	case r.status == http.StatusUnauthorized && (strings.Contains(said, "invalid key") || strings.Contains(said, "invalid token") || strings.Contains(said, "expired token")):
		e.Off = true
		e.Reason += ": key or token do not work any more; make new ones and start again"
	case r.status == http.StatusUnauthorized:
		e.Reason += ": the token may not write to this board"
	case r.status == http.StatusNotFound && strings.HasPrefix(path, "/1/cards/"):
		e.Reason = goneReason + ": it answered " + t.network.said(r)
	case r.status == http.StatusNotFound:
		e.Reason += ": is list the ID of a list that the token can see?"
	}
	return nil, e
}
