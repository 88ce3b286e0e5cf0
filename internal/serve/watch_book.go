package serve

import (
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/watch"
)

// watched is a list that is kept. It does not change.
type watched struct {
	*watch.List
	data []byte // as it is stored
	tag  uint64 // stands for all that is in it
	slot int    // of the shelf
}

func newWatched(l *watch.List) (*watched, error) {
	data, err := l.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write(data)
	return &watched{List: l, data: data, tag: h.Sum64()}, nil
}

// listTag stands for a list in what is asked for; empty for none.
func listTag(w *watched) string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf("%s %x", w.Name, w.tag)
}

// watchBook keeps the watch lists. Any goroutine may read; writers wait for each other.
type watchBook struct {
	lists atomic.Pointer[map[string]*watched] // replaced whole; never nil

	mu    sync.Mutex                // of writers
	shelf *slots                    // nil: they are kept in memory alone
	told  func(lists []*watch.List) // of all lists, whenever they change; nil: nobody is
}

// openWatchBook returns the lists that the shelf has; with a nil shelf none are kept on the
// disk.
func openWatchBook(shelf Shelf, l layout, log *slog.Logger) (*watchBook, error) {
	b := &watchBook{}
	lists := map[string]*watched{}
	if shelf != nil {
		b.shelf = &slots{shelf: shelf, log: log, layout: l}
		var err error
		if lists, err = b.shelf.load(); err != nil {
			return nil, err
		}
	}
	b.lists.Store(&lists)
	return b, nil
}

func (b *watchBook) get(name string) *watched { return (*b.lists.Load())[name] }

// all returns the lists by name, and what they have in all.
func (b *watchBook) all() (lists []*watched, size bookSize) {
	kept := *b.lists.Load()
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		lists = append(lists, kept[name])
		size.add(kept[name].List)
	}
	return lists, size
}

// put keeps a list in place of the one of its name, which it returns as well: nil if there
// was none. allowed says whether that one may be replaced.
func (b *watchBook) put(l *watch.List, allowed func(old *watched) *api.Problem) (now, old *watched, fault *api.Problem, err error) {
	if now, err = newWatched(l); err != nil {
		return nil, nil, nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	lists := *b.lists.Load()
	old = lists[l.Name]
	if fault = allowed(old); fault != nil {
		return nil, old, fault, nil
	}
	if old != nil {
		if now, err = newWatched(l.After(old.List)); err != nil {
			return nil, old, nil, err
		}
	}
	var size bookSize
	size.add(l)
	for name, other := range lists {
		if name != l.Name {
			size.add(other.List)
		}
	}
	fault = size.fault()
	switch {
	case old == nil && len(lists) >= watch.MaxLists:
		return nil, nil, api.NewProblem(api.ProblemWatchLimit, "there are %d watch lists already, which is the limit; delete one", len(lists)), nil
	case fault != nil:
		return nil, old, fault, nil
	}
	if b.shelf != nil {
		if err := b.shelf.put(now, old, lists); err != nil {
			return nil, old, nil, err
		}
	}
	next := maps.Clone(lists)
	next[l.Name] = now
	b.change(next)
	return now, old, nil, nil
}

// change puts other lists in place of those that are kept.
func (b *watchBook) change(next map[string]*watched) {
	b.lists.Store(&next)
	b.tell()
}

// tell tells which lists there are.
func (b *watchBook) tell() {
	if b.told == nil {
		return
	}
	kept := *b.lists.Load()
	lists := make([]*watch.List, 0, len(kept))
	for _, w := range kept {
		lists = append(lists, w.List)
	}
	b.told(lists)
}

// begin lets the lists of which it is not known since when their mentions are counted be counted
// from now on.
func (b *watchBook) begin(now time.Time, log *slog.Logger) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lists := maps.Clone(*b.lists.Load())
	for name, old := range lists {
		if !old.Since.IsZero() {
			continue
		}
		w, err := newWatched(old.With(now))
		if err == nil && b.shelf != nil {
			err = b.shelf.put(w, old, lists)
		}
		if err != nil {
			log.Warn("cannot keep since when the mentions of a watch list are counted; the next start tries again", "list", name, "err", err)
			continue
		}
		lists[name] = w
	}
	b.lists.Store(&lists)
}

// bookSize is what lists have in all.
type bookSize struct{ terms, phrases, exclusions int }

func (n *bookSize) add(l *watch.List) {
	n.terms += len(l.Terms)
	n.phrases += len(l.Phrases)
	n.exclusions += l.Exclusions()
}

// fault says what there is too much of; nil if there is nothing.
func (n *bookSize) fault() *api.Problem {
	for _, part := range [...]struct {
		what       string
		have, most int
	}{
		{"terms", n.terms, watch.MaxTerms}, {"phrases", n.phrases, watch.MaxPhrases}, {"excluded phrases", n.exclusions, watch.MaxExclusions},
	} {
		if part.have > part.most {
			return api.NewProblem(api.ProblemWatchLimit, "the watch lists would have %d %s; the limit is %d for all together: shorten or delete some", part.have, part.what, part.most)
		}
	}
	return nil
}

// remove forgets the list of the name. allowed says whether it may go.
func (b *watchBook) remove(name string, allowed func(old *watched) *api.Problem) (fault *api.Problem, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lists := *b.lists.Load()
	old := lists[name]
	if fault = allowed(old); fault != nil {
		return fault, nil
	}
	if b.shelf != nil {
		if err := b.shelf.remove(old); err != nil {
			return nil, err
		}
	}
	next := maps.Clone(lists)
	delete(next, name)
	b.change(next)
	return nil, nil
}
