//go:build linux

package engine

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// BenchmarkCut measures what a snapshot costs while the engine goes on, with the
// default memory full: full ones, and one behind each pane of a stream.
//
//	cut-ms        the longest call of Cut: what the feeder waits for, the mark with it
//	cpu-s         time on the processor for all that becomes of a snapshot, the store's
//	              part and the collector's with it
//	MB            of the snapshot, what it keeps with it; stored-MB: what was written
//	mark-µs       of "pauses": how long an owner is busy at the mark of a cut
//	slice-µs      how long it saves at a time
//	feeder-µs     what the feeder does at a cut
//	observe-µs    how long it saves beside a record
//	…-p99-µs      the 99th percentile of these
//	restore-s     from the snapshot in the store to an engine that runs
//
// SWELL_CUT_POSTS sets the posts of a pane, of about three observations each.
func BenchmarkCut(b *testing.B) {
	r := newCutRig(b)
	b.Run("full", func(b *testing.B) { r.run(b, true) })
	b.Run("pane", func(b *testing.B) { r.run(b, false) })
	b.Run("pauses", r.pauses)
	b.Run("restore", r.restore)
}

// cutRig is an engine whose tables are full, and a store.
type cutRig struct {
	opt    Options
	engine *Engine
	store  *store.Store
	dir    string
	ticks  chan error // what became of each
	stats  store.SnapshotStats
	gen    *workload.Generator
	rec    term.Record
	salt   int
	posts  int // of a pane
	pane   int64
	n      int
}

func newCutRig(b *testing.B) *cutRig {
	r := &cutRig{opt: DefaultOptions(), dir: b.TempDir(), ticks: make(chan error, 64), posts: 30_000}
	if n, err := fmt.Sscan(os.Getenv("SWELL_CUT_POSTS"), &r.posts); n == 1 && err != nil {
		b.Fatal(err)
	}
	var err error
	if r.engine, err = New(r.opt); err != nil {
		b.Fatal(err)
	}
	if r.store, err = store.Open(r.dir, store.Options{}); err != nil {
		b.Fatal(err)
	}
	stop := make(chan struct{})
	go r.take(stop)
	b.Cleanup(func() {
		close(stop)
		r.engine.Close()
		if err := r.store.Close(); err != nil {
			b.Error(err)
		}
	})
	r.pane = 1_780_000_200 / detect.PaneSeconds
	for v := r.engine.View(); v.Core.Capacity == 0 || v.Core.Tracked < v.Core.Capacity*95/100; v = r.engine.View() {
		r.feed()
	}
	for range 80 {
		r.feed() // rings grow, registers fill
	}
	v := r.engine.View()
	b.Logf("%d of %d terms, horizons %.0f h of posts, %.0f h of meetings", v.Core.Tracked, v.Core.Capacity, v.Counters.RecentHorizon, v.Core.FreshHorizon)
	return r
}

// take stores snapshots.
func (r *cutRig) take(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case tick := <-r.engine.Ticks():
			if tick.Snapshot == nil {
				r.ticks <- nil
				continue
			}
			var err error
			r.stats, err = r.store.WriteSnapshot(store.SnapshotMeta{Watermark: tick.Snapshot.AsOf * 1e6}, func(yield func(store.Part, error) bool) {
				for p, err := range tick.Snapshot.Parts() {
					if !yield(store.Part(p), err) {
						return
					}
				}
			})
			tick.Snapshot.Done(err == nil)
			r.ticks <- err
		}
	}
}

// feed observes the posts of a pane and closes it.
func (r *cutRig) feed() {
	for range r.posts {
		for !r.next() {
		}
		r.engine.Observe(&r.rec)
	}
	r.pane++
	for range r.engine.Advance(&term.Record{TS: (r.pane*detect.PaneSeconds + 600) * 1e6}) {
		<-r.ticks // by then the owners have nothing left to do
	}
}

// next makes up a post of the running pane: a made-up archive read again and again, so
// that terms come back, in people and posts that are new each time.
func (r *cutRig) next() bool {
	if r.gen == nil || !r.gen.Next(&r.rec) {
		g, err := workload.New(workload.Config{Seed: uint64(r.salt), Days: 2, Scale: 1})
		if err != nil {
			panic(err)
		}
		r.gen = g
		r.salt++
		return false
	}
	r.n++
	if r.rec.Gauge != nil {
		return false
	}
	r.rec.TS = (r.pane*detect.PaneSeconds+600)*1e6 + int64(r.n%r.posts)*500e6/int64(r.posts)
	r.rec.ID = fmt.Sprint(r.n)
	if r.n%3 == 0 {
		r.rec.Author = fmt.Sprint(r.rec.Author, r.n%7919)
	}
	if r.n%2 == 0 {
		r.rec.Tags = append(r.rec.Tags[:len(r.rec.Tags):len(r.rec.Tags)], fmt.Sprint("rare", r.n/6))
	}
	return true
}

