package api

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// NotesPath is the path of the notes; behind it and a slash stands the ID of one.
const NotesPath = Base + "/notes"

// NotePath returns the escaped path of a note.
func NotePath(id string) string { return NotesPath + "/" + url.PathEscape(id) }

// NotesAnswer is what GET /api/v1/notes gives, oldest first.
type NotesAnswer struct {
	Demo  bool   `json:"demo,omitzero"`
	Notes []Note `json:"notes"`
}

// Note is what somebody has written beside a term, at a moment of its course: what POST /api/v1/notes takes and gives. There
// Key may be any spelling, At may be left out for the moment itself, and ID and Made, which the server fills in, are passed over.
type Note struct {
	ID   string    `json:"id"` // letters, digits and '-'
	Kind string    `json:"kind"`
	Key  string    `json:"key"`
	At   time.Time `json:"at"`   // what it is about
	Text string    `json:"text"` // one paragraph, up to 500 characters
	Made time.Time `json:"made"` // by the server's clock
}

// Notes asks for notes. The query has the parameters of GET /api/v1/notes.
func (c Client) Notes(ctx context.Context, query url.Values) (out NotesAnswer, err error) {
	return out, c.get(ctx, NotesPath, query, &out)
}

// AddNote writes a note, and returns it as it is kept.
func (c Client) AddNote(ctx context.Context, n Note) (out Note, err error) {
	_, err = c.ask(ctx, http.MethodPost, NotesPath, nil, n, nil, &out)
	return out, err
}

// DeleteNote deletes a note.
func (c Client) DeleteNote(ctx context.Context, id string) error {
	_, err := c.ask(ctx, http.MethodDelete, NotePath(id), nil, nil, nil, nil)
	return err
}
