//go:build unix

package app

import (
	"syscall"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/watch"
)

// BenchmarkIngestWatched is BenchmarkPost without watch lists and with as much as these may have,
// in turns. Times are of the processor, so that other programs do not count: what of it the
// records take that are sent in over HTTP, kept and counted, and what of that is looking for what
// is watched.
func BenchmarkIngestWatched(b *testing.B) {
	lists := fullLists(b)
	recs := livePostsAt(b, 11, 0.3)
	bodies := bodiesOf(recs)
	var took [2]time.Duration
	for b.Loop() {
		for i, lists := range [2][]*watch.List{nil, lists} {
			b.StopTimer()
			took[i] += postAll(b, bodies, lists, func() time.Duration { return used(b) })
			b.StartTimer()
		}
	}
	per := float64(b.N * len(recs))
	b.ReportMetric(float64(took[0].Nanoseconds())/per, "off-ns/record")
	b.ReportMetric(float64(took[1].Nanoseconds())/per, "on-ns/record")
	b.ReportMetric(100*(took[1].Seconds()/took[0].Seconds()-1), "more-%")
}

// used returns the time that the process has had of processors.
func used(tb testing.TB) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
