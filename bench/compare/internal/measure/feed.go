package measure

import (
	"runtime"
	"sync"
	"sync/atomic"
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
	gate := newGate(len(writers))
	errs := make([]error, len(writers))
	var running sync.WaitGroup
	for i := 1; i < len(writers); i++ {
		running.Go(func() { errs[i] = deliver(writers[i], s, gate, i) })
	}
	errs[0] = deliver(writers[0], s, gate, 0)
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func deliver(w peer.Writer, s *stream.Stream, g gate, me int) error {
	defer g.leave(me)
	for i := range s.Panes() {
		g.wait(i)
		run := s.Pane(i).Share(me, len(g))
		if err := w.Count(run); err != nil {
			return err
		}
		if err := w.Seal(run.Pane); err != nil {
			return err
		}
		g[me].sealed.Store(int64(i + 1))
	}
	return nil
}

// gate keeps writers from running more than a pane ahead of each other, as posts
// that come in by the clock do.
type gate []progress

// progress is the number of panes that one writer has sealed, on a cache line of its
// own: its writer stores it once a pane, the others poll it.
type progress struct {
	sealed atomic.Int64
	_      [56]byte
}

func newGate(writers int) gate { return make(gate, writers) }

// wait returns when every writer has sealed the pane before the last of pane i.
func (g gate) wait(i int) {
	for j := range g {
		for g[j].sealed.Load() < int64(i-1) {
			runtime.Gosched()
		}
	}
}

// leave lets the others go on without a writer.
func (g gate) leave(me int) { g[me].sealed.Store(1 << 62) }
