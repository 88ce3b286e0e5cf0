package words

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// MaxLists is of how many lists words are counted: those that exist for the longest.
const MaxLists = 64

// Book counts the words of watch lists whose purpose is brand or competitor. A list takes at most
// about a megabyte, where each of its hours has hundreds of posts, and a small part of that where few mention it.
type Book struct {
	lists atomic.Pointer[map[string]*list] // by name; never changed
	rooms sync.Pool                        // of *splitter

	mu    sync.Mutex
	slots [MaxLists]slot
}

// slot is a place where the words of one list are saved.
type slot struct {
	list *list // nil: it is free
	old  bool  // what is saved there belongs to no list any more
}

// New returns one that counts nothing yet.
func New() *Book {
	b := &Book{}
	b.lists.Store(&map[string]*list{})
	return b
}

// Set says which lists there are. Words of those that are there no more are forgotten; of those that were changed
// they stay.
func (b *Book) Set(lists []*watch.List) {
	var wanted []*watch.List
	for _, l := range lists {
		if l.Purpose == watch.Brand || l.Purpose == watch.Competitor {
			wanted = append(wanted, l)
		}
	}
	slices.SortFunc(wanted, func(x, y *watch.List) int { return cmp.Or(x.Since.Compare(y.Since), cmp.Compare(x.Name, y.Name)) })
	wanted = wanted[:min(len(wanted), MaxLists)]
	b.mu.Lock()
	defer b.mu.Unlock()
	known := map[string]*list{}
	for i := range b.slots {
		s := &b.slots[i]
		if s.list == nil {
			continue
		}
		if !slices.ContainsFunc(wanted, func(l *watch.List) bool { return l.Name == s.list.name }) {
			*s = slot{old: true}
			continue
		}
		known[s.list.name] = s.list
	}
	next := make(map[string]*list, len(wanted))
	for _, w := range wanted {
		l := known[w.Name]
		if l == nil {
			l = &list{name: w.Name}
			b.slots[slices.IndexFunc(b.slots[:], func(s slot) bool { return s.list == nil })].list = l
		}
		own := ownWords(w)
		l.mu.Lock()
		l.own = own
		l.mu.Unlock()
		next[w.Name] = l
	}
	b.lists.Store(&next)
}

// ownWords are those of the terms and phrases of a list, in pieces and together.
func ownWords(w *watch.List) map[string]struct{} {
	own := map[string]struct{}{}
	var s splitter
	add := func(text string) {
		s.split(text)
		for i := range s.n() {
			own[string(s.word(i))] = struct{}{}
		}
		own[string(term.AppendGroupKey(nil, term.KeyOf(term.Keyword, text)))] = struct{}{}
	}
	for i := range w.Phrases {
		add(w.Phrases[i].Spelling)
	}
	for i := range w.Terms {
		if watch.Grouped(w.Terms[i].Kind) || w.Terms[i].Kind == term.Mention {
			add(w.Terms[i].Key)
		}
	}
	return own
}

// Note counts the words of a post for the lists that it mentions, as its field Watches says. Nothing is done for a post
// that mentions none whose words are counted, has no text, or is of a time after notAfter (microseconds since 1970).
// A post that comes again soon is counted once. The record may change when Note has returned.
func (b *Book) Note(rec *term.Record, notAfter int64) {
	if len(rec.Watches) == 0 || rec.Text == "" || rec.TS > notAfter {
		return
	}
	lists := *b.lists.Load()
	var s *splitter
	var id uint64
	for _, name := range rec.Watches {
		l := lists[name]
		if l == nil {
			continue
		}
		if s == nil {
			if s, _ = b.rooms.Get().(*splitter); s == nil {
				s = &splitter{}
			}
			s.split(rec.Text)
			if rec.ID != "" {
				id = xxh3.HashStringSeed(rec.ID, xxh3.HashString(rec.Platform))
			}
		}
		l.note(rec.TS/hourMicros, id, s)
	}
	if s != nil {
		b.rooms.Put(s)
	}
}

// Words returns the words that the posts of the hour before asOf and of the two before that have more often than
// those of the hours before, as far as these are among the last [Hours]; at most [Most], the surest first.
// There are none of lists whose words are not counted, or were not for long enough.
func (b *Book) Words(name string, asOf time.Time) []Word {
	l := (*b.lists.Load())[name]
	if l == nil {
		return nil
	}
	return l.words((asOf.UnixMicro() - 1) / hourMicros)
}

// Save calls put for every slot in which something else is to be kept than was saved before: with nothing where
// its list is gone. A slot for which put returns an error is saved again the next time; the first error is
// returned, and names the list.
func (b *Book) Save(put func(slot int, value []byte) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first error
	for i := range b.slots {
		s := &b.slots[i]
		var value []byte
		changed := s.old
		if s.list != nil {
			c, other := s.list.snapshot()
			if changed = changed || other; changed {
				value = c.encode()
			}
		}
		if !changed {
			continue
		}
		if err := put(i, value); err != nil {
			name := ""
			if s.old = true; s.list != nil {
				name = s.list.name
			}
			if first == nil {
				first = fmt.Errorf("cannot keep the words of the watch list %q: %w", name, err)
			}
			continue
		}
		s.old = false
	}
	return first
}

// Load takes in what was saved in a slot, before [Book.Set] says which lists there are. Errors wrap [ErrCorrupt] or
// [ErrNewer]; the slot is then free, and what lies there stays until a list takes it.
func (b *Book) Load(i int, value []byte) error {
	if len(value) == 0 || i < 0 || i >= MaxLists {
		return nil
	}
	l, err := decode(value)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for j := range b.slots {
		twin := b.slots[j].list
		if twin == nil || twin.name != l.name {
			continue
		}
		// The list was deleted and made again, and the end came between the two changes.
		b.slots[i].old = true
		if twin.newest < l.newest {
			b.slots[j], b.slots[i] = slot{old: true}, slot{list: l}
		}
		return nil
	}
	b.slots[i] = slot{list: l}
	return nil
}
