package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/example"
	"github.com/swell-radar/swell/internal/feed"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/scrapers/push"
	"github.com/swell-radar/swell/term"
)

// drain takes the engine's ticks and keeps them: detections in the log and the
// file, points and readings in the history, snapshots.
//
// It runs on a goroutine of its own, which owns every field but those said to be
// for others. When something cannot be kept it says so once and from then on
// only discards, so that the feeder never waits for it in vain.
type drain struct {
	engine *engine.Engine
	store  *store.Store
	file   *detectionsFile
	dead   *push.DeadLetter
	hash   string
	now    func() time.Time
	log    *slog.Logger
	count  uint64 // detections in the log

	// feed gets what was kept; nil: nobody follows. found and lines are the detections
	// of the tick that is being kept.
	feed  *feed.Feed
	found []engine.Detection
	lines [][]byte
	meter *meter // nil: nobody measures
	// examples are posts of the trends that are open; nil: nobody asks for them.
	examples *example.Book

	// Of a run that goes on through a full disk; nil: it ends there. Closed when the
	// run has to end all the same.
	patient <-chan struct{}
	// beside are parts that the application adds to the next snapshot; whoever cuts
	// it sets them before. onStored is called when a snapshot has been kept.
	beside   []store.Part
	onStored func()

	retention  store.Retention
	compacted  time.Time // when the store was last compacted, or the run began
	compacting atomic.Bool

	// For others.
	kept    atomic.Uint64 // ticks taken care of
	settles atomic.Uint64 // the feed is settled when more than that minus one are; 0: not known yet
	cutting atomic.Bool   // a snapshot is asked for and not yet stored
	stored  atomic.Bool   // the last one was stored
	moved   chan struct{} // rung after each tick
	once    sync.Once
	failed  chan struct{} // closed when err is set
	err     error
	done    chan struct{} // closed at the end
}

func newDrain(r restored, d *dataDir, file *detectionsFile, dead *push.DeadLetter, opt engine.Options, now func() time.Time, log *slog.Logger) *drain {
	return &drain{
		engine: r.engine, store: d.store, file: file, dead: dead, hash: configHash(opt), now: now, log: log, count: r.detections, compacted: now(),
		moved: make(chan struct{}, 1), failed: make(chan struct{}), done: make(chan struct{}),
	}
}

// run takes ticks until ctx ends.
func (d *drain) run(ctx context.Context) {
	defer close(d.done)
	go d.watch()
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-d.engine.Ticks():
			switch {
			case !d.hasFailed():
				if err := d.insist(ctx, &t); err != nil {
					d.fail(err)
				}
			case t.Snapshot != nil:
				t.Snapshot.Done(false)
			}
			d.kept.Add(1)
			d.settle()
			select {
			case d.moved <- struct{}{}:
			default:
			}
		}
	}
}

// watch tells of a store that failed even while a tick cannot be kept for that very
// reason and never will be.
func (d *drain) watch() {
	select {
	case <-d.store.Failed():
		d.fail(d.store.Failure())
	case <-d.done:
	}
}

// fail keeps the first error.
func (d *drain) fail(err error) {
	d.once.Do(func() {
		d.err = err
		close(d.failed)
	})
}

func (d *drain) hasFailed() bool { return isClosed(d.failed) }

