package engine

import (
	"errors"
	"fmt"
	"sync"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/gauges"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/offheap"
	"github.com/swell-radar/swell/term"
)

// Engine counts records and finds trends.
//
// Concurrency: Observe, Advance, Flush, Cut, Work, Counters and Marks belong to one goroutine, the
// feeder. View and Term may be called from any, Close once the feeder has stopped. Ticks must be drained by
// one goroutine as long as the feeder feeds: a full channel is back-pressure.
type Engine struct {
	opt       Options
	core      *window.Core
	memory    *offheap.Region // of what the feeder and the owners remember
	feeder    *feeder
	conductor *conductor
	quit      chan struct{}
	closeOnce sync.Once
	running   sync.WaitGroup
}

// ticksAhead is how many ticks may wait to be drained.
const ticksAhead = 64

// New returns a running engine without history. Close it.
func New(opt Options) (*Engine, error) {
	e, err := build(opt)
	if err != nil {
		return nil, err
	}
	e.start()
	return e, nil
}

// Restore returns a running engine that goes on where the snapshot was cut. The
// options must be those of the engine that was cut, as far as they shape the
// core. Errors wrap [ErrRestore] or [ErrOptions]. Large parts are read piece by
// piece; but those of a snapshot of the format before are read whole, one at a time.
func Restore(opt Options, from Source) (*Engine, error) {
	src := newSource(from)
	opt.apart = pairsApart(src)
	e, err := build(opt)
	if err != nil {
		return nil, err
	}
	if err := e.restore(src); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrRestore, err), e.core.Close(), e.memory.Close())
	}
	e.start()
	return e, nil
}

func (e *Engine) restore(from *source) error {
	if err := e.feeder.restore(from); err != nil {
		return err
	}
	if err := e.conductor.restore(from, e.feeder.whole); err != nil {
		return err
	}
	return e.restoreUntold(from)
}

func build(opt Options) (*Engine, error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	judge, err := detect.NewJudge(opt.Detect)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	core, err := window.New(opt.core(), 1)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	mem, err := offheap.Reserve(opt.beside(core))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrOptions, err), core.Close())
	}
	e := &Engine{opt: opt, core: core, memory: mem, quit: make(chan struct{}), feeder: newFeeder(opt, core.Producers()[0], mem)}
	c := &conductor{
		opt: opt.Detect, core: core, cfg: opt.Window, platforms: e.feeder.platforms,
		arrived: make(chan *window.Mark), ticks: make(chan Tick, ticksAhead), quit: e.quit,
		state: state{judge: judge, book: gauges.NewBook(), open: map[uint64]*label{}, bests: map[listed]float64{}},
	}
	for i, s := range core.Shards() {
		c.owners = append(c.owners, newOwner(i, s, &opt, c.arrived, e.feeder.spare, mem, e.quit))
	}
	c.view.Store(&View{})
	e.conductor = c
	return e, nil
}

func (e *Engine) start() {
	for _, o := range e.conductor.owners {
		e.running.Go(o.run)
	}
	e.running.Go(e.conductor.run)
}

// Advance moves event time to that of rec, closes the panes that are then complete and
// returns how many there were. Observe does so by itself; whoever wants to [Engine.Cut]
// between two records calls Advance with the second first. It does not keep rec, nor
// count it.
func (e *Engine) Advance(rec *term.Record) int {
	if rec.Heartbeat != nil {
		e.feeder.miss(rec)
	}
	return e.feeder.advance(rec.TS)
}

// Observe counts a record. It does not keep rec. It waits when the core or the
// drain of Ticks has fallen behind.
func (e *Engine) Observe(rec *term.Record) Outcome { return e.feeder.observe(rec) }

// Flush closes all panes up to the one that holds the newest record, as at the
// end of an archive, and returns the newest closed pane (see [Tick.Pane]).
// Records that still come for these panes are late.
func (e *Engine) Flush() int64 {
	if e.feeder.started {
		e.feeder.closeThrough(e.feeder.cfg.PaneOf(e.feeder.newest))
	}
	return e.feeder.closed
}

// Cut asks for a snapshot of everything observed so far. It comes as a [Tick],
// behind those of all panes closed before, and carries note. Call it where
// [Engine.Advance] or [Engine.Flush] has just closed a pane, or behind
// [Engine.Align]: elsewhere it changes
// where batches are cut, and with a full table that may change results.
//
// What it takes is a fraction of a millisecond, of the caller and of each owner; the
// rest is saved while the engine goes on, and to be taken from [Snapshot.Parts]. The
// first snapshot of an engine, and one behind a snapshot that could not be stored,
// holds the whole state; others what changed since the one before. There is one
// snapshot at a time: Cut waits until [Snapshot.Done] was called on the one before. It
// returns [ErrClosed] if the engine is closed meanwhile.
func (e *Engine) Cut(note []byte) error {
	c, err := e.feeder.beginCut(len(e.conductor.owners), e.quit)
	if err != nil {
		return err
	}
	e.feeder.seal(cutting{cut: c, feeder: e.feeder.state(), note: note})
	return nil
}

// Align ends all batches between two records, so that [Engine.Cut] may be called
// here although no pane was closed. Where batches end may matter to a full table:
// a run has to align at the same records every time, whether it cuts or not. It
// costs an empty [Tick].
func (e *Engine) Align() { e.feeder.seal(aligning{}) }

// Work does a little of what the feeder has to do for a snapshot, less than a tenth of
// a millisecond, and reports whether there is more. Calls of Observe do some of it as
// well, so it is for when no records come: without either a snapshot does not come to
// its end.
func (e *Engine) Work() (more bool) { return e.feeder.save(workBytes) }

// Ticks returns what closing panes gives, in order. The channel is never closed.
func (e *Engine) Ticks() <-chan Tick { return e.conductor.ticks }

// Counters returns what has become of the records so far, those of open panes
// included. It belongs to the feeder.
func (e *Engine) Counters() Counters { return e.feeder.counters }

// Marks returns how many ticks the calls so far will have given in the end: one
// for each closed pane, each cut and each alignment. It belongs to the feeder.
func (e *Engine) Marks() uint64 { return e.feeder.marks }

// View returns the newest view, never nil. It takes no lock.
func (e *Engine) View() *View { return e.conductor.view.Load() }

// Close stops the engine's goroutines and returns when they have ended. What has
// not been drained from Ticks is lost. The feeder must have returned from its last
// call: one that waits for room would wait for ever.
func (e *Engine) Close() {
	e.closeOnce.Do(func() {
		close(e.quit)
		e.running.Wait()
		// Unmapping what New mapped cannot fail, and leaves nothing to do if it does.
		_, _ = e.core.Close(), e.memory.Close()
	})
}
