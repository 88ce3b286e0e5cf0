package peer

import (
	"fmt"
	"sync"

	"github.com/axiomhq/hyperloglog"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// dailyMap keeps tags as Mastodon does, in process: uses and distinct accounts of
// every tag of a day (mastodon/mastodon, app/models/trends/history.rb), in a Go map
// with a HyperLogLog sketch of precision 14 each, as Redis has, sparse while it is
// small. Days are whole, so the window moves in steps of a day.
type dailyMap struct {
	mu      sync.Mutex
	days    map[int64]map[string]*dailyTag
	writers []Writer
}

type dailyTag struct {
	uses     uint32
	accounts *hyperloglog.Sketch
}

type dailyWriter struct{ m *dailyMap }

const windowDays = windowPanes / stream.PanesPerDay

func newDailyMap(cfg Config) (Contender, error) {
	m := &dailyMap{days: map[int64]map[string]*dailyTag{}}
	for range cfg.Writers {
		m.writers = append(m.writers, dailyWriter{m})
	}
	return m, nil
}

func (w dailyWriter) Count(run stream.Run) error {
	for i := range run.Len() {
		if err := w.m.add(run.Pane/stream.PanesPerDay, run.Key(i), run.Author(i)); err != nil {
			return err
		}
	}
	return nil
}

func (w dailyWriter) Seal(pane int64) error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.open(pane / stream.PanesPerDay) // it may have had nothing
	return nil
}

// open returns the tags of a day; the lock is held.
func (m *dailyMap) open(day int64) map[string]*dailyTag {
	tags := m.days[day]
	if tags == nil {
		tags = map[string]*dailyTag{}
		m.days[day] = tags
		delete(m.days, day-windowDays)
	}
	return tags
}

func (m *dailyMap) add(day int64, key string, author uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	tags := m.open(day)
	tag := tags[key]
	if tag == nil {
		accounts, err := hyperloglog.NewSketch(14, true)
		if err != nil {
			return fmt.Errorf("peer: cannot make a sketch: %w", err)
		}
		tag = &dailyTag{accounts: accounts}
		tags[key] = tag
	}
	tag.uses++
	tag.accounts.InsertHash(author)
	return nil
}

func (m *dailyMap) Writers() []Writer { return m.writers }
func (m *dailyMap) BorrowsKeys() bool { return true }
func (m *dailyMap) Drain() error      { return nil }

func (m *dailyMap) Top(k int) ([]stream.Count, error) {
	sums := map[string]uint32{}
	for _, tags := range m.days {
		for key, tag := range tags {
			sums[key] += tag.uses
		}
	}
	return topOf(sums, k), nil
}

func (m *dailyMap) Lookup(key string) (n uint64, err error) {
	for _, tags := range m.days {
		if tag := tags[key]; tag != nil {
			n += uint64(tag.uses)
		}
	}
	return n, nil
}

func (m *dailyMap) Close() error { return nil }
