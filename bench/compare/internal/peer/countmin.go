package peer

import (
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
	"github.com/swell-radar/swell/internal/offheap"
)

// countMin is a ring of count-min sketches (G. Cormode, S. Muthukrishnan, "An
// Improved Data Stream Summary", J. Algorithms 55, 2005), one per pane, that all
// writers add to atomically. A key has its four counters in one cache line
// (blocked, as F. Putze, P. Sanders, J. Singler, "Cache-, Hash- and Space-Efficient
// Bloom Filters", WEA 2007), at a place that differs from pane to pane, so that two
// keys that collide in one pane do not in the others.
//
// A sketch knows no keys. The least that makes it answer for the top is a list of
// candidates: keys that had a few observations in one pane.
type countMin struct {
	memory  *offheap.Region
	panes   [windowPanes]cmPane
	lines   uint64 // per pane
	last    int64
	mu      sync.Mutex // for opening panes and for candidates
	hot     map[uint64]candidate
	writers []Writer
}

type cmPane struct {
	number atomic.Int64
	cells  []uint32
}

type candidate struct {
	key  string
	pane int64 // the newest in which it was hot
}

type cmWriter struct{ c *countMin }

const (
	cmGroups     = 4 // counters of a key
	cmLanes      = 4 // counters that each of them is chosen from
	cmLine       = cmGroups * cmLanes
	candidateMin = 8 // observations in a pane that make a candidate
)

func newCountMin(cfg Config) (Contender, error) {
	c := &countMin{lines: max(uint64(cfg.Memory)/windowPanes/(4*cmLine), 1), hot: map[uint64]candidate{}}
	memory, err := offheap.Reserve(int64(windowPanes * c.lines * 4 * cmLine))
	if err != nil {
		return nil, err
	}
	c.memory = memory
	for i := range c.panes {
		c.panes[i].cells = offheap.Slice[uint32](memory, int(c.lines*cmLine))
	}
	for range cfg.Writers {
		c.writers = append(c.writers, cmWriter{c})
	}
	return c, nil
}

// line returns a key's cache line in a pane, and two bits for each of its groups.
func (c *countMin) line(pane int64, hash uint64) (line *[cmLine]uint32, lanes uint64) {
	h := mix(hash ^ uint64(pane))
	at, _ := bits.Mul64(h, c.lines)
	return (*[cmLine]uint32)(c.panes[pane%windowPanes].cells[at*cmLine:]), h
}

func (w cmWriter) Count(run stream.Run) error {
	c := w.c
	c.open(run.Pane)
	for i := range run.Len() {
		key := run.Key(i)
		hash := xxh3.HashString(key)
		line, lanes := c.line(run.Pane, hash)
		least := ^uint32(0)
		for group := range uint64(cmGroups) {
			lane := lanes >> (2 * group) % cmLanes
			least = min(least, atomic.AddUint32(&line[group*cmLanes+lane], 1))
		}
		// Others may lift the counters past the threshold, so a key gets a few chances.
		if least >= candidateMin && least < 2*candidateMin {
			c.consider(hash, key, run.Pane)
		}
	}
	return nil
}

func (w cmWriter) Seal(pane int64) error {
	w.c.open(pane) // it may have had nothing
	return nil
}

// open empties the place of a pane that comes up for the first time. Storing its
// number publishes that.
func (c *countMin) open(pane int64) {
	p := &c.panes[pane%windowPanes]
	if p.number.Load() == pane {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.number.Load() == pane {
		return
	}
	clear(p.cells)
	p.number.Store(pane)
	c.last = max(c.last, pane)
	if pane%stream.PanesPerDay == 0 {
		for hash, cand := range c.hot {
			if cand.pane <= pane-windowPanes {
				delete(c.hot, hash)
			}
		}
	}
}

func (c *countMin) consider(hash uint64, key string, pane int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.hot[hash]; ok {
		key = known.key
	} else {
		key = strings.Clone(key)
	}
	c.hot[hash] = candidate{key, pane}
}

func (c *countMin) estimate(hash uint64) (n uint64) {
	for pane := c.last - windowPanes + 1; pane <= c.last; pane++ {
		if c.panes[pane%windowPanes].number.Load() != pane {
			continue
		}
		line, lanes := c.line(pane, hash)
		least := ^uint32(0)
		for group := range uint64(cmGroups) {
			least = min(least, line[group*cmLanes+lanes>>(2*group)%cmLanes])
		}
		n += uint64(least)
	}
	return n
}

func (c *countMin) Top(k int) ([]stream.Count, error) {
	t := top[string]{k: k}
	for hash, cand := range c.hot {
		t.offer(cand.key, c.estimate(hash))
	}
	return sortedTop(&t), nil
}

func (c *countMin) Lookup(key string) (uint64, error) { return c.estimate(xxh3.HashString(key)), nil }
func (c *countMin) Writers() []Writer                 { return c.writers }
func (c *countMin) BorrowsKeys() bool                 { return false }
func (c *countMin) Drain() error                      { return nil }
func (c *countMin) Close() error                      { return c.memory.Close() }

// mix is the finaliser of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
