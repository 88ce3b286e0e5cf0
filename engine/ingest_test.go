package engine

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// TestCountingALineAllocatesNothing decodes and counts a stream. The allowance is
// for tables that grow with their terms.
func TestCountingALineAllocatesNothing(t *testing.T) {
	oneGoroutine(t)
	const warm, measured = 20_000, 10_000
	lines := workloadLines(t, warm+measured, 0.5)
	f, counted := newCounting(t)
	var (
		d   term.Decoder
		rec term.Record
	)
	count := func(lines [][]byte) {
		for _, line := range lines {
			if err := d.Decode(line, &rec); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			f.observe(&rec)
		}
		f.producer.Flush()
		counted()
	}
	count(lines[:warm])
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count(lines[warm:])
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > measured/20 {
		t.Errorf("%d allocations for %d lines", n, measured)
	}
	if got := f.counters.Occurrences; got != warm+measured {
		t.Errorf("%d of %d posts were counted", got, warm+measured)
	}
}

// newCounting returns a feeder whose observations are counted by a goroutine of
// their own, and a function that waits until all of them are.
func newCounting(t testing.TB) (*feeder, func()) {
	o := DefaultOptions()
	core, err := window.New(o.Window, 1)
	if err != nil {
		t.Fatal(err)
	}
	idle, quit := make(chan struct{}), make(chan struct{})
	var asks []chan struct{}
	for _, s := range core.Shards() {
		ask := make(chan struct{})
		asks = append(asks, ask)
		go func() {
			for {
				if what, _ := s.Step(); what != window.Idle {
					continue
				}
				select {
				case <-s.Bell():
				case <-ask:
					for what, _ := s.Step(); what != window.Idle; what, _ = s.Step() {
					}
					idle <- struct{}{}
				case <-quit:
					return
				}
			}
		}()
	}
	t.Cleanup(func() { close(quit) })
	f := newFeeder(o, core.Producers()[0], nil)
	f.extractor.ScanMentions, f.extractor.ScanLinks = true, true
	return f, func() {
		for _, ask := range asks {
			ask <- struct{}{}
			<-idle
		}
	}
}

// workloadLines makes up the first lines of a stream of several platforms.
func workloadLines(t testing.TB, n int, scale float64) [][]byte {
	g, err := workload.New(workload.Config{Seed: 1, Days: 2, Scale: scale})
	if err != nil {
		t.Fatal(err)
	}
	var (
		rec   term.Record
		lines [][]byte
	)
	for len(lines) < n && g.Next(&rec) {
		lines = append(lines, bytes.TrimSuffix(term.AppendRecord(nil, &rec), []byte("\n")))
	}
	return lines
}
