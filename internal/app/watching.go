package app

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/internal/watch/words"
	"github.com/swell-radar/swell/term"
)

// watching looks into what comes in for the watch lists that there are at the time, and for
// keywords: records say which they mention before they are kept, so that what is counted from the
// journal does not depend on lists that were changed since. The words of what was kept are counted here as well.
// Any goroutine may call it.
type watching struct {
	keywords []string
	log      *slog.Logger
	matcher  atomic.Pointer[watch.Matcher]
	finders  sync.Pool
	words    *words.Book
}

// newWatching looks for keywords alone. The error names the one that cannot be looked for.
func newWatching(keywords []string, log *slog.Logger) (*watching, error) {
	w := &watching{keywords: keywords, log: log, words: words.New()}
	m, err := watch.Compile(nil, keywords)
	if err != nil {
		return nil, fmt.Errorf("watch.keywords: %w", err)
	}
	w.matcher.Store(m)
	return w, nil
}

// set puts other lists in place of those before.
func (w *watching) set(lists []*watch.List) {
	m, err := watch.Compile(lists, w.keywords)
	if err != nil { // lists are checked before they are kept
		w.log.Error("cannot look for what the watch lists have; those before are looked for", "err", err)
		return
	}
	w.matcher.Store(m)
	w.words.Set(lists)
}

// note has the records say what they mention.
func (w *watching) note(recs []term.Record) {
	f := w.finder()
	for i := range recs {
		f.Note(&recs[i])
	}
	w.finders.Put(f)
}

// one is note for one record.
func (w *watching) one(rec *term.Record) {
	f := w.finder()
	f.Note(rec)
	w.finders.Put(f)
}

// finder returns one that nobody else has.
func (w *watching) finder() *watch.Finder {
	m := w.matcher.Load()
	if f, _ := w.finders.Get().(*watch.Finder); f != nil && f.Of(m) {
		return f
	}
	return m.Finder()
}
