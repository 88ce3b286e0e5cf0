// Package note keeps what people have written beside terms, from run to run.
//
// A [Book] has all notes in memory: there are [MaxNotes] at most. It starts no goroutine and looks at no clock. Any
// goroutine may call it.
package note

import "errors"

// The limits of notes.
const (
	MaxNotes = 5000
	MaxText  = 500 // characters
)

var (
	// ErrInvalid is wrapped by errors about a note that cannot be.
	ErrInvalid = errors.New("note: invalid")
	// ErrNotFound is wrapped by errors about a note that there is not.
	ErrNotFound = errors.New("note: there is no such note")
	// ErrLimit is wrapped by errors about one note too many.
	ErrLimit = errors.New("note: too many")
	// ErrCorrupt is wrapped by errors about a stored note that cannot be read.
	ErrCorrupt = errors.New("note: corrupt")
)
