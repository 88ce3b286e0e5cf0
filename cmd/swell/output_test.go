package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/swell-radar/swell/bench/workload"
)

// says returns a writer of one text.
func says(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if len(got) != len(want) {
		t.Fatalf("the folder holds %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("the folder holds %q, want %q", got, want)
		}
	}
}

func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := writeFile(path, nil, says("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeFile(path, nil, func(w io.Writer) error {
		return errors.Join(says("half of the new")(w), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got the error %v", err)
	}
	wantFile(t, path, "old")
	wantNames(t, dir, "a")
	if err := writeFile(path, nil, says("new")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "new")
	wantNames(t, dir, "a")
}

// The temporary file must not be one that somebody asked for.
func TestFilesNamedLikeTemporaryOnesStay(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.part"), filepath.Join(dir, "a")
	for _, path := range []string{first, second} {
		if err := writeFile(path, nil, says(path)); err != nil {
			t.Fatal(err)
		}
	}
	wantFile(t, first, first)
	wantFile(t, second, second)
}

func TestSameFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("there", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"-", "-", true},
		{"-", "a", false},
		{"a", "-", false},
		{"a", "b", false},
		{"a", "./a", true},
		{"a", filepath.Join(dir, "a"), true},
		{"there", "a", false},
		{"there", filepath.Join(dir, "there"), true},
	} {
		if got := sameFile(c.a, c.b); got != c.want {
			t.Errorf("sameFile(%q, %q) is %t", c.a, c.b, got)
		}
	}
}

func TestInterruptedGenerateLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, name := range []string{"a.ndjson", "a.ndjson.zst", "a.ndjson.gz"} {
		dir := t.TempDir()
		err := generate(ctx, workload.Config{Days: 1, Scale: 0.001},
			filepath.Join(dir, name), filepath.Join(dir, "truth.csv"), streams{out: io.Discard, err: io.Discard})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got the error %v", name, err)
		}
		wantNames(t, dir)
	}
}
