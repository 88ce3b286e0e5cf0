package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func BenchmarkEncode(b *testing.B) {
	batch := &Batch{Producer: "p", Seq: 1, Records: posts(1, 1000)}
	var enc encoder
	var frame []byte
	b.ReportAllocs()
	for b.Loop() {
		frame, _ = enc.appendFrame(frame[:0], batch)
	}
	perRecord(b, len(batch.Records), len(frame))
}

func BenchmarkDecode(b *testing.B) {
	batch := &Batch{Producer: "p", Seq: 1, Records: posts(1, 1000)}
	raw := entryOf(b, 1, 1, batch)
	var dec decoder
	var e Entry
	b.ReportAllocs()
	for b.Loop() {
		if err := e.open(1, raw, &dec); err != nil {
			b.Fatal(err)
		}
		if _, err := e.Next(); err != nil {
			b.Fatal(err)
		}
	}
	perRecord(b, len(batch.Records), len(raw))
}

func perRecord(b *testing.B, records, bytes int) {
	b.ReportMetric(float64(b.N)*float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(bytes)/float64(records), "B/record")
}

// BenchmarkAppend appends batches of 1,000 records, beside a plain file that is
// synced for each: what the disk gives.
func BenchmarkAppend(b *testing.B) {
	for _, appenders := range []int{1, 8} {
		b.Run(fmt.Sprintf("journal/appenders=%d", appenders), func(b *testing.B) {
			j := mustOpen(b, embedded(b.TempDir()))
			load(b, appenders, func(batch *Batch) error {
				_, err := j.Append(b.Context(), batch)
				return err
			})
		})
	}
	b.Run("idle", func(b *testing.B) {
		j := mustOpen(b, embedded(b.TempDir()))
		batch := &Batch{Records: posts(1, 1000)}
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			if _, err := j.Append(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
			time.Sleep(5 * time.Millisecond)
		}
		acks(b, took)
	})
	b.Run("file", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "log"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		var enc encoder
		var frame []byte
		load(b, 1, func(batch *Batch) error {
			frame, err = enc.appendFrame(frame[:0], batch)
			if err == nil {
				_, err = f.Write(frame)
			}
			if err == nil {
				err = f.Sync()
			}
			return err
		})
	})
}

// load spreads b.N batches over the appenders.
func load(b *testing.B, appenders int, store func(*Batch) error) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	var mu sync.Mutex
	var took []time.Duration
	b.ResetTimer()
	for a := range appenders {
		batch := &Batch{Producer: fmt.Sprint("p", a), Records: posts(a, 1000)}
		wg.Go(func() {
			var mine []time.Duration
			for left.Add(-1) >= 0 {
				batch.Seq++
				start := time.Now()
				if err := store(batch); err != nil {
					b.Error(err)
					return
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "records/s")
	acks(b, took)
}

func acks(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	if len(took) == 0 {
		return
	}
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "ms-p50")
	b.ReportMetric(at(0.99), "ms-p99")
}

// BenchmarkRead reads entries of 1,000 records and decodes them.
func BenchmarkRead(b *testing.B) {
	j := mustOpen(b, embedded(b.TempDir()))
	batch := &Batch{Records: posts(1, 1000)}
	const entries = 500
	for range entries {
		mustAppend(b, j, batch)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := j.Read(b.Context(), 1)
		if err != nil {
			b.Fatal(err)
		}
		for range entries {
			e, err := r.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if _, err := e.Next(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*entries*1000/b.Elapsed().Seconds(), "records/s")
}
