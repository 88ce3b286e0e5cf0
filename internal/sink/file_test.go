package sink

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
)

// Alerts are lines, digests are files; a repeat changes nothing.
func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "told")
	s := newSink(t, Config{Kind: File, Dir: dir, Format: "md"}, Deps{})
	if !s.Recognises() || !s.Follows() {
		t.Error("it neither recognises nor follows")
	}
	for range 2 {
		mustSend(t, s, alertMessage())
		mustSend(t, s, changeMessage())
		mustSend(t, s, overMessage())
		mustSend(t, s, testMessage())
		mustSend(t, s, digestMessage(api.AudienceManager))
	}
	lines, err := os.ReadFile(filepath.Join(dir, "alerts.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "file/alerts.ndjson", lines)
	page, err := os.ReadFile(filepath.Join(dir, "digest-daily-2026-11-20.md"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "file/digest.md", page)
	all, err := os.ReadDir(dir)
	if err != nil || len(all) != 2 {
		t.Errorf("%d files: %v", len(all), err)
	}
}

// Whatever a crash leaves of the last line, all lines are whole and each is there once.
func TestTornLines(t *testing.T) {
	dir := t.TempDir()
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		path := filepath.Join(dir, "alerts.ndjson")
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		want := 0
		for i := range 1 + random.IntN(3) {
			id := string(rune('a' + i))
			line := []byte(`{"id":"` + id + `","type":"test"}` + "\n")
			for range 1 + random.IntN(2) {
				if err := appendOnce(path, id, line); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if torn := random.IntN(len(line) + 1); torn > 0 {
					if err := os.Truncate(path, info.Size()-int64(torn)); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := appendOnce(path, id, line); err != nil {
				t.Fatal(err)
			}
			want++
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for line := range bytes.Lines(data) {
			var e struct{ ID string }
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("seed %d: %q: %v", seed, line, err)
			}
			seen[e.ID]++
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("seed %d: %s is there %d times", seed, id, n)
			}
		}
		if len(seen) != want {
			t.Fatalf("seed %d: %d lines, want %d", seed, len(seen), want)
		}
	}
}

// Names of files are harmless, whatever a digest is called; errors name the folder.
func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	s := newSink(t, Config{Kind: File, Dir: dir}, Deps{})
	m := digestMessage(api.AudienceManager)
	m.Name, m.Digest.Date = "../../x", "../2026"
	mustSend(t, s, m)
	if _, err := os.Stat(filepath.Join(dir, "digest-______x-___2026.html")); err != nil {
		t.Error(err)
	}
	blocked := filepath.Join(dir, "blocked")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = newSink(t, Config{Kind: File, Dir: blocked}, Deps{})
	if e := send(t, s, alertMessage()); e == nil || e.Permanent || !strings.Contains(e.Reason, "blocked") {
		t.Errorf("%+v", e)
	}
	bad := &writer{render: func(*api.Digest, digest.Style) (*digest.Document, error) { return nil, errBroken }, brief: digest.BriefOf}
	s = newSink(t, Config{Kind: File, Dir: dir}, Deps{digests: bad})
	if e := send(t, s, digestMessage("x")); e == nil || !e.Permanent {
		t.Errorf("%+v", e)
	}
	if _, err := New("x", Config{Kind: File, Dir: dir, Format: "pdf"}, Deps{}); err == nil || !strings.Contains(err.Error(), `format = "pdf"`) {
		t.Error(err)
	}
}