// run takes a snapshot behind each of some panes.
func (r *cutRig) run(b *testing.B, full bool) {
	var calls []time.Duration
	var spent, bytes, stored uint64
	r.cut(b, &calls) // the first is full, whatever comes of it
	calls = nil
	for b.Loop() {
		if full {
			r.engine.feeder.cut.stored = false
		}
		r.feed()
		time.Sleep(500 * time.Millisecond) // what the store does of its own
		runtime.GC()
		before := processorTime(b)
		r.cut(b, &calls)
		spent += uint64(processorTime(b) - before)
		bytes += r.stats.Bytes
		stored += r.stats.Stored
	}
	n := float64(b.N)
	b.ReportMetric(slices.Max(calls).Seconds()*1e3, "cut-ms")
	b.ReportMetric(float64(spent)/n/1e9, "cpu-s")
	b.ReportMetric(float64(bytes)/n/1e6, "MB")
	b.ReportMetric(float64(stored)/n/1e6, "stored-MB")
	b.ReportMetric(0, "ns/op")
}

// pauses measures by themselves what stands in the way of owners and feeder.
func (r *cutRig) pauses(b *testing.B) {
	var mark, slice, feeder, observe []time.Duration
	// In time on the processor, so that other programs do not count.
	timed := func(all *[]time.Duration, f func()) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		start := threadTime(b)
		f()
		*all = append(*all, threadTime(b)-start)
	}
	for b.Loop() {
		r.feed()
		c := &cut{units: unitsOf(len(r.engine.conductor.owners)), done: make(chan struct{})}
		for _, o := range r.engine.conductor.owners {
			done := make(chan struct{})
			o.asks <- func(o *owner) {
				defer close(done)
				timed(&mark, func() { o.beginCut(c) })
				for _, set := range o.saving.sets {
					for set.Pending() {
						timed(&slice, func() { set.Step(sliceBytes) })
						for set.Next() != nil {
							set.Take()
						}
					}
				}
				o.saving.giveUp()
			}
			<-done
		}
		f := r.engine.feeder
		timed(&feeder, func() {
			if _, err := f.beginCut(len(r.engine.conductor.owners), nil); err != nil {
				b.Fatal(err)
			}
			f.state()
		})
		for more := true; more; {
			timed(&observe, func() { more = f.save(observeBytes) })
		}
		f.cut.end(false)
	}
	for _, of := range []struct {
		what string
		all  []time.Duration
	}{{"mark", mark}, {"slice", slice}, {"feeder", feeder}, {"observe", observe}} {
		slices.Sort(of.all)
		b.ReportMetric(float64(of.all[len(of.all)/2].Nanoseconds())/1e3, of.what+"-µs")
		b.ReportMetric(float64(of.all[len(of.all)*99/100].Nanoseconds())/1e3, of.what+"-p99-µs")
	}
	b.ReportMetric(0, "ns/op")
}

// threadTime returns how long the calling thread has run.
func threadTime(b *testing.B) time.Duration {
	const threadClock = 3 // CLOCK_THREAD_CPUTIME_ID
	var at syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&at)), 0); errno != 0 {
		b.Fatal(errno)
	}
	return time.Duration(at.Nano())
}

// cut takes a snapshot and waits until it is stored.
func (r *cutRig) cut(b *testing.B, calls *[]time.Duration) {
	start := time.Now()
	if err := r.engine.Cut(nil); err != nil {
		b.Fatal(err)
	}
	*calls = append(*calls, time.Since(start))
	for r.engine.Work() {
	}
	if err := <-r.ticks; err != nil {
		b.Fatal(err)
	}
}

func (r *cutRig) restore(b *testing.B) {
	for b.Loop() {
		start := time.Now()
		snap, _, err := r.store.LoadSnapshot()
		if err != nil {
			b.Fatal(err)
		}
		e, err := Restore(r.opt, snap)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "restore-s")
		e.Close()
	}
	b.ReportMetric(0, "ns/op")
}
