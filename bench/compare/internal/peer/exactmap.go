package peer

import (
	"sync"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// exactMap is what one writes first: a Go map per pane and a mutex. A pane that
// leaves the window is dropped whole. Its counts are exact.
type exactMap struct {
	mu      sync.Mutex
	panes   [windowPanes]map[string]uint32 // by pane modulo the length
	number  [windowPanes]int64
	writers []Writer
}

type exactWriter struct{ m *exactMap }

func newExactMap(cfg Config) (Contender, error) {
	m := &exactMap{}
	for range cfg.Writers {
		m.writers = append(m.writers, exactWriter{m})
	}
	return m, nil
}

// Count takes the lock for every observation: its callers would be as many.
func (w exactWriter) Count(run stream.Run) error {
	for i := range run.Len() {
		w.m.mu.Lock()
		w.m.open(run.Pane)[run.Key(i)]++
		w.m.mu.Unlock()
	}
	return nil
}

func (w exactWriter) Seal(pane int64) error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.open(pane) // it may have had nothing
	return nil
}

// open returns the map of a pane; the lock is held.
func (m *exactMap) open(pane int64) map[string]uint32 {
	at := pane % windowPanes
	if m.number[at] != pane {
		m.panes[at], m.number[at] = map[string]uint32{}, pane
	}
	return m.panes[at]
}

func (m *exactMap) Writers() []Writer { return m.writers }
func (m *exactMap) BorrowsKeys() bool { return true }
func (m *exactMap) Drain() error      { return nil }

func (m *exactMap) Top(k int) ([]stream.Count, error) {
	sums := map[string]uint32{}
	for _, pane := range m.panes {
		for key, n := range pane {
			sums[key] += n
		}
	}
	return topOf(sums, k), nil
}

func (m *exactMap) Lookup(key string) (n uint64, err error) {
	for _, pane := range m.panes {
		n += uint64(pane[key])
	}
	return n, nil
}

func (m *exactMap) Close() error { return nil }
