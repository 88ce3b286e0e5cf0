package journal

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
)

// Below the floor nothing is taken, and above it again by itself.
func TestFloorOfFreeSpace(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 30)
	o := embedded(t.TempDir())
	o.MinFree = 100 << 20
	o.Space = func(string) (int64, int64, error) { return free.Load(), 1 << 40, nil }
	j := mustOpen(t, o)
	mustAppend(t, j, small(1))
	free.Store(99 << 20)
	for range 2 {
		if _, err := j.Append(t.Context(), small(2)); !errors.Is(err, ErrFull) {
			t.Fatalf("below the floor: %v", err)
		}
	}
	if s := j.State(); !s.Full || s.Why == "" || s.Since.IsZero() || s.Next != 2 {
		t.Errorf("below the floor the state is %+v", s)
	}
	free.Store(100 << 20)
	if at := mustAppend(t, j, small(2)); at.Entry != 2 || j.State().Full {
		t.Errorf("above it again: %v, %+v", at, j.State())
	}
}

// On a small file system that is really full: what was accepted is there, and as
// soon as there is room the journal goes on, without being opened anew.
func TestFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: a small file system cannot be mounted here (%v: %s)", err, out)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", "-l", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	j := mustOpen(t, embedded(filepath.Join(dir, "journal")))
	var want []*Batch
	appendUntil := func(stop func(n int, err error) bool) {
		t.Helper()
		for n := 0; ; n++ {
			seq := len(want) + 1
			b := &Batch{Producer: "p", Seq: uint64(seq), Records: []term.Record{{Text: string(noise(seq, 200<<10))}}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, err := j.Append(ctx, b)
			cancel()
			if err == nil {
				want = append(want, b)
			} else if !errors.Is(err, ErrFull) && !errors.Is(err, ErrInDoubt) {
				t.Fatal(err)
			}
			if stop(n, err) {
				return
			}
		}
	}
	refused := 0
	appendUntil(func(_ int, err error) bool {
		if err != nil {
			refused++
		}
		return refused == 3
	})
	if s := j.State(); !s.Full || s.Why == "" {
		t.Errorf("on a full disk the state is %+v", s)
	}
	before := len(want)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	appendUntil(func(int, error) bool { return len(want) == before+10 })
	if j.Err() != nil || j.State().Full {
		t.Errorf("with room again: %v, %+v", j.Err(), j.State())
	}
	// A batch that was in doubt may be there before it was sent again.
	seen := map[uint64]bool{}
	_, batches := readAll(t, j, 1)
	l := NewLedger()
	for _, b := range batches {
		if l.Has(b) {
			continue
		}
		l.Take(b)
		w := *want[b.Seq-1]
		w.Ingest = b.Ingest
		sameBatch(t, b, &w)
		seen[b.Seq] = true
	}
	if len(seen) != len(want) {
		t.Errorf("%d batches are there, %d were accepted", len(seen), len(want))
	}
}

func TestJudge(t *testing.T) {
	for line, want := range map[string]trouble{
		"Filestore [SWELL] Critical write error: write /j/1.blk: no space left on device":                       diskFull,
		"Filestore [SWELL] Critical write error: sync /j/1.blk: no space left on device":                        diskFailed,
		"Filestore [SWELL] Critical write error: sync /j/1.blk: input/output error":                             diskFailed,
		"JetStream failed to store a msg on stream '$G > SWELL': write /j/1.blk: input/output error":            diskFailed,
		"JetStream stream '$G > SWELL' critical write error: write /j/1.blk: disk quota exceeded":               diskFull,
		"JetStream out of File resources, will be DISABLED":                                                     diskFull,
		"Filesystem permission denied while writing msg, disabling JetStream: open /j/2.blk: permission denied": diskFailed,
		"Filestore [SWELL] Stream state outdated, last block has additional entries, will rebuild":              noTrouble,
	} {
		if got := judge(line); got != want {
			t.Errorf("%s: %d, want %d", line, got, want)
		}
	}
}
