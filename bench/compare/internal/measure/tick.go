package measure

import (
	"errors"
	"fmt"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// Tick is what reading all terms of a closed pane takes, on one core.
type Tick struct {
	Terms int // that were read
	Times Sample
}

// tickMemory is enough to have every term of a tick in the table.
const tickMemory = 1 << 30

// Ticks feeds Swell's core panes in which each of the given number of terms is used
// once, and times how long it takes after each to read them all, in nanoseconds.
func (setup *Setup) Ticks(k peer.Kind, terms int) (_ *Tick, err error) {
	fmt.Fprintf(setup.Log, "tick over %d terms\n", terms)
	const panes, settling = 12, 3
	s, err := stream.Roll(terms, panes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := k.New(peer.Config{Writers: 1, Memory: tickMemory, Shards: setup.Shards})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	ticker, ok := c.(peer.Ticker)
	if !ok {
		return nil, fmt.Errorf("measure: %s cannot read what a pane touched", k.Name)
	}
	tick := &Tick{}
	w := c.Writers()[0]
	for i := range s.Panes() {
		run := s.Pane(i)
		if err := errors.Join(w.Count(run), w.Seal(run.Pane), c.Drain()); err != nil {
			return nil, err
		}
		began := time.Now()
		tick.Terms = ticker.Tick()
		if i >= settling { // before that, terms are still on their way into the table
			tick.Times = append(tick.Times, float64(time.Since(began)))
		}
	}
	SampleOf(tick.Times)
	return tick, nil
}