func (d *drain) hasEnded() bool { return isClosed(d.done) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wait returns when n ticks have been kept, or with the error that prevents it.
func (d *drain) wait(n uint64) error {
	for d.kept.Load() < n {
		select {
		case <-d.failed:
			return d.err
		case <-d.moved:
		}
	}
	select {
	case <-d.failed:
		return d.err
	default:
		return nil
	}
}

// waitFor is wait for at most so long; what is not kept by then is found again by
// the next run.
func (d *drain) waitFor(n uint64, longest time.Duration) error {
	kept := make(chan error, 1)
	go func() { kept <- d.wait(n) }()
	select {
	case err := <-kept:
		return err
	case <-time.After(longest):
		return nil
	}
}

// againAfter is how long a full disk is given between two attempts.
const againAfter = time.Second

// insist keeps a tick; a patient run tries again until the disk has room.
func (d *drain) insist(ctx context.Context, t *engine.Tick) error {
	for waited := false; ; waited = true {
		err := d.keep(t)
		if err == nil || d.patient == nil || !errors.Is(err, store.ErrDiskFull) {
			if waited && err == nil {
				d.log.Info("there is room again; going on")
			}
			return err
		}
		if t.Snapshot != nil {
			d.log.Warn("a snapshot was left out; the next one is tried", "reason", err)
			return nil
		}
		if !waited {
			d.log.Error("waiting for room: counting stops until then, nothing is lost", "reason", err)
		}
		select {
		case <-time.After(againAfter):
		case <-d.patient:
			return d.keep(t) // there may be room by now
		case <-ctx.Done():
			return err
		}
	}
}

func (d *drain) keep(t *engine.Tick) error {
	if t.Err != nil {
		return t.Err
	}
	begin := d.now()
	if t.Snapshot != nil {
		defer d.cutting.Store(false)
		err := d.snapshot(t.Snapshot)
		t.Snapshot.Done(err == nil)
		d.stored.Store(err == nil)
		if errors.Is(err, store.ErrDamaged) {
			// What it was to keep of the one before is damaged; the next keeps nothing.
			d.log.Warn("a snapshot was given up, and the next one will be written whole", "reason", err)
			return nil
		}
		return err
	}
	if t.View == nil { // an alignment
		return nil
	}
	if err := d.detections(t.Detections); err != nil {
		return err
	}
	t.Detections = nil // they are not kept twice if what follows has to be tried again
	if err := d.pane(t); err != nil {
		return err
	}
	if t.Hour != 0 {
		if err := d.hour(t); err != nil {
			return err
		}
	}
	if err := d.facets(t); err != nil {
		return err
	}
	if err := d.ranking(t.View); err != nil {
		return err
	}
	d.tell(t.View)
	d.follow(t.View)
	d.measured(begin)
	if detect.DayOf(t.Pane+1) != detect.DayOf(t.Pane) {
		return d.retain(t.View.AsOf)
	}
	return nil
}

func (d *drain) detections(found []engine.Detection) error {
	if len(found) == 0 {
		return nil
	}
	lines := make([][]byte, len(found))
	for i := range found {
		line, err := encodeDetection(&found[i])
		if err != nil {
			return fmt.Errorf("cannot encode a detection of %s %q: %w", found[i].Term.Kind, found[i].Term.Key, err)
		}
		lines[i] = line
	}
	if err := d.store.AppendDetections(d.count, lines); err != nil {
		return fmt.Errorf("cannot keep detections: %w", err)
	}
	d.count += uint64(len(lines))
	d.found, d.lines = found, lines
	for _, line := range lines {
		if err := d.file.add(line); err != nil {
			return err
		}
	}
	return d.file.flush()
}

// hour keeps an hour's points, readings and activity. Terms are registered first: the
// history knows them by ordinal.
func (d *drain) hour(t *engine.Tick) error {
	var terms []store.Term
	register := func(id term.ID, kind term.Kind, platform, key, display string, firstSeen int64) {
		if !d.store.HasTerm(id) {
			terms = append(terms, store.Term{ID: id, Kind: kind, Platform: platform, Key: key, Display: display, FirstSeen: firstSeen * 1e6})
		}
	}
	points := make([]store.Point, 0, len(t.Points))
	for i := range t.Points {
		p := &t.Points[i]
		register(p.ID, p.Kind, p.Platform, p.Key, p.Display, p.FirstSeen)
		points = append(points, store.Point{ID: p.ID, Posts: p.Posts, Fresh: p.Fresh})
	}
	gauges := make([]store.GaugePoint, 0, len(t.Readings))
	for i := range t.Readings {
		r := &t.Readings[i]
		register(r.ID, r.Term.Kind, r.Platform, r.Term.Key, r.Term.Display, t.Hour*3600)
		gauges = append(gauges, store.GaugePoint{
			GaugeKey: store.GaugeKey{ID: r.ID, List: r.List, Metric: r.Metric}, Unit: r.Unit, Value: r.Value,
		})
	}
	if err := d.register(terms); err != nil {
		return err
	}
	if err := d.store.AppendHour(t.Hour, points); err != nil {
		return fmt.Errorf("cannot keep the hour's points: %w", err)
	}
	if len(gauges) > 0 {
		if err := d.store.AppendGauges(t.Hour, gauges); err != nil {
			return fmt.Errorf("cannot keep the hour's readings: %w", err)
		}
	}
	activity := make([]store.Activity, len(t.Activity))
	for i, a := range t.Activity {
		activity[i] = store.Activity(a)
	}
	if err := d.store.AppendActivity(t.Hour, activity); err != nil {
		return fmt.Errorf("cannot keep the hour's activity: %w", err)
	}
	return nil
}

// dedupe leaves out terms that come twice: a gauge has a reading per metric.
func dedupe(terms []store.Term) []store.Term {
	met := make(map[term.ID]bool, len(terms))
	kept := terms[:0]
	for _, t := range terms {
		if !met[t.ID] {
			met[t.ID] = true
			kept = append(kept, t)
		}
	}
	return kept
}

func (d *drain) snapshot(s *engine.Snapshot) error {
	begin := d.now()
	// A run that goes on from here will not meet these lines again.
	if d.dead != nil {
		if err := d.dead.Sync(); err != nil {
			return err
		}
	}
	stats, err := d.store.WriteSnapshot(store.SnapshotMeta{
		ConfigHash: d.hash, Watermark: s.AsOf * 1e6, Created: d.now().UnixMicro(), Detections: d.count, App: s.Note,
	}, partsOf(s, d.beside))
	if err != nil {
		return fmt.Errorf("cannot keep a snapshot: %w", err)
	}
	if now := d.now(); d.meter != nil {
		d.meter.Snapshot(now, now.Sub(begin), stats.Bytes)
	}
	d.log.Debug("snapshot kept", "seq", stats.Seq, "bytes", stats.Bytes, "chunks", stats.Chunks, "written", stats.Written, "stored", stats.Stored)
	if d.onStored != nil {
		d.onStored()
	}
	return nil
}

// partsOf returns the parts of a snapshot, those of the application first.
func partsOf(s *engine.Snapshot, beside []store.Part) iter.Seq2[store.Part, error] {
	return func(yield func(store.Part, error) bool) {
		for _, p := range beside {
			if !yield(p, nil) {
				return
			}
		}
		for p, err := range s.Parts() {
			if !yield(store.Part(p), err) {
				return
			}
		}
	}
}
