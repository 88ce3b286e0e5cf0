package store

import (
	"errors"
	"iter"
)

// Item is a value of the drawer under its key. A nil Value stands for none.
type Item struct {
	Key   string
	Value []byte
}

// The limits of items.
const (
	MaxItemKey   = 256     // bytes
	MaxItemValue = 1 << 20 // bytes
	MaxItems     = 1000    // that change at once
)

// PutItems changes items together: a crash or a reader finds all of the changes or none. A nil value deletes.
// The drawer is for what goes on from run to run, belongs to no snapshot and is looked through in order: alerts,
// messages that wait. [Store.Reset] leaves it. What was put survives the death of the process when PutItems
// returns, and a power cut after the next sync. Any goroutine may call it beside the writer.
func (s *Store) PutItems(items ...Item) error { return errors.New("not there yet") }

// Item returns the value of a key, nil if there is none. An error that wraps [ErrDamaged] means that it is lost.
func (s *Store) Item(key string) ([]byte, error) { return nil, errors.New("not there yet") }

// Items yields the items whose keys begin with prefix and are not before from, rising by key. An item that is
// damaged is yielded with its key and an error that wraps [ErrDamaged]; any other error ends it.
func (s *Store) Items(prefix, from string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {}
}

// ItemsBefore is [Store.Items] falling by key, from the last that is before the key until; empty: from the end.
func (s *Store) ItemsBefore(prefix, until string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {}
}
