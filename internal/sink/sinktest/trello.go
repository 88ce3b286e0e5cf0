package sinktest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Trello is a board with one list.
type Trello struct {
	List, Key, Token string

	mu struct {
		sync.Mutex
		cards    []TrelloCard
		next     map[string][]Answer // by method
		requests []Request
	}
}

// TrelloCard is a card.
type TrelloCard struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Desc     string   `json:"desc"`
	Due      *string  `json:"due"`
	Closed   bool     `json:"closed"`
	Comments []string `json:"-"`
}

// TrelloLimited is how Trello answers when there were too many requests with a token.
func TrelloLimited() Answer {
	return Answer{Status: 429, Body: `{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit exceeded"}`}
}

// NewTrello returns a board with an empty list.
func NewTrello(list, key, token string) *Trello { return &Trello{List: list, Key: key, Token: token} }

// Cards returns the cards, the closed ones included, oldest first.
func (t *Trello) Cards() []TrelloCard {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.mu.cards)
}

// Requests returns all that was asked.
func (t *Trello) Requests() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.mu.requests)
}

// Delete deletes all cards, as somebody may.
func (t *Trello) Delete() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.cards = nil
}

// Next gives answers to the next requests with a method.
func (t *Trello) Next(method string, answers ...Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mu.next == nil {
		t.mu.next = map[string][]Answer{}
	}
	t.mu.next[method] = append(t.mu.next[method], answers...)
}

// ServeHTTP implements [http.Handler].
func (t *Trello) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t.answer(q, r).write(w)
}

func (t *Trello) answer(q *Request, r *http.Request) *Answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.requests = append(t.mu.requests, *q)
	if next := t.mu.next[q.Method]; len(next) > 0 {
		t.mu.next[q.Method] = next[1:]
		if next[0].Take {
			t.do(q, r)
		}
		return &next[0]
	}
	return t.do(q, r)
}

func (t *Trello) do(q *Request, r *http.Request) *Answer {
	auth := q.Header.Get("Authorization")
	switch {
	case !strings.Contains(auth, fmt.Sprintf("oauth_consumer_key=%q", t.Key)):
		return no(401, "invalid key")
	case !strings.Contains(auth, fmt.Sprintf("oauth_token=%q", t.Token)):
		return no(401, "invalid token")
	}
	path := strings.Split(strings.Trim(q.Path, "/"), "/")
	switch {
	case q.Method == "POST" && q.Path == "/1/cards":
		return t.create(q)
	case q.Method == "GET" && len(path) == 4 && path[1] == "lists" && path[3] == "cards":
		return t.cardsOf(path[2], r.URL.Query().Get("filter"))
	case len(path) >= 3 && path[1] == "cards":
		i := slices.IndexFunc(t.mu.cards, func(c TrelloCard) bool { return c.ID == path[2] })
		if i < 0 {
			return no(404, "The requested resource was not found.")
		}
		return t.card(q, &t.mu.cards[i], path[3:])
	}
	return no(404, "Cannot "+q.Method+" "+q.Path)
}

// trelloFields are what is set of a card.
type trelloFields struct {
	IDList string  `json:"idList"`
	Name   *string `json:"name"`
	Desc   *string `json:"desc"`
	Due    *string `json:"due"`
	Closed *bool   `json:"closed"`
	Text   *string `json:"text"`
}

func (f *trelloFields) wrong() *Answer {
	for name, value := range map[string]*string{"name": f.Name, "desc": f.Desc, "text": f.Text} {
		if value != nil && Units(*value) > 16_384 {
			return no(400, "invalid value for "+name)
		}
	}
	if f.Due != nil {
		if _, err := time.Parse(time.RFC3339, *f.Due); err != nil {
			return no(400, "invalid value for due")
		}
	}
	return nil
}

func (f *trelloFields) set(c *TrelloCard) {
	if f.Name != nil {
		c.Name = *f.Name
	}
	if f.Desc != nil {
		c.Desc = *f.Desc
	}
	if f.Closed != nil {
		c.Closed = *f.Closed
	}
	c.Due = f.Due
}

func (t *Trello) create(q *Request) *Answer {
	var f trelloFields
	if err := json.Unmarshal(q.Body, &f); err != nil {
		return no(400, "Error parsing body: "+err.Error())
	}
	if f.IDList != t.List {
		return no(404, "could not find the list")
	}
	if a := f.wrong(); a != nil {
		return a
	}
	c := TrelloCard{ID: fmt.Sprintf("%024x", len(t.mu.cards)+1)}
	f.set(&c)
	t.mu.cards = append(t.mu.cards, c)
	return said(c)
}

func (t *Trello) cardsOf(list, filter string) *Answer {
	if list != t.List {
		return no(404, "The requested resource was not found.")
	}
	out := []TrelloCard{}
	for _, c := range t.mu.cards {
		if filter == "all" || c.Closed == (filter == "closed") {
			out = append(out, c)
		}
	}
	return said(out)
}

func (t *Trello) card(q *Request, c *TrelloCard, rest []string) *Answer {
	var f trelloFields
	if len(q.Body) > 0 {
		if err := json.Unmarshal(q.Body, &f); err != nil {
			return no(400, "Error parsing body: "+err.Error())
		}
	}
	if a := f.wrong(); a != nil {
		return a
	}
	switch path := strings.Join(rest, "/"); {
	case q.Method == "PUT" && path == "":
		f.set(c)
		return said(*c)
	case q.Method == "GET" && path == "actions":
		actions := []map[string]any{}
		for _, text := range c.Comments {
			actions = append(actions, map[string]any{"type": "commentCard", "data": map[string]string{"text": text}})
		}
		return said(actions)
	case q.Method == "POST" && path == "actions/comments" && f.Text != nil:
		c.Comments = append(c.Comments, *f.Text)
		return said(map[string]string{"id": "1"})
	}
	return no(404, "Cannot "+q.Method+" "+q.Path)
}

func said(v any) *Answer {
	body, err := json.Marshal(v)
	if err != nil {
		return no(500, err.Error())
	}
	return &Answer{Status: 200, Header: map[string]string{"Content-Type": "application/json"}, Body: string(body)}
}

// Clear takes back the answers of [Trello.Next] that were not given.
func (t *Trello) Clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.next = nil
}
