package store

import (
	"math/rand/v2"
	"testing"

	"github.com/swell-radar/swell/term"
)

// benchTerms is how many terms the history of a benchmark holds.
const benchTerms = 100_000

// benchDays fills a store with days of hourly points of benchTerms terms, of
// which the nth gets about 400,000/n posts an hour and most less than ten.
func benchDays(b *testing.B, s *Store, days int64) (points int) {
	b.Helper()
	terms := make([]Term, benchTerms)
	for i := range terms {
		terms[i] = Term{ID: testID(i), Kind: term.Hashtag, Platform: "x", Key: "benchmark"}
	}
	if err := s.RegisterTerms(terms); err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for hour := range days*24 + 1 {
		var batch []Point
		for i := range terms {
			mean := 400_000 / float64(i+1)
			posts := uint32(mean*(0.5+rng.Float64()) + rng.Float64())
			if posts > 0 {
				batch = append(batch, Point{terms[i].ID, posts, 2*posts - uint32(rng.Float64()*float64(posts)*0.6)})
			}
		}
		if err := s.AppendHour(hour, batch); err != nil {
			b.Fatal(err)
		}
		points += len(batch)
	}
	return points
}

// BenchmarkHistory measures what a stored point costs: bytes of block, and time
// to append it with its share of the daily roll.
func BenchmarkHistory(b *testing.B) {
	total := 0
	for b.Loop() {
		s := openTest(b, b.TempDir())
		points := benchDays(b, s, 3)
		total += points
		packed := 0
		for _, key := range rawKeys(b, s, tabBlock) {
			packed += len(rawGet(b, s, key))
		}
		b.ReportMetric(float64(packed)/float64(points), "B/point")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(total), "ns/point")
}

// BenchmarkSeries reads 72 hours of one term, of rolled days and of the
// current one.
func BenchmarkSeries(b *testing.B) {
	s := openTest(b, b.TempDir())
	benchDays(b, s, 3)
	for hour := int64(73); hour < 95; hour++ {
		var batch []Point
		for i := range benchTerms {
			batch = append(batch, Point{testID(i), uint32(i%7) + 1, 1})
		}
		if err := s.AppendHour(hour, batch); err != nil {
			b.Fatal(err)
		}
	}
	for name, from := range map[string]int64{"rolled": 0, "with today": 24} {
		b.Run(name, func(b *testing.B) {
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Series(testID(n*7919%benchTerms), from, from+72); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

// BenchmarkSnapshot writes a state of 64 MiB of counters, whole and with one
// part in sixteen changed.
func BenchmarkSnapshot(b *testing.B) {
	parts := make([]Part, 16)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range parts {
		data := make([]byte, 4<<20)
		for j := 0; j < len(data); j += 4 {
			if rng.IntN(2) == 0 {
				data[j] = byte(rng.ExpFloat64() * 3)
			}
		}
		parts[i] = Part{Name: string(rune('a' + i)), Data: data}
	}
	for _, bench := range []struct {
		name    string
		changed int
	}{{"whole", len(parts)}, {"incremental", 1}} {
		b.Run(bench.name, func(b *testing.B) {
			s := openTest(b, b.TempDir())
			n := 0
			b.SetBytes(int64(len(parts)) << 22)
			for b.Loop() {
				n++
				for i := range bench.changed {
					for at := 0; at < len(parts[i].Data); at += chunkSize {
						parts[i].Data[at+n%chunkSize] ^= byte(n)
					}
				}
				writeSnapshot(b, s, int64(n), parts...)
			}
		})
	}
}
