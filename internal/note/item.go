package note

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// Drawer keeps values by key, in order, and changes several together: a [store.Store]. Any goroutine may call it.
type Drawer interface {
	PutItems(items ...store.Item) error
	Items(prefix, from string) iter.Seq2[store.Item, error]
}

// Keys of the drawer.
const (
	prefixNote = "note/n/" // behind it the ID
	keyLast    = "note/last"
)

const itemVersion = 1

// item is the stored form of a note, or of the number of the one made last.
type item[T any] struct {
	Version int `json:"version"`
	Value   T   `json:"value"`
}

func putItem[T any](key string, value T) (store.Item, error) {
	data, err := json.Marshal(item[T]{itemVersion, value})
	if err != nil {
		return store.Item{}, fmt.Errorf("note: cannot write %s: %w", key, err)
	}
	return store.Item{Key: key, Value: data}, nil
}

// readItem reads what putItem wrote. Errors wrap [ErrCorrupt].
func readItem[T any](data []byte) (value T, err error) {
	var doc item[T]
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&doc); err != nil {
		return value, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if doc.Version != itemVersion {
		return value, fmt.Errorf("%w: version %d, this program reads %d", ErrCorrupt, doc.Version, itemVersion)
	}
	return doc.Value, nil
}

// idOf returns the ID of the note of a number: rising as numbers do.
func idOf(number uint64) string { return fmt.Sprintf("n%012d", number) }

// numberOf undoes idOf.
func numberOf(id string) (number uint64, err error) {
	if _, err := fmt.Sscanf(id, "n%d", &number); err != nil || idOf(number) != id {
		return 0, fmt.Errorf("%w: %.40q is no ID", ErrCorrupt, id)
	}
	return number, nil
}

// readNote reads a note that is kept under an ID.
func readNote(id string, data []byte) (api.Note, uint64, error) {
	n, err := readItem[api.Note](data)
	if err != nil {
		return n, 0, err
	}
	if n.ID != id {
		return n, 0, fmt.Errorf("%w: it is called %.40q", ErrCorrupt, n.ID)
	}
	number, err := numberOf(id)
	return n, number, err
}
