package api

import "time"

// NotesPath is the path of the notes; behind it and a slash stands the ID of one.
const NotesPath = Base + "/notes"

// NotesAnswer is what GET /api/v1/notes gives, oldest first.
type NotesAnswer struct {
	Demo  bool   `json:"demo,omitzero"`
	Notes []Note `json:"notes"`
}

// Note is what somebody has written beside a term, at a moment of its course: what POST /api/v1/notes takes and gives. There
// ID and Made, which the server fills in, are passed over.
type Note struct {
	ID   string    `json:"id"` // letters, digits and '-'
	Kind string    `json:"kind"`
	Key  string    `json:"key"`
	At   time.Time `json:"at"`   // what it is about
	Text string    `json:"text"` // one paragraph, up to 500 characters
	Made time.Time `json:"made"` // by the server's clock
}
