package app

import (
	"fmt"
	"strings"
	"sync"

	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/serve"
)

// numbers refuses deliveries that the ledger would take for repeats although they are
// none, before they are accepted: those of an epoch that was left, and those so far
// ahead that the numbers below them would be given up. Any goroutine may call it.
type numbers struct {
	mu      sync.Mutex
	highest map[string]journal.Number // by producer
	seen    map[string]uint64         // when each was last heard of, counted in calls
	calls   uint64
}

func newNumbers(l *journal.Ledger) *numbers {
	n := &numbers{highest: map[string]journal.Number{}, seen: map[string]uint64{}}
	for producer, highest := range l.Highest() {
		n.highest[producer] = highest
	}
	return n
}

// check refuses a delivery whose number cannot be counted.
func (n *numbers) check(d *serve.Delivery) error {
	if d.Producer == "" {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	last := n.highest[d.Producer]
	switch {
	case d.Epoch < last.Epoch:
		return fmt.Errorf("%w: epoch %d was left for %d; go on in that one, or begin one above it", serve.ErrNumber, d.Epoch, last.Epoch)
	case d.Epoch > last.Epoch:
		last.Seq = 0
	}
	if d.Seq > last.Seq && d.Seq-last.Seq > journal.MaxAhead {
		return fmt.Errorf("%w: number %d is more than %d ahead of %d, the highest that came in epoch %d; send those between first, or begin a new epoch at 1",
			serve.ErrNumber, d.Seq, journal.MaxAhead, last.Seq, d.Epoch)
	}
	return nil
}

// note remembers a delivery that was accepted or counted. Of producers beyond those that
// a ledger remembers the one silent for longest is forgotten.
func (n *numbers) note(producer string, epoch, seq uint64) {
	if producer == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	last, known := n.highest[producer]
	if !known {
		producer = strings.Clone(producer)
		if len(n.highest) >= journal.MaxProducers {
			n.forget()
		}
	}
	if epoch > last.Epoch || epoch == last.Epoch && seq > last.Seq {
		n.highest[producer] = journal.Number{Epoch: epoch, Seq: seq}
	}
	n.calls++
	n.seen[producer] = n.calls
}

func (n *numbers) forget() {
	oldest, first := "", n.calls+1
	for producer := range n.highest {
		if at := n.seen[producer]; at < first || at == first && producer < oldest {
			oldest, first = producer, at
		}
	}
	delete(n.highest, oldest)
	delete(n.seen, oldest)
}
