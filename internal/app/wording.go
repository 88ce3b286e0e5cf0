package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/internal/watch/words"
	"github.com/swell-radar/swell/term"
)

// wordsEvery is how often the words that come with watch lists are saved: what a crash loses of them.
const wordsEvery = time.Minute

// heard counts the words of records that were kept, unless they are of a time after notAfter, in microseconds since
// 1970.
func (w *watching) heard(recs []term.Record, notAfter int64) {
	for i := range recs {
		w.words.Note(&recs[i], notAfter)
	}
}

// wordsOf returns the words that come with a watch list, as alerts tell of them.
func (w *watching) wordsOf(list string, asOf time.Time) []api.AlertWord {
	var out []api.AlertWord
	for _, x := range w.words.Words(list, asOf) {
		out = append(out, api.AlertWord{Word: x.Word, Posts: x.Posts, Over: x.Over, LogLikelihood: api.Rounded(x.LogLikelihood)})
	}
	return out
}

func wordsSlot(i int) string { return fmt.Sprintf("words/%02d", i) }

// loadWords takes in the words that were saved, before it is known which lists there are. What is damaged is lost, and
// nothing but that.
func (w *watching) loadWords(s *store.Store, log *slog.Logger) error {
	for i := range words.MaxLists {
		value, err := s.Load(wordsSlot(i))
		if err == nil {
			err = w.words.Load(i, value)
		} else if !errors.Is(err, store.ErrDamaged) {
			return err
		}
		if err != nil {
			log.Error("the words that came with a watch list are lost", "slot", wordsSlot(i), "err", err)
		}
	}
	return nil
}

// saveWords saves what has changed.
func (w *watching) saveWords(s *store.Store) error {
	return w.words.Save(func(slot int, value []byte) error { return s.Save(wordsSlot(slot), value) })
}

// keepWords saves the words now and then, until ctx ends. One that cannot be saved is tried again the next time.
func (w *watching) keepWords(ctx context.Context, s *store.Store, log *slog.Logger) {
	tick := time.NewTicker(wordsEvery)
	defer tick.Stop()
	told := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch err := w.saveWords(s); {
		case err == nil:
			told = ""
		case err.Error() != told:
			told = err.Error()
			log.Warn("words that come with watch lists are not kept for the next start", "err", err)
		}
	}
}
