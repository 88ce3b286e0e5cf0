//go:build unix

package engine

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// BenchmarkTogether measures what it costs to know which terms come together: the same
// stream, posts with two or three terms of a Zipf distribution and one of their own now
// and then, through two engines, one of which has no room for posts with several terms. They take
// turns, hour by hour; the figures are medians of time on the processor.
//
//	with-ns/post, without-ns/post, percent: what more it costs
func BenchmarkTogether(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	engines := make([]*Engine, 2)
	ticks := make([]*collected, 2)
	for i := range engines {
		var err error
		if engines[i], err = New(DefaultOptions()); err != nil {
			b.Fatal(err)
		}
		ticks[i] = collect(b, engines[i])
	}
	engines[1].feeder.joint.most = 0
	const hourPosts, warm = 30_000, 8
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 8, 200_000)
	names := make([]string, 200_001)
	for i := range names {
		names[i] = fmt.Sprint("tag", i)
	}
	at, n := int64(1_780_000_200), 0
	var taken [2][]float64
	hour := func(timed bool) {
		var posts []func(e *Engine)
		for i := range hourPosts {
			rec := post(at+int64(i)*3600/hourPosts, fmt.Sprint(n), fmt.Sprint("a", rng.IntN(500_000)), names[zipf.Uint64()])
			n++
			for range 1 + rng.IntN(2) {
				rec.Tags = append(rec.Tags, names[zipf.Uint64()])
			}
			if rng.IntN(4) == 0 {
				rec.Tags[0] = fmt.Sprint("own", n)
			}
			posts = append(posts, func(e *Engine) { e.Observe(&rec) })
		}
		at += 3600
		for i, e := range engines {
			runtime.GC()
			start := processorTime(b)
			for _, p := range posts {
				p(e)
			}
			e.Align()
			ticks[i].until(e.Marks())
			if timed {
				taken[i] = append(taken[i], float64(processorTime(b)-start)/hourPosts)
			}
		}
	}
	for range warm {
		hour(false)
	}
	for b.Loop() {
		hour(true)
	}
	for i := range taken {
		slices.Sort(taken[i])
	}
	with, without := taken[0][len(taken[0])/2], taken[1][len(taken[1])/2]
	b.ReportMetric(with, "with-ns/post")
	b.ReportMetric(without, "without-ns/post")
	b.ReportMetric(100*(with/without-1), "percent")
	b.ReportMetric(0, "ns/op")
}
