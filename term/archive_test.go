package term

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// archiveLines calls f with each line of an archive. The archives are real
// posts and are not part of this repository.
func archiveLines(t *testing.T, name string, f func(line []byte)) {
	dir := os.Getenv("SWELL_TESTDATA")
	if dir == "" {
		t.Skip("SKIPPED: set SWELL_TESTDATA to the folder of the archives to run this test")
	}
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := zstd.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		f(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestTagsOfArchive compares the hashtags found in real posts with those that
// the archive lists. The archive's rule is looser at the left (it takes the tag
// of "SC#Debate") and stricter on length (it leaves out "trade #s" and the "#t…"
// of a repost cut short): the posts that differ are of these two kinds.
func TestTagsOfArchive(t *testing.T) {
	var (
		d            Decoder
		x            Extractor
		rec          Record
		posts, agree int
	)
	archiveLines(t, "congress-2016.ndjson.zst", func(line []byte) {
		if err := d.Decode(line, &rec); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		posts++
		want := slices.Clone(rec.Tags)
		rec.Tags = rec.Tags[:0]
		var got []string
		terms, _ := x.Terms(&rec)
		for _, term := range terms {
			got = append(got, string(append([]byte(nil), term.Key...)))
		}
		slices.Sort(want)
		want = slices.Compact(want)
		slices.Sort(got)
		if slices.Equal(got, want) {
			agree++
		} else if posts-agree <= 20 {
			t.Logf("%q\n found %q\nlisted %q", rec.Text, got, want)
		}
	})
	share := float64(agree) / float64(posts)
	t.Logf("%d of %d posts agree (%.4f)", agree, posts, share)
	if share < 0.998 {
		t.Errorf("the tags found are the tags listed in %.4f of the posts, want 0.998", share)
	}
}

func terms(x *Extractor, rec *Record) []Term {
	found, _ := x.Terms(rec)
	return found
}

// TestArchivesDecode reads every line of the other archives and checks that
// encoding it again keeps it.
func TestArchivesDecode(t *testing.T) {
	for _, name := range []string{"tiktok-vn-2025.ndjson.zst", "douyin-music-2025-05.ndjson.zst", "weibo-hotsearch-2025h1.ndjson.zst", "reddit-2013a.ndjson.zst"} {
		t.Run(name, func(t *testing.T) {
			var (
				d            Decoder
				x            Extractor
				first, back  Record
				line2        []byte
				lines, empty int
			)
			archiveLines(t, name, func(line []byte) {
				lines++
				if err := d.Decode(line, &first); errors.Is(err, ErrNothingToCount) {
					empty++ // a post without caption, tags and sound
					return
				} else if err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				for _, term := range terms(&x, &first) {
					if again := KeyOf(term.Kind, term.Key); again != term.Key {
						t.Fatalf("the key of %q is %q", term.Key, again)
					}
				}
				line2 = AppendRecord(line2[:0], &first)
				if err := d.Decode(line2, &back); err != nil {
					t.Fatalf("%s: %v", line2, err)
				}
				if line3 := AppendRecord(nil, &back); string(line3) != string(line2) {
					t.Fatalf("%s became %s", line2, line3)
				}
			})
			t.Logf("%d of %d lines had nothing to count", empty, lines)
			if empty > lines/100 {
				t.Errorf("%d of %d lines had nothing to count, want 1 %% at most", empty, lines)
			}
		})
	}
}
