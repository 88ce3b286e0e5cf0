package window_test

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/xxh3"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// The published bounds hold for every term of real archives, week by week, where
// most terms have no place in the table and where all have.
func TestBoundsOnArchives(t *testing.T) {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip("SWELL_TESTDATA is not set: real archives are not replayed")
	}
	t.Parallel()
	for _, name := range []string{"congress-2016", "reddit-2013a", "tiktok-vn-2025"} {
		for _, mebibytes := range []int64{4, 64} {
			t.Run(fmt.Sprintf("%s in %d MiB", name, mebibytes), func(t *testing.T) {
				checkArchive(t, filepath.Join(dir, name+".ndjson.zst"), mebibytes<<20)
			})
		}
	}
}

func checkArchive(t *testing.T, path string, memory int64) {
	const week = 7 * 24 * 3600e6
	b := bounds{player: newPlayer(t, window.Config{Shards: 2, Memory: memory, AuthorPrecision: 8}.WithDefaults(), 1, 12)}
	defer b.close()
	var x term.Extractor
	next, due := archive(t, path), int64(0)
	for rec := (term.Record{}); next(&rec); {
		if rec.Gauge != nil {
			continue
		}
		switch {
		case due == 0:
			b.closed, due = b.cfg.PaneOf(rec.TS-b.cfg.Allowed().Microseconds())-1, rec.TS+week
		case rec.TS >= due:
			b.check(t)
			due += week
			b.trim()
		}
		author := cmp.Or(rec.Author, rec.Group, rec.ID)
		terms, _ := x.Terms(&rec)
		for _, tm := range terms {
			o := post{window.Observation{
				ID: term.ScopeOf(tm.Kind, rec.Platform).ID(tm.Key), Kind: tm.Kind,
				Author: xxh3.HashString(author), Repost: rec.Repost, Key: tm.Key, Display: tm.Display,
			}, rec.TS}
			b.feed(&o)
		}
	}
	b.check(t)
}

// trim forgets what has left the window.
func (b *bounds) trim() {
	from := windowStart(b.cfg, b.newest)
	kept := b.stream[:0]
	for _, u := range b.stream {
		if u.pane >= from {
			kept = append(kept, u)
		}
	}
	b.stream = kept
}

// archive yields the records of a file.
func archive(t *testing.T, path string) func(*term.Record) bool {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { z.Close(); f.Close() })
	lines := bufio.NewReaderSize(z, 1<<20)
	var d term.Decoder
	return func(rec *term.Record) bool {
		for {
			line, err := lines.ReadSlice('\n')
			if errors.Is(err, io.EOF) {
				return false
			}
			if err != nil {
				t.Fatal(err)
			}
			if d.Decode(line, rec) == nil {
				return true
			}
		}
	}
}
