package app

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/serve"
	"github.com/swell-radar/swell/term"
)

// BenchmarkCounting compares what a run counts with the journal in front of it and
// without, in one process: records are decoded already, and come in deliveries of
// 1,000 from four senders. The second waits until all is counted.
func BenchmarkCounting(b *testing.B) {
	recs := livePostsAt(b, 11, 0.3)
	observations := 0
	var x term.Extractor
	for i := range recs {
		terms, _ := x.Terms(&recs[i])
		observations += len(terms)
	}
	report := func(b *testing.B) {
		rounds, seconds := float64(b.N), b.Elapsed().Seconds()
		b.ReportMetric(rounds*float64(observations)/seconds, "observations/s")
		b.ReportMetric(rounds*float64(len(recs))/seconds, "records/s")
	}
	b.Run("journal=off", func(b *testing.B) {
		o := liveOptions(b.TempDir())
		opt, err := o.Settings(nil)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			b.StopTimer()
			e, err := engine.New(opt)
			if err != nil {
				b.Fatal(err)
			}
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
			b.StartTimer()
			for i := range recs {
				e.Observe(&recs[i])
			}
			e.Flush()
			b.StopTimer()
			close(stop)
			<-done
			e.Close()
			b.StartTimer()
		}
		report(b)
	})
	b.Run("journal=on", func(b *testing.B) {
		var acks []time.Duration
		for b.Loop() {
			b.StopTimer()
			acks = append(acks, countThroughJournal(b, recs)...)
			b.StartTimer()
		}
		report(b)
		slices.Sort(acks)
		b.ReportMetric(acks[len(acks)/2].Seconds()*1e3, "ack-p50-ms")
		b.ReportMetric(acks[len(acks)*99/100].Seconds()*1e3, "ack-p99-ms")
	})
}

// countThroughJournal has a new run accept and count the records, and times that. It
// returns how long each delivery took to be accepted.
func countThroughJournal(b *testing.B, recs []term.Record) (acks []time.Duration) {
	o := liveOptions(filepath.Join(b.TempDir(), "data"))
	o.SnapshotEvery = time.Hour
	data, err := openDataDir(o.Data, o.Store, o.Log)
	if err != nil {
		b.Fatal(err)
	}
	l := newLive(o, data)
	up := make(chan struct{})
	l.Announce = func(*engine.View, string) error { close(up); return nil }
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.run(ctx) }()
	<-up
	b.StartTimer()
	var mu sync.Mutex
	var senders sync.WaitGroup
	for w := range 4 {
		senders.Go(func() {
			for i := w * 1000; i < len(recs); i += 4000 {
				piece := append([]term.Record(nil), recs[i:min(i+1000, len(recs))]...)
				sent := time.Now()
				if err := l.inbox.Accept(ctx, &serve.Delivery{Records: piece}); err != nil {
					b.Error(err)
				}
				mu.Lock()
				acks = append(acks, time.Since(sent))
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	for l.inbox.waiting() > 0 {
		time.Sleep(100 * time.Microsecond)
	}
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	if err := data.close(); err != nil {
		b.Error(err)
	}
	return acks
}
