package app

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/store"
)

// interrupted replays until the run has kept something and is stopped.
func interrupted(t *testing.T, o ReplayOptions) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var calls atomic.Int64
	o.Now = func() time.Time {
		if calls.Add(1) == 8 {
			cancel()
		}
		return time.Now()
	}
	if _, err := Replay(ctx, o); !errors.Is(err, ErrInterrupted) {
		t.Fatalf("error %v, want %v", err, ErrInterrupted)
	}
}

func TestDetectionsNeverOverwriteAnInput(t *testing.T) {
	in := archive(t, 1)
	before, err := os.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(in, link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	for _, output := range []string{in, link} {
		o := replayOptions(in)
		o.Detections = output
		if _, err := Replay(context.Background(), o); !errors.Is(err, ErrInput) {
			t.Errorf("%s: error %v, want %v", output, err, ErrInput)
		}
	}
	if after, err := os.ReadFile(in); err != nil || !bytes.Equal(after, before) {
		t.Fatalf("the input has changed: %v", err)
	}
}

// A failed start leaves the detections of an earlier run alone.
func TestFailedStartLeavesDetections(t *testing.T) {
	o := replayOptions(archive(t, 1))
	o.Detections = filepath.Join(t.TempDir(), "out.ndjson")
	if err := os.WriteFile(o.Detections, []byte("earlier\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.Listen = "192.0.2.1:1"
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrListen) {
		t.Fatalf("error %v", err)
	}
	if got, _ := os.ReadFile(o.Detections); string(got) != "earlier\n" {
		t.Errorf("the file now holds %q", got)
	}
}

func TestInputsOfAnInterruptedRunMustBeNamedAgain(t *testing.T) {
	a, b := archive(t, 1), archive(t, 2)
	o := replayOptions(a, b)
	o.Data, o.SnapshotEvery = t.TempDir(), time.Nanosecond
	interrupted(t, o)
	o.Files = []string{a}
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrInput) {
		t.Errorf("one file of two: error %v, want %v", err, ErrInput)
	}
	o.Files = []string{b, a}
	if _, err := Replay(context.Background(), o); err != nil {
		t.Errorf("in another order: %v", err)
	}
	// Finished now, under any name and in any order.
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(a, moved); err != nil {
		t.Fatal(err)
	}
	for _, files := range [][]string{{moved, b}, {b}, {moved}} {
		o.Files = files
		if sum, err := Replay(context.Background(), o); err != nil || sum.Records != 0 || sum.Late != 0 {
			t.Errorf("%v again: %+v, %v", files, sum, err)
		}
	}
}

// Files that begin alike keep their places, in whatever order they are named.
func TestFilesThatBeginAlike(t *testing.T) {
	long := archive(t, 1)
	data, err := os.ReadFile(long)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, bytes.Join(lines[:50], nil), 0o600); err != nil {
		t.Fatal(err)
	}
	// Another file with the same first 64 KiB and other lines behind them.
	fork := filepath.Join(t.TempDir(), "fork")
	at := bytes.LastIndexByte(data[:70<<10], '\n') + 1
	other := append(slices.Clone(data[:at]), []byte("{\"ts\":\"2026-06-02T23:00:00Z\",\"author\":\"x\",\"tags\":[\"fork\"]}\n")...)
	if err := os.WriteFile(fork, other, 0o600); err != nil {
		t.Fatal(err)
	}
	o := replayOptions(short, long, fork)
	o.Data, o.SnapshotEvery = t.TempDir(), time.Nanosecond
	interrupted(t, o)
	o.Files = []string{fork, long, short}
	sum, err := Replay(context.Background(), o)
	if err != nil || sum.Bad != 0 || sum.Late != 0 {
		t.Errorf("going on: %+v, %v", sum, err)
	}
	if sum, err = Replay(context.Background(), o); err != nil || sum.Read != 0 {
		t.Errorf("once more: %+v, %v", sum, err)
	}
}

