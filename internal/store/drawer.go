package store

import (
	"fmt"
	"iter"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// Item is a value of the drawer under its key. A nil Value stands for none.
type Item struct {
	Key   string
	Value []byte
}

// The limits of items.
const (
	MaxItemKey   = 256       // bytes, at least one
	MaxItemValue = 512 << 10 // bytes
	MaxItems     = 1000      // that change at once
	MaxItemBytes = 1 << 20   // keys and values that change at once
)

const (
	drawerFormat = 1
	// drawerKeyLeast is how long the shortest key of the table is.
	drawerKeyLeast = 2
)

func drawerKey(key string) []byte { return append([]byte{tabDrawer}, key...) }

// PutItems changes items together: a crash or a reader finds all of the changes or none. A nil value deletes; of
// two changes of one key the later one counts. The drawer is for what goes on from run to run, belongs to no
// snapshot and is looked through in order: alerts, messages that wait. [Store.Reset] leaves it. What was put
// survives the death of the process when PutItems returns, and a power cut after the next sync. Any goroutine may
// call it beside the writer. Beyond the limits nothing is changed, and the error wraps [ErrInvalid].
func (s *Store) PutItems(items ...Item) error {
	if s.readOnly {
		return fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if err := checkItems(items); err != nil {
		return err
	}
	if err := s.begin(); err != nil {
		return err
	}
	defer s.end()
	if err := s.room(); err != nil {
		return fmt.Errorf("cannot keep %d items: %w", len(items), err)
	}
	err := s.db.Update(func(tx *badger.Txn) error {
		for _, item := range items {
			key := drawerKey(item.Key)
			if item.Value == nil {
				if err := tx.Delete(key); err != nil {
					return err
				}
				continue
			}
			if err := tx.Set(key, seal(key, append([]byte{drawerFormat}, item.Value...))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot keep %d items: %w", len(items), err)
	}
	return nil
}

func checkItems(items []Item) error {
	if len(items) > MaxItems {
		return invalid("%d items at once, at most %d are possible", len(items), MaxItems)
	}
	size := 0
	for _, item := range items {
		if item.Key == "" || len(item.Key) > MaxItemKey || len(item.Value) > MaxItemValue {
			return invalid("an item of %d bytes called %.40q: at most %d are kept, with a key of 1 to %d", len(item.Value), item.Key, MaxItemValue, MaxItemKey)
		}
		size += len(item.Key) + len(item.Value)
	}
	if size > MaxItemBytes {
		return invalid("items of %d bytes at once, at most %d are possible", size, MaxItemBytes)
	}
	return nil
}

// Item returns the value of a key, nil if there is none. An error that wraps [ErrDamaged] means that it is lost.
func (s *Store) Item(key string) ([]byte, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	defer s.end()
	var value []byte
	err := s.view(func(tx *badger.Txn) error {
		k := drawerKey(key)
		body, err := get(tx, k)
		if body == nil || err != nil {
			return err
		}
		value, err = decodeItem(k, body)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the item %.40q: %w", key, err)
	}
	return value, nil
}

// decodeItem returns the value of an item; never nil without an error.
func decodeItem(key, body []byte) ([]byte, error) {
	r := reader{buf: body}
	r.format(drawerFormat)
	return append([]byte{}, r.buf...), decodeError(key, r.err)
}

// Items yields the items whose keys begin with prefix and are not before from, rising by key, as they are at the
// first. An item that cannot be read is yielded with its key and an error, which wraps [ErrDamaged] where that is
// why; an error without a key ends it.
func (s *Store) Items(prefix, from string) iter.Seq2[Item, error] {
	return s.items(prefix, max(from, prefix), false)
}

// ItemsBefore is [Store.Items] falling by key, from the last whose key is before until; empty: from the last.
func (s *Store) ItemsBefore(prefix, until string) iter.Seq2[Item, error] {
	if until > prefix && !strings.HasPrefix(until, prefix) {
		until = "" // behind all of them
	}
	return s.items(prefix, until, true)
}

func (s *Store) items(prefix, at string, falling bool) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		if err := s.begin(); err != nil {
			yield(Item{}, err)
			return
		}
		defer s.end()
		err := s.view(func(tx *badger.Txn) error {
			it := tx.NewIterator(badger.IteratorOptions{Prefix: drawerKey(prefix), Reverse: falling, PrefetchValues: true, PrefetchSize: 16})
			defer it.Close()
			seek := drawerKey(at)
			if falling && at == "" {
				// Behind every key that begins with the prefix.
				seek = append(drawerKey(prefix), make([]byte, MaxItemKey+1-len(prefix))...)
				for i := 1 + len(prefix); i < len(seek); i++ {
					seek[i] = 0xff
				}
			}
			for it.Seek(seek); it.Valid(); it.Next() {
				item, err := readItem(it.Item())
				if falling && at != "" && item.Key >= at {
					continue
				}
				if !yield(item, err) {
					return nil
				}
			}
			return nil
		})
		if err != nil {
			yield(Item{}, fmt.Errorf("cannot read the items %.40q: %w", prefix, err))
		}
	}
}

func readItem(in *badger.Item) (Item, error) {
	key := in.KeyCopy(nil)
	out := Item{Key: string(key[1:])}
	value, err := in.ValueCopy(nil)
	if err != nil {
		return out, fmt.Errorf("cannot read %s: %w", keyString(key), err)
	}
	body, err := unseal(key, value)
	if err != nil {
		return out, err
	}
	out.Value, err = decodeItem(key, body)
	if err != nil {
		return Item{Key: out.Key}, err
	}
	return out, nil
}
