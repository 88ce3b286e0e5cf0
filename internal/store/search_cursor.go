package store

import (
	"bytes"
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"

	"github.com/swell-radar/swell/term"
)

// cursor walks over a part of the index, of terms of one kind. Where it stands, text, mark
// and id say what is there; they are valid until it moves.
type cursor struct {
	matcher *matcher
	kind    term.Kind
	it      *badger.Iterator
	prefix  []byte

	key  []byte // where it stands; nil behind the end
	from []byte // nothing is between this and the key, which is not below it
	text []byte
	mark byte
	id   term.ID

	target []byte // scratch
}

func (m *matcher) cursor(part byte, kind term.Kind) *cursor {
	prefix := indexPrefix(part, kind)
	return &cursor{matcher: m, kind: kind, prefix: prefix, it: m.tx.NewIterator(badger.IteratorOptions{Prefix: prefix})}
}

func (c *cursor) close() { c.it.Close() }

const (
	// seekSteps is what a jump counts for, in steps to the next key.
	seekSteps = 4

	// shortHop is how many keys are passed over before it is a jump.
	shortHop = 3
)

// step takes n from the steps that are left. False: there are none, and the search is cut.
func (m *matcher) step(n int) bool {
	if m.steps < n {
		m.cut = true
		return false
	}
	m.steps -= n
	return true
}

// seek moves to the first entry whose text is text, or behind it. False: there is none,
// or no step is left.
func (c *cursor) seek(text string) bool {
	c.target = append(append(c.target[:0], c.prefix...), text...)
	if c.from != nil && bytes.Compare(c.from, c.target) <= 0 {
		for range shortHop {
			if c.key == nil || bytes.Compare(c.key, c.target) >= 0 {
				return c.key != nil
			}
			if !c.next() {
				return false
			}
		}
		if bytes.Compare(c.key, c.target) >= 0 {
			return true
		}
	}
	if !c.matcher.step(seekSteps) {
		return false
	}
	c.from = append(c.from[:0], c.target...)
	c.it.Seek(c.target)
	return c.read()
}

// next moves to the next entry.
func (c *cursor) next() bool {
	if !c.matcher.step(1) {
		return false
	}
	c.from = append(c.from[:0], c.key...)
	c.it.Next()
	return c.read()
}

// read takes the key at hand apart. Keys that are none of the index are passed over.
func (c *cursor) read() bool {
	for c.key = nil; c.it.Valid(); c.it.Next() {
		key := c.it.Item().Key()
		if len(key) < indexKeyLeast {
			continue
		}
		end := len(key) - indexTail
		c.key, c.text, c.mark = key, key[indexPrefixLen:end], key[end]
		c.id = term.ID(binary.BigEndian.Uint64(key[end+1:]))
		return true
	}
	return false
}

// platform returns the platform of the term where the cursor stands, in the part of forms.
func (c *cursor) platform() (platform []byte, err error) {
	item := c.it.Item()
	err = item.Value(func(value []byte) error {
		body, err := unseal(item.Key(), value)
		if err == nil {
			platform, err = decodeIndex(body)
			err = decodeError(item.Key(), err)
		}
		return err
	})
	return platform, err
}
