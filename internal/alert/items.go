package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// Drawer keeps values by key, in order, and changes several together: a [store.Store]. Any goroutine may call it.
type Drawer interface {
	PutItems(items ...store.Item) error
	Item(key string) ([]byte, error)
	Items(prefix, from string) iter.Seq2[store.Item, error]
	ItemsBefore(prefix, until string) iter.Seq2[store.Item, error]
}

// Keys of the drawer.
const (
	prefixAlert = "alert/a/" // behind it the ID: in the order of time
	prefixRule  = "alert/r/" // behind it the name
	prefixMute  = "alert/m/" // behind it the ID
	keyJudge    = "alert/judge"
	keyBounds   = "alert/bounds"
)

const itemVersion = 1

// item is the stored form of an alert, a rule or a mute.
type item[T any] struct {
	Version int `json:"version"`
	Value   T   `json:"value"`
}

// alertItem is the stored form of an alert.
type alertItem struct {
	api.Alert
	// Before is how the thread of an alert that is over stood, where it was not open.
	Before *before `json:"before,omitempty"`
}

type before struct {
	State string    `json:"state"`
	Until time.Time `json:"until,omitzero"`
}

// putAlert is putItem for an alert of a thread that stands so; nil: as the alert says.
func putAlert(a *api.Alert, s *standing) (store.Item, error) {
	kept := alertItem{Alert: *a}
	if s != nil && s.over && s.state != api.AlertOpen {
		kept.Before = &before{s.state, s.until}
	}
	return putItem(prefixAlert+a.ID, kept)
}

func putItem[T any](key string, value T) (store.Item, error) {
	enc, err := json.Marshal(item[T]{itemVersion, value})
	if err == nil && len(enc) > store.MaxItemValue {
		err = fmt.Errorf("it has %d bytes", len(enc))
	}
	if err != nil {
		return store.Item{}, fmt.Errorf("alert: cannot write %s: %w", key, err)
	}
	return store.Item{Key: key, Value: enc}, nil
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
