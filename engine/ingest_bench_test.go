//go:build unix

package engine

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/term"
)

const (
	ingestLines = 600_000 // of a stream, at most
	ingestChunk = 10_000  // lines that one stage does before the next has its turn
)

// BenchmarkLineToCounted measures what becomes of a line on one processor, stage
// by stage, beside encoding/json decoding the same line into an equal struct. An
// operation is a pass over a stream; ns/line are medians over chunks of it, in
// time on the processor, so that other programs do not count. The first two thirds
// of the stream fill tables and caches and are not timed. "interleaved" lets the
// stages take turns, so that a busy machine slows all of them alike: the ratios are
// to be taken from there. "all" includes what the shards do and leaves the detector
// out.
//
// With SWELL_TESTDATA the archives of that folder are measured too.
func BenchmarkLineToCounted(b *testing.B) {
	b.Run("workload", func(b *testing.B) { benchmarkStages(b, workloadLines(b, ingestLines, 10)) })
	if dir := os.Getenv("SWELL_TESTDATA"); dir != "" {
		paths, err := filepath.Glob(filepath.Join(dir, "*.ndjson.zst"))
		if err != nil {
			b.Fatal(err)
		}
		for _, path := range paths {
			b.Run(strings.TrimSuffix(filepath.Base(path), ".ndjson.zst"), func(b *testing.B) {
				benchmarkStages(b, archivedLines(b, path))
			})
		}
	}
}

// stage does one part of the work on each of some lines.
type stage struct {
	run       func(lines [][]byte)
	remembers bool // what it costs depends on the lines before
}

func benchmarkStages(b *testing.B, lines [][]byte) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	names := []string{"encodingjson", "parse", "parse+terms", "parse+terms+thin", "all"}
	b.Run("interleaved", func(b *testing.B) { benchmarkPasses(b, lines, names) })
	for _, name := range names {
		b.Run(name, func(b *testing.B) { benchmarkPasses(b, lines, []string{name}) })
	}
}

func benchmarkPasses(b *testing.B, lines [][]byte, names []string) {
	taken := make([][]float64, len(names))
	var allocs, measured uint64
	for b.Loop() {
		stages := make([]stage, len(names))
		for i, name := range names {
			stages[i] = newStage(b, name)
		}
		size := min(ingestChunk, len(lines)/12) // a short archive has some chunks as well
		for at := 0; at+size <= len(lines); at += size {
			chunk, warming := lines[at:at+size], at < len(lines)/3*2
			for i, s := range stages {
				if warming {
					if s.remembers {
						s.run(chunk)
					}
					continue
				}
				var before, after runtime.MemStats
				runtime.GC() // what a stage leaves behind is its own to pay for
				runtime.ReadMemStats(&before)
				start := processorTime(b)
				s.run(chunk)
				spent := processorTime(b) - start
				runtime.ReadMemStats(&after)
				taken[i] = append(taken[i], float64(spent)/float64(len(chunk)))
				allocs += after.Mallocs - before.Mallocs
				measured += uint64(len(chunk))
			}
		}
	}
	for i, name := range names {
		slices.Sort(taken[i])
		b.ReportMetric(taken[i][len(taken[i])/2], name+"-ns/line")
	}
	if len(names) == 1 {
		b.ReportMetric(float64(allocs)/float64(measured), "allocs/line")
	} else {
		b.ReportMetric(taken[0][len(taken[0])/2]/taken[len(names)-1][len(taken[len(names)-1])/2], "times")
	}
	b.ReportMetric(0, "ns/op")
}

// processorTime returns the nanoseconds that this process has run.
func processorTime(b *testing.B) int64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return use.Utime.Nano() + use.Stime.Nano()
}

// jsonRecord is a record as encoding/json would have it.
type jsonRecord struct {
	Type     string             `json:"type"`
	TS       int64              `json:"ts"`
	Platform string             `json:"platform"`
	ID       string             `json:"id"`
	Author   string             `json:"author"`
	Group    string             `json:"group"`
	Lang     string             `json:"lang"`
	Region   string             `json:"region"`
	Text     string             `json:"text"`
	Repost   bool               `json:"repost"`
	Tags     []string           `json:"tags"`
	Keywords []string           `json:"keywords"`
	Mentions []string           `json:"mentions"`
	Links    []string           `json:"links"`
	Sound    *jsonSound         `json:"sound"`
	Metrics  map[string]float64 `json:"metrics"`
	List     string             `json:"list"`
	Category string             `json:"category"`
	Term     *jsonTerm          `json:"term"`
	Values   map[string]float64 `json:"values"`
	Units    map[string]string  `json:"units"`
}

type jsonSound struct {
	ID     string `json:"id"`
	ISRC   string `json:"isrc"`
	MBID   string `json:"mbid"`
	Title  string `json:"title"`
	Artist string `json:"artist"`
}

type jsonTerm struct {
	jsonSound
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

func newStage(b *testing.B, name string) stage {
	var (
		d   term.Decoder
		rec term.Record
	)
	switch name {
	case "encodingjson":
		return stage{run: func(lines [][]byte) {
			for _, line := range lines {
				var rec jsonRecord
				if err := json.Unmarshal(line, &rec); err != nil {
					b.Fatalf("%s: %v", line, err)
				}
			}
		}}
	case "parse":
		return stage{run: func(lines [][]byte) {
			for _, line := range lines {
				decodeLine(b, &d, line, &rec)
			}
		}}
	case "parse+terms":
		x := term.Extractor{ScanMentions: true, ScanLinks: true}
		return stage{run: func(lines [][]byte) {
			for _, line := range lines {
				if decodeLine(b, &d, line, &rec) {
					x.Terms(&rec)
				}
			}
		}}
	}
	f, drained := newCounting(b)
	if name == "parse+terms+thin" {
		return stage{remembers: true, run: func(lines [][]byte) {
			for _, line := range lines {
				if !decodeLine(b, &d, line, &rec) || rec.Gauge != nil {
					continue
				}
				pf := f.platforms.get(rec.Platform)
				terms, _ := f.extractor.Terms(&rec)
				f.isThin(&rec, pf, f.author(&rec, pf, 0), rec.TS/3600e6, len(terms) > 0)
			}
		}}
	}
	return stage{remembers: true, run: func(lines [][]byte) {
		for _, line := range lines {
			if decodeLine(b, &d, line, &rec) {
				f.observe(&rec)
			}
		}
		f.producer.Flush()
		drained()
	}}
}

func decodeLine(b *testing.B, d *term.Decoder, line []byte, rec *term.Record) bool {
	if err := d.Decode(line, rec); err != nil {
		var none *term.DecodeError
		if none = err.(*term.DecodeError); none.Unwrap() != term.ErrNothingToCount {
			b.Fatalf("%s: %v", line, err)
		}
		return false
	}
	return true
}

func archivedLines(b *testing.B, path string) [][]byte {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	all, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(all), []byte("\n"))
	return lines[:min(len(lines), ingestLines)]
}
