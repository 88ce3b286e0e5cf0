package engine

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/term"

	"bufio"
)

// The counts of the most frequent terms of the window, and their distinct
// authors, lie within the published bounds of the exact ones: on a made-up
// archive, and on the real ones where they are present.
func TestCountsAndAuthorsLieWithinTheirBounds(t *testing.T) {
	oneGoroutine(t)
	t.Run("generated", func(t *testing.T) {
		g, err := workload.New(workload.Config{Seed: 9, Days: 4, Scale: 0.08})
		if err != nil {
			t.Fatal(err)
		}
		checkBounds(t, 12<<20, func(rec *term.Record) bool { return g.Next(rec) })
	})
	for _, name := range []string{"congress-2016", "reddit-2013a", "tiktok-vn-2025"} {
		t.Run(name, func(t *testing.T) {
			dir := os.Getenv("SWELL_TESTDATA")
			if dir == "" {
				t.Skip("SWELL_TESTDATA is not set: real archives are not replayed")
			}
			checkBounds(t, 256<<20, archive(t, filepath.Join(dir, name+".ndjson.zst")))
		})
	}
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
				rec.Own()
				return true
			}
		}
	}
}

type exactTerm struct {
	platform string
	kind     term.Kind
	key      string
}

// exactCount counts a term by hour.
type exactCount struct {
	posts   map[int64]uint64
	authors map[int64]map[string]struct{}
}

func (c *exactCount) in(from, to int64) (posts, authors uint64) {
	people := map[string]struct{}{}
	for hour, n := range c.posts {
		if from <= hour && hour < to {
			posts += n
			maps.Copy(people, c.authors[hour])
		}
	}
	return posts, uint64(len(people))
}

func checkBounds(t *testing.T, memory int64, next func(*term.Record) bool) {
	o := DefaultOptions()
	o.Window.Memory = memory
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	drained := collect(t, e)
	exact := map[exactTerm]*exactCount{}
	var x term.Extractor
	var rec term.Record
	for next(&rec) {
		if e.Observe(&rec) != Counted || rec.Gauge != nil {
			continue
		}
		hour := rec.TS / 3600e6
		terms, _ := x.Terms(&rec)
		for _, tm := range terms {
			key := exactTerm{rec.Platform, tm.Kind, tm.Key}
			c := exact[key]
			if c == nil {
				key.key = string([]byte(tm.Key))
				c = &exactCount{map[int64]uint64{}, map[int64]map[string]struct{}{}}
				exact[key] = c
			}
			c.posts[hour]++
			if c.authors[hour] == nil {
				c.authors[hour] = map[string]struct{}{}
			}
			c.authors[hour][cmp.Or(rec.Author, rec.Group, rec.ID)] = struct{}{}
		}
	}
	e.Flush()
	drained.until(e.Marks())

	v := e.View()
	from, to := v.From/3600, (v.AsOf+3599)/3600
	type ranked struct {
		exactTerm
		posts, authors uint64
	}
	var top []ranked
	for key, c := range exact {
		if posts, authors := c.in(from, to); posts > 0 {
			top = append(top, ranked{key, posts, authors})
		}
	}
	slices.SortFunc(top, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.posts, a.posts), cmp.Compare(a.key, b.key), cmp.Compare(a.platform, b.platform))
	})
	top = top[:min(1000, len(top))]
	inexact, beyond, worst := 0, 0, 0.0
	for _, want := range top {
		found, err := e.Term(context.Background(), want.kind, want.key, want.platform)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s %q on %s: %d answers, error %v", want.kind, want.key, want.platform, len(found), err)
		}
		got := found[0]
		if c := got.Count; want.posts > c.Posts || want.posts < c.Posts-c.Over {
			t.Errorf("%q: %d posts, published %d, at most %d too high", want.key, want.posts, c.Posts, c.Over)
		}
		if !got.Count.Exact() {
			inexact++
		}
		if !got.Count.Tracked {
			continue
		}
		off := math.Abs(float64(got.Authors72) - float64(want.authors))
		if got.AuthorsError == 0 && off != 0 && got.Count.Exact() {
			t.Errorf("%q: %d authors, published %d as exact", want.key, want.authors, got.Authors72)
		}
		if got.AuthorsError > 0 {
			worst = max(worst, off/float64(want.authors)/got.AuthorsError)
			if off > 3*got.AuthorsError*float64(want.authors) {
				beyond++
			}
		}
	}
	t.Logf("%d terms, %d tracked of %d; top %d: least %d posts, %d not exact; authors: worst off by %.1f standard errors, %d beyond three",
		len(exact), v.Core.Tracked, v.Core.Capacity, len(top), top[len(top)-1].posts, inexact, worst, beyond)
	if beyond > len(top)/100 {
		t.Errorf("%d of %d author counts are beyond three standard errors", beyond, len(top))
	}
}
