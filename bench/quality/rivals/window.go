package rivals

import "github.com/swell-radar/swell/bench/quality/trace"

// window sums what the terms had in the last panes.
type window struct {
	unit  Unit
	least uint32     // half units
	ring  [][]amount // half units of one pane each, by pane
	pane  int64      // newest
	sum   []uint32   // by term, in half units
	live  live       // terms with at least so much
}

type amount struct{ term, n uint32 }

func newWindow(terms, panes int, unit Unit, least uint32) window {
	return window{unit: unit, least: 2 * max(1, least), ring: make([][]amount, panes), sum: make([]uint32, terms), live: newLive(terms)}
}

// step moves the window on to end with this pane.
func (w *window) step(pane int64, cells []trace.Cell) {
	n := int64(len(w.ring))
	for p := max(w.pane+1, pane-n+1); p <= pane; p++ {
		slot := &w.ring[floorMod(p, n)]
		for _, a := range *slot {
			w.sum[a.term] -= a.n
		}
		*slot = (*slot)[:0]
	}
	w.pane = pane
	slot := &w.ring[floorMod(pane, n)]
	for i := range cells {
		if twice := w.unit.twice(&cells[i]); twice > 0 {
			*slot = append(*slot, amount{cells[i].Term, twice})
			w.sum[cells[i].Term] += twice
			if w.sum[cells[i].Term] >= w.least {
				w.live.add(cells[i].Term)
			}
		}
	}
}

// each calls f for every term with enough in the window.
func (w *window) each(f func(term uint32, units float64)) {
	w.live.retain(func(term uint32) bool {
		if w.sum[term] < w.least {
			return false
		}
		f(term, w.of(term))
		return true
	})
}

// of returns what a term has in the window.
func (w *window) of(term uint32) float64 { return float64(w.sum[term]) / 2 }
