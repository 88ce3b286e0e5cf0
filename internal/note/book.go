package note

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// Book keeps notes. Make it with [Open].
type Book struct {
	drawer Drawer // nil: they are kept in memory alone

	writing sync.Mutex // held by whoever changes something
	mu      sync.RWMutex
	notes   []api.Note // by what they are about, then by ID; replaced whole
	last    uint64     // number of the note that was made last
}

// Open reads what a drawer holds; with a nil drawer notes are kept in memory alone. A note that is damaged there costs itself
// alone and is told in damaged, for the log. An error means that the drawer could not be read.
func Open(drawer Drawer) (b *Book, damaged []error, err error) {
	b = &Book{drawer: drawer}
	if drawer == nil {
		return b, nil, nil
	}
	for it, err := range drawer.Items("note/", "") {
		if err == nil {
			err = b.load(it)
		} else if !errors.Is(err, store.ErrDamaged) {
			return nil, nil, fmt.Errorf("cannot read the notes: %w", err)
		}
		if err != nil {
			damaged = append(damaged, fmt.Errorf("%s is lost: %w", it.Key, err))
			// Its number is not given once more.
			if number, err := numberOf(strings.TrimPrefix(it.Key, prefixNote)); err == nil {
				b.last = max(b.last, number)
			}
		}
	}
	slices.SortFunc(b.notes, compare)
	return b, damaged, nil
}

// load takes in one item of the drawer.
func (b *Book) load(it store.Item) error {
	if it.Key == keyLast {
		last, err := readItem[uint64](it.Value)
		b.last = max(b.last, last)
		return err
	}
	n, number, err := readNote(strings.TrimPrefix(it.Key, prefixNote), it.Value)
	if err != nil {
		return err
	}
	b.notes, b.last = append(b.notes, n), max(b.last, number)
	return nil
}

func compare(a, b api.Note) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID))
}

// Query says which notes are asked for.
type Query struct {
	Kind, Key string    // as they are normalised; empty: all
	From, To  time.Time // of what they are about, half-open; zero: unbounded
	Limit     int       // of more, the last ones come; 0: all
}

// Notes returns the notes that are asked for, oldest first. They belong to the caller.
func (b *Book) Notes(q Query) []api.Note {
	b.mu.RLock()
	notes := b.notes
	b.mu.RUnlock()
	out := []api.Note{}
	for _, n := range slices.Backward(notes) {
		switch {
		case q.Kind != "" && n.Kind != q.Kind, q.Key != "" && n.Key != q.Key:
		case !q.To.IsZero() && !n.At.Before(q.To), n.At.Before(q.From):
		default:
			out = append(out, n)
		}
		if q.Limit > 0 && len(out) == q.Limit {
			break
		}
	}
	slices.Reverse(out)
	return out
}

// Add keeps a note and returns it as it is kept. Kind, Key, At and Text are looked at: the key may be any spelling, without At it is
// about now, and what is no character of a text is left out of Text. The error wraps [ErrInvalid], [ErrLimit] or is that of the
// drawer.
func (b *Book) Add(n api.Note, now time.Time) (api.Note, error) {
	n, err := tidy(n, now)
	if err != nil {
		return n, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	if len(b.notes) >= MaxNotes {
		return n, fmt.Errorf("%w: there are %d; delete one first", ErrLimit, len(b.notes))
	}
	number := b.last + 1
	n.ID = idOf(number)
	if b.drawer != nil {
		it, err := putItem(prefixNote+n.ID, n)
		if err != nil {
			return n, err
		}
		last, err := putItem(keyLast, number) // a deleted note's ID does not come back
		if err != nil {
			return n, err
		}
		if err := b.drawer.PutItems(it, last); err != nil {
			return n, err
		}
	}
	if i, _ := slices.BinarySearchFunc(b.notes, n, compare); i < len(b.notes) {
		b.replace(slices.Insert(slices.Clone(b.notes), i, n))
	} else {
		b.replace(append(b.notes, n)) // nobody looks behind the end of what they hold
	}
	b.last = number
	return n, nil
}

// tidy returns the note as it is kept, but for its ID.
func tidy(n api.Note, now time.Time) (api.Note, error) {
	kind, err := term.ParseKind(n.Kind)
	if err != nil {
		return n, fmt.Errorf("%w: kind is %.40q; use hashtag, sound, keyword, mention, link or watch", ErrInvalid, n.Kind)
	}
	key := ""
	if len(n.Key) <= term.MaxFieldBytes {
		key = term.KeyOf(kind, n.Key)
	}
	if key == "" {
		return n, fmt.Errorf("%w: key is %.80q, in which there is nothing to count", ErrInvalid, n.Key)
	}
	// What divides lines and words becomes a space before the rest of what acts on the writing is dropped.
	n.Text = strings.TrimSpace(console.Printable(strings.Join(strings.Fields(n.Text), " ")))
	switch length := utf8.RuneCountInString(n.Text); {
	case length == 0:
		return n, fmt.Errorf("%w: text is empty; write what is to be remembered", ErrInvalid)
	case length > MaxText:
		return n, fmt.Errorf("%w: text has %d characters; use at most %d", ErrInvalid, length, MaxText)
	}
	n.Kind, n.Key = kind.String(), key
	n.Made = now.UTC().Truncate(time.Second)
	if n.At.IsZero() {
		n.At = n.Made
	}
	n.At = n.At.UTC().Truncate(time.Second)
	return n, nil
}

// Drop forgets a note. The error wraps [ErrNotFound] or is that of the drawer.
func (b *Book) Drop(id string) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	i := slices.IndexFunc(b.notes, func(n api.Note) bool { return n.ID == id })
	if i < 0 {
		return fmt.Errorf("%w: %.80q", ErrNotFound, id)
	}
	if b.drawer != nil {
		if err := b.drawer.PutItems(store.Item{Key: prefixNote + id}); err != nil {
			return err
		}
	}
	b.replace(slices.Delete(slices.Clone(b.notes), i, i+1))
	return nil
}

// replace puts other notes in place of those that are kept; readers may hold the former.
func (b *Book) replace(notes []api.Note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = notes
}