// Naming a file again that was finished long ago costs no dead letter of others.
func TestDeadLettersOfOthersStay(t *testing.T) {
	o := replayOptions()
	o.Data = t.TempDir()
	bad := func(name string) string {
		path := filepath.Join(t.TempDir(), name)
		line := "{\"ts\":oops}\n{\"ts\":\"2026-06-01T00:00:00Z\",\"tags\":[\"" + name + "\"]}\n"
		if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a, b := bad("a"), bad("b")
	for _, file := range []string{a, b, a} {
		o.Files = []string{file}
		if _, err := Replay(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := os.ReadFile(filepath.Join(o.Data, deadLetterName))
	if err != nil || bytes.Count(lines, []byte("\n")) != 2 {
		t.Errorf("dead letters %q, error %v", lines, err)
	}
}

func TestBoundsOfADataDirectoryAreKept(t *testing.T) {
	o := replayOptions(archive(t, 1))
	o.Data = t.TempDir()
	o.Until = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	o.Until = time.Time{}
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrInput) {
		t.Errorf("without the bound: error %v, want %v", err, ErrInput)
	}
}

// Bad lines met before the first snapshot stand in the dead-letter file once,
// and a run that begins anew in the directory has no trace of them.
func TestBeginningAnewLeavesNothingBehind(t *testing.T) {
	oneGoroutine(t)
	bad := archive(t, 1)
	data, err := os.ReadFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, append([]byte("{\"ts\":oops}\n"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	o := replayOptions(bad)
	o.Data, o.SnapshotEvery = t.TempDir(), time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	var calls atomic.Int64
	o.Now = func() time.Time {
		if calls.Add(1) == 10 {
			cancel()
		}
		return time.Now()
	}
	// Nothing is kept when the disk is full: the run ends without a snapshot.
	var asked atomic.Int64
	o.Store = store.Options{MinFree: 1 << 20, Space: func(string) (int64, int64, error) {
		if asked.Add(1) > 8 {
			return 0, 1 << 40, nil
		}
		return 1 << 39, 1 << 40, nil
	}}
	if _, err := Replay(ctx, o); err == nil {
		t.Fatal("the run was not stopped")
	}
	cancel()
	o.Store, o.Now = store.Options{}, time.Now
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(filepath.Join(o.Data, deadLetterName))
	if err != nil || bytes.Count(lines, []byte("\n")) != 1 {
		t.Errorf("dead letters %q, error %v", lines, err)
	}
}

// A snapshot whose contents this program cannot read is passed over for the one
// before, and the run ends as if nothing had been.
func TestUnreadableSnapshotFallsBack(t *testing.T) {
	oneGoroutine(t)
	in, dir := archive(t, 2), t.TempDir()
	o := replayOptions(in)
	o.Data, o.Detections = filepath.Join(dir, "through"), filepath.Join(dir, "through.ndjson")
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	o.Data, o.Detections, o.SnapshotEvery = filepath.Join(dir, "broken"), filepath.Join(dir, "broken.ndjson"), time.Nanosecond
	interrupted(t, o)
	st, err := store.Open(filepath.Join(o.Data, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	snap, _, err := st.LoadSnapshot()
	if err != nil {
		t.Fatal(err)
	}
	var parts []store.Part
	for p, err := range snap.Parts() {
		if err != nil {
			t.Fatal(err)
		}
		if p.Name == "conductor" {
			p.Data = bytes.Replace(p.Data, []byte(`"Version":1`), []byte(`"Version":9`), 1)
		}
		parts = append(parts, p)
	}
	if _, err := st.WriteSnapshot(snap.SnapshotMeta, eachPart(parts)); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	sum, err := Replay(context.Background(), o)
	if err != nil || !sum.Resumed {
		t.Fatalf("resumed %v, error %v", sum.Resumed, err)
	}
	want, _ := os.ReadFile(filepath.Join(dir, "through.ndjson"))
	got, _ := os.ReadFile(o.Detections)
	if !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("%d bytes of detections, %d in a run without damage", len(got), len(want))
	}
}

func eachPart(parts []store.Part) iter.Seq2[store.Part, error] {
	return func(yield func(store.Part, error) bool) {
		for _, p := range slices.All(parts) {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func TestAuthorKeyIsASecretOfItsOwn(t *testing.T) {
	o := replayOptions(archive(t, 4))
	o.Data = t.TempDir()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("a secret of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.Engine.AuthorKey, err = ReadKey(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Replay(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	o.Engine.AuthorKey = [16]byte{}
	if _, err := Replay(context.Background(), o); !errors.Is(err, ErrConfig) {
		t.Errorf("without the key: error %v, want %v", err, ErrConfig)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadKey(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a short key: %v", err)
	}
}
