//go:build unix

package app

import (
	"bytes"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// BenchmarkIngestWatched is BenchmarkPost without watch lists and with as much as these may have,
// in turns. Times are of the processor, and the least of the turns, so that other programs count
// little: what the records take that are sent in over HTTP, kept and counted, and what of that is
// looking for what is watched.
func BenchmarkIngestWatched(b *testing.B) {
	lists := fullLists(b)
	recs := livePostsAt(b, 11, 0.3)
	bodies := bodiesOf(recs)
	var took turns
	for b.Loop() {
		for i, lists := range [2][]*watch.List{nil, lists} {
			b.StopTimer()
			took.add(i, postAll(b, bodies, lists, func() time.Duration { return used(b) }))
			b.StartTimer()
		}
	}
	took.report(b, len(recs))
}

// turns are the least times without watch lists and with them.
type turns [2]time.Duration

func (t *turns) add(i int, took time.Duration) {
	if t[i] == 0 || took < t[i] {
		t[i] = took
	}
}

func (t *turns) report(b *testing.B, records int) {
	b.ReportMetric(float64(t[0].Nanoseconds())/float64(records), "off-ns/record")
	b.ReportMetric(float64(t[1].Nanoseconds())/float64(records), "on-ns/record")
	b.ReportMetric(100*(t[1].Seconds()/t[0].Seconds()-1), "more-%")
}

// used returns the time that the process has had of processors.
func used(tb testing.TB) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// BenchmarkReplayWatched is the same of lines that are decoded and counted on the spot, as those of
// a replay are.
func BenchmarkReplayWatched(b *testing.B) {
	lists := fullLists(b)
	recs := livePostsAt(b, 11, 0.3)
	var lines []byte
	for i := range recs {
		lines = term.AppendRecord(lines, &recs[i])
	}
	opt, err := liveOptions(b.TempDir()).Settings(nil)
	if err != nil {
		b.Fatal(err)
	}
	var took turns
	for b.Loop() {
		for i, lists := range [2][]*watch.List{nil, lists} {
			w, err := newWatching(nil, nil)
			if err != nil {
				b.Fatal(err)
			}
			w.set(lists)
			took.add(i, replayLines(b, lines, w, opt))
		}
	}
	took.report(b, len(recs))
}

// replayLines has a new engine count the lines, and returns what time of processors that took.
func replayLines(b *testing.B, lines []byte, w *watching, opt engine.Options) time.Duration {
	e, err := engine.New(opt)
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-e.Ticks():
			case <-stop:
				return
			}
		}
	}()
	runtime.GC() // of what was there before
	began := used(b)
	var dec term.Decoder
	var rec term.Record
	for line := range bytes.Lines(lines) {
		if err := dec.Decode(line, &rec); err != nil {
			b.Fatal(err)
		}
		w.one(&rec)
		e.Observe(&rec)
	}
	e.Flush()
	close(stop)
	<-done
	return used(b) - began
}
