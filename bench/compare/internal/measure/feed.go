package measure

import (
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/swell-radar/swell/bench/compare/internal/peer"
	"github.com/swell-radar/swell/bench/compare/internal/stream"
)

// Feed writes a stream to a contender, by all of its writers at once, and returns
// how long it took until everything was counted. Each writer delivers an equal part
// of every pane.
func Feed(c peer.Contender, s *stream.Stream) (time.Duration, error) {
	writers := c.Writers()
	began := time.Now()
	if err := feed(writers, s); err != nil {
		return 0, err
	}
	if err := c.Drain(); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

func feed(writers []peer.Writer, s *stream.Stream) error {
	g := newGate(len(writers))
	errs := make([]error, len(writers))
	var running sync.WaitGroup
	for i := 1; i < len(writers); i++ {
		running.Go(func() { errs[i] = deliver(writers[i], s, g, i) })
	}
	errs[0] = deliver(writers[0], s, g, 0)
	running.Wait()
	return errors.Join(errs...)
}

func deliver(w peer.Writer, s *stream.Stream, g *gate, me int) error {
	defer g.leave(me)
	for i := range s.Panes() {
		g.wait(i)
		run := s.Pane(i).Share(me, len(g.sealed))
		if err := w.Count(run); err != nil {
			return err
		}
		if err := w.Seal(run.Pane); err != nil {
			return err
		}
		g.advance(me, i+1)
	}
	return nil
}

// gate keeps writers from running more than [peer.Ahead] panes ahead of each other, as
// posts that come in by the clock do. So much slack makes waiting rare.
type gate struct {
	mu     sync.Mutex
	moved  sync.Cond
	sealed []int // panes that each writer has sealed
}

func newGate(writers int) *gate {
	g := &gate{sealed: make([]int, writers)}
	g.moved.L = &g.mu
	return g
}

// wait returns when pane i may be begun.
func (g *gate) wait(i int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for slices.Min(g.sealed) < i-peer.Ahead {
		g.moved.Wait()
	}
}

func (g *gate) advance(me, sealed int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sealed[me] = sealed
	g.moved.Broadcast()
}

// leave lets the others go on without a writer.
func (g *gate) leave(me int) { g.advance(me, math.MaxInt) }
