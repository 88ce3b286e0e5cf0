package serve

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch"
)

// Shelf keeps small values under names: a [store.Store]. Any goroutine may call it.
type Shelf interface {
	// Save keeps a value of at most [store.MaxShelfValue] bytes in place of the one before.
	// What was saved first is not lost if what was saved later is not.
	Save(name string, value []byte) error
	// Load returns what was saved, or nil. An error that wraps [store.ErrDamaged] means
	// that it is lost.
	Load(name string) ([]byte, error)
}

// slots keeps watch lists on a shelf: each in a slot of its own, in parts that fit there. A
// slot is taken when its first part is there, which is written last. A list that is
// changed is written into another slot before its old one is freed; of two that a crash
// leaves the later one counts. For one goroutine.
type slots struct {
	shelf Shelf
	log   *slog.Logger
	layout
	revision uint64 // of the list written last
	stale    []int  // to be freed before anything else is done
}

const slotFormat = 1

// layout says how many slots there are, at least one more than lists, and how many bytes of
// a list make a part.
type layout struct{ count, room int }

// wholeShelf is the layout that is used; tests have a smaller one.
func wholeShelf() layout {
	return layout{count: watch.MaxLists + 1, room: store.MaxShelfValue - 2*binary.MaxVarintLen64 - 1}
}

func partName(slot, part int) string { return fmt.Sprintf("watch/%d/%d", slot, part) }

// load returns the lists by name. Those that were damaged are told to the log and are gone.
func (s *slots) load() (map[string]*watched, error) {
	lists, revisions := map[string]*watched{}, map[string]uint64{}
	for slot := range s.count {
		w, revision, err := s.read(slot)
		switch {
		case errors.Is(err, store.ErrDamaged), errors.Is(err, watch.ErrCorrupt):
			s.log.Error("a watch list was damaged on the disk and is lost; write it again", "slot", slot, "err", err)
			s.stale = append(s.stale, slot)
			continue
		case err != nil:
			return nil, fmt.Errorf("cannot read the watch lists: %w", err)
		case w == nil:
			continue
		}
		s.revision = max(s.revision, revision)
		if other := lists[w.Name]; other != nil {
			if revisions[w.Name] > revision {
				w, other, revision = other, w, revisions[w.Name]
			}
			s.stale = append(s.stale, other.slot)
		}
		lists[w.Name], revisions[w.Name] = w, revision
	}
	return lists, nil
}

// read returns the list in a slot; nil if that is free.
func (s *slots) read(slot int) (*watched, uint64, error) {
	first, parts, revision, err := s.part(slot, 0)
	if first == nil || err != nil {
		return nil, 0, err
	}
	data := first
	for i := 1; i < parts; i++ {
		more, _, same, err := s.part(slot, i)
		if err != nil {
			return nil, 0, err
		}
		if more == nil || same != revision {
			return nil, 0, fmt.Errorf("%w: part %d of %d is missing", watch.ErrCorrupt, i, parts)
		}
		data = append(data, more...)
	}
	l, err := watch.Decode(data)
	if err != nil {
		return nil, 0, err
	}
	w, err := newWatched(l)
	if err != nil {
		return nil, 0, err
	}
	w.slot = slot
	return w, revision, nil
}

// WatchLists returns the watch lists that a shelf has, by name.
func WatchLists(shelf Shelf, log *slog.Logger) ([]*watch.List, error) {
	kept, err := (&slots{shelf: shelf, log: log, layout: wholeShelf()}).load()
	if err != nil {
		return nil, err
	}
	var lists []*watch.List
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		lists = append(lists, kept[name].List)
	}
	return lists, nil
}

// part returns a part of what is in a slot, how many parts that has, and its revision.
func (s *slots) part(slot, part int) (data []byte, parts int, revision uint64, err error) {
	value, err := s.shelf.Load(partName(slot, part))
	if len(value) == 0 || err != nil {
		return nil, 0, 0, err
	}
	if value[0] != slotFormat {
		return nil, 0, 0, fmt.Errorf("%w: %d, this program reads %d; use the version that wrote it", watch.ErrNewer, value[0], slotFormat)
	}
	revision, n := binary.Uvarint(value[1:])
	count, m := binary.Uvarint(value[1+max(n, 0):])
	if n <= 0 || m <= 0 || count == 0 || count > 1<<20 {
		return nil, 0, 0, fmt.Errorf("%w: it ends too early", watch.ErrCorrupt)
	}
	return slices.Clone(value[1+n+m:]), int(count), revision, nil
}

// put writes a list in place of old, which may be nil, beside the others.
func (s *slots) put(w, old *watched, others map[string]*watched) error {
	if err := s.free(); err != nil {
		return err
	}
	taken := make([]bool, s.count)
	for _, other := range others {
		taken[other.slot] = true
	}
	w.slot = slices.Index(taken, false)
	s.revision++
	data := w.data
	parts := max(1, (len(data)+s.room-1)/s.room)
	for i := parts - 1; i >= 0; i-- {
		value := binary.AppendUvarint(binary.AppendUvarint([]byte{slotFormat}, s.revision), uint64(parts))
		value = append(value, data[i*s.room:min(len(data), (i+1)*s.room)]...)
		if err := s.shelf.Save(partName(w.slot, i), value); err != nil {
			s.stale = append(s.stale, w.slot) // nobody knows what of it was kept
			return err
		}
	}
	if old != nil {
		s.stale = append(s.stale, old.slot)
		_ = s.free() // else before the next change; the list is kept either way
	}
	return nil
}

// remove frees the slot of a list.
func (s *slots) remove(w *watched) error {
	if err := s.free(); err != nil {
		return err
	}
	return s.shelf.Save(partName(w.slot, 0), nil)
}

// free frees the slots that hold nothing of worth.
func (s *slots) free() error {
	for len(s.stale) > 0 {
		slot := s.stale[len(s.stale)-1]
		if err := s.shelf.Save(partName(slot, 0), nil); err != nil {
			return err
		}
		s.stale = s.stale[:len(s.stale)-1]
	}
	return nil
}
