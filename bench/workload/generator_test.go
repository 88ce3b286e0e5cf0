package workload

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestGolden pins the bytes: a difference between machines or Go versions is an
// error, a wanted change of the generator is made with -update.
func TestGolden(t *testing.T) {
	t.Parallel()
	records, truth := output(t, small(1, 3))
	var got bytes.Buffer
	fmt.Fprintf(&got, "records %x\ntruth   %x\n\n", sha256.Sum256(records), sha256.Sum256(truth))
	for _, text := range [][]byte{records, truth} {
		lines := bytes.SplitAfter(text, []byte("\n"))
		for i := 0; i < len(lines); i += len(lines) / 20 {
			got.Write(lines[i])
		}
		got.WriteByte('\n')
	}
	path := filepath.Join("testdata", "golden.txt")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the world of seed 1 is not the one in %s (-update rewrites it); got\n%s", path, got.Bytes())
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, at := output(t, small(7, 1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b, bt := output(t, small(7, 1))
	if !bytes.Equal(a, b) || !bytes.Equal(at, bt) {
		t.Error("two runs of seed 7 differ")
	}
	if c, ct := output(t, small(8, 1)); bytes.Equal(a, c) || bytes.Equal(at, ct) {
		t.Error("seeds 7 and 8 give the same world")
	}
}

// TestRecords checks every record as a reader of the archive sees it.
func TestRecords(t *testing.T) {
	t.Parallel()
	var (
		dec         term.Decoder
		ex          term.Extractor
		back        term.Record
		line        []byte
		last        int64
		ids         = map[string]bool{}
		n, withSong int
	)
	cfg := small(3, 2)
	g := each(t, cfg, func(rec *term.Record) {
		n++
		if rec.TS < last {
			t.Fatalf("record %d at %d comes after %d", n, rec.TS, last)
		}
		last = rec.TS
		if ids[rec.ID] {
			t.Fatalf("the ID %q is given twice", rec.ID)
		}
		ids[rec.ID] = true
		line = term.AppendRecord(line[:0], rec)
		back = term.Record{}
		if err := dec.Decode(bytes.TrimSuffix(line, []byte("\n")), &back); err != nil {
			t.Fatalf("cannot decode %s: %v", line, err)
		}
		want := *rec
		if len(want.Tags) == 0 {
			want.Tags = nil // what a reused slice looks like
		}
		if !reflect.DeepEqual(want, back) {
			t.Fatalf("%s decodes to\n%+v, want\n%+v", line, back, want)
		}
		if terms, dropped := ex.Terms(rec); len(terms) == 0 || dropped > 0 {
			t.Fatalf("%s has %d terms and %d too many", line, len(terms), dropped)
		}
		if rec.Sound != nil {
			withSong++
		}
	})
	start, end := g.cfg.Start.UnixMicro(), g.cfg.end().UnixMicro()
	if last < end-3600e6 || last >= end || start >= end {
		t.Errorf("the last of %d records is at %d; the archive ends at %d", n, last, end)
	}
	if share := float64(withSong) / float64(n); share < 0.15 || share > 0.5 {
		t.Errorf("%.2f of the records have a sound", share)
	}
}

func TestStringsSurviveNext(t *testing.T) {
	g := newGenerator(t, small(4, 1))
	var rec term.Record
	g.Next(&rec)
	text, kept := rec.Text, []byte(rec.Text)
	for range 5000 {
		g.Next(&rec)
	}
	if text != string(kept) {
		t.Errorf("a kept text turned from %q into %q", kept, text)
	}
}

func TestNextAllocatesBySliceNotByRecord(t *testing.T) {
	cfg := small(5, 2)
	cfg.Scale = 0.1
	g := newGenerator(t, cfg)
	var rec term.Record
	const records = 3_000
	next := func() {
		for range records {
			if !g.Next(&rec) {
				t.Fatal("the archive is too short for this test")
			}
		}
	}
	next() // lets the buffers grow
	if allocs := testing.AllocsPerRun(3, next); allocs > records/40 {
		t.Errorf("%v allocations for %d records", allocs, records)
	}
}

// failing is a writer that takes some bytes and then no more.
type failing struct{ left int }

var errFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	n := min(f.left, len(p))
	f.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestWriteErrors(t *testing.T) {
	g := newGenerator(t, small(6, 1))
	if n, err := g.WriteTo(&failing{100_000}); !errors.Is(err, errFull) || n != 100_000 {
		t.Errorf("WriteTo a full disk = %d, %v", n, err)
	}
	if err := g.WriteTruth(&failing{10}); !errors.Is(err, errFull) {
		t.Errorf("WriteTruth to a full disk = %v", err)
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newGenerator(b, Config{Seed: 1})
	}
}

// BenchmarkWriteTo writes a day at full scale, without the planning.
func BenchmarkWriteTo(b *testing.B) {
	b.ReportAllocs()
	var sink counter
	for b.Loop() {
		b.StopTimer()
		g := newGenerator(b, Config{Seed: 1, Days: 1})
		b.StartTimer()
		if _, err := g.WriteTo(&sink); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(sink.lines), "ns/record")
	b.SetBytes(sink.bytes / int64(b.N))
}

type counter struct{ lines, bytes int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.lines += int64(bytes.Count(p, []byte("\n")))
	c.bytes += int64(len(p))
	return len(p), nil
}
