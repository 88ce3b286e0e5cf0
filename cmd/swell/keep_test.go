package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// spoilFile flips a bit in the middle of a file.
func spoilFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil file")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// keptDir makes a data directory d and a backup b of it below dir.
func keptDir(t *testing.T, dir string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir()) // killed processes leave what they had there
	for _, args := range [][]string{
		{"generate", "--days", "2", "--seed", "4", "--scale", "0.02", "--out", "in.ndjson"},
		{"replay", "in.ndjson", "--memory", "8MiB", "--data", "d"},
		{"backup", "--data", "d", "b"},
	} {
		if code, said := outcome(t, dir, nil, args...); code != exitOK {
			t.Fatalf("%q: exit code %d: %s", args, code, said)
		}
	}
}

// checkKilledRestore fails unless what a killed restore of b to r left is nothing, or
// all of it, and restoring goes on from there. It reports whether all was there.
func checkKilledRestore(t *testing.T, dir string) (whole bool) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "r")); err == nil {
		if code, said := outcome(t, dir, nil, "fsck", "--data", "r"); code != exitOK {
			t.Fatalf("a directory that looks whole: exit code %d: %s", code, said)
		}
		return true
	}
	// Once the store has its last key it may be used; before, it must be refused.
	if code, said := outcome(t, dir, nil, "fsck", "--data", "r.partial"); code != exitOK && code != exitPartial && code != exitFailed {
		t.Fatalf("what was left: exit code %d: %s", code, said)
	} else if code == exitFailed {
		if code, said := outcome(t, dir, nil, "trends", "--data", "r.partial"); code != exitFailed {
			t.Fatalf("what was left is used: exit code %d: %s", code, said)
		}
	}
	if code, said := outcome(t, dir, nil, "restore", "b", "--data", "r"); code != exitOK {
		t.Fatalf("restoring after a kill: exit code %d: %s", code, said)
	}
	if code, said := outcome(t, dir, nil, "fsck", "--data", "r"); code != exitOK {
		t.Fatalf("restored after a kill: exit code %d: %s", code, said)
	}
	return false
}

// killed starts the command and kills it after some time; it reports false if the
// command came to its end before.
func killed(t *testing.T, dir string, after time.Duration, args ...string) bool {
	t.Helper()
	cmd := command(t, args...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
	defer timer.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.Exited()) {
		t.Fatalf("%q: %v", args, err)
	}
	return err != nil
}

// A restore that is killed at any time leaves no directory that is not whole.
func TestKilledRestore(t *testing.T) {
	dir := t.TempDir()
	keptDir(t, dir)
	start := time.Now()
	if code, said := outcome(t, dir, nil, "restore", "b", "--data", "timed"); code != exitOK {
		t.Fatal(said)
	}
	pace := time.Since(start)
	rng := rand.New(rand.NewPCG(7, 1))
	kills := 0
	for round := 0; round < 8; round++ {
		if killed(t, dir, time.Duration(rng.Int64N(int64(pace))), "restore", "b", "--data", "r") {
			kills++
		}
		checkKilledRestore(t, dir)
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, "r")), os.RemoveAll(filepath.Join(dir, "r.partial"))); err != nil {
			t.Fatal(err)
		}
	}
	if kills == 0 {
		t.Error("never killed in the middle: the test shows nothing")
	}
}

// A backup that is killed at any time leaves the one before; what it wrote is refused.
func TestKilledBackup(t *testing.T) {
	dir := t.TempDir()
	keptDir(t, dir)
	start := time.Now()
	if code, said := outcome(t, dir, nil, "backup", "--data", "d", "timed"); code != exitOK {
		t.Fatal(said)
	}
	pace := time.Since(start)
	rng := rand.New(rand.NewPCG(7, 2))
	for round := range 8 {
		if !killed(t, dir, time.Duration(rng.Int64N(int64(pace))), "backup", "--data", "d", "b") {
			continue
		}
		if code, said := outcome(t, dir, nil, "restore", "b", "--check"); code != exitOK {
			t.Fatalf("round %d: the backup before: exit code %d: %s", round, code, said)
		}
		refuseParts(t, dir)
	}
	if code, said := outcome(t, dir, nil, "fsck", "--data", "d"); code != exitOK {
		t.Errorf("the directory after it: exit code %d: %s", code, said)
	}
}

// refuseParts fails if what a killed backup left is taken for a whole one, unless it
// is, and removes it.
func refuseParts(t *testing.T, dir string) {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(dir, "b.*.part"))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.Stat(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		info, err := os.Stat(part)
		if err != nil {
			t.Fatal(err)
		}
		code, said := outcome(t, dir, nil, "restore", part, "--check")
		if want := exitFailed; code != want && info.Size() < whole.Size()-100 {
			t.Errorf("%d bytes of %d: exit code %d: %s", info.Size(), whole.Size(), code, said)
		}
		if err := os.Remove(part); err != nil {
			t.Fatal(err)
		}
	}
}

// The backup of a process that is killed meanwhile is not taken for a whole one.
func TestBackupOfAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	keptDir(t, dir)
	serving := command(t, "serve", "--no-sources", "--data", "d", "--listen", "127.0.0.1:0")
	serving.Dir = dir
	out, err := serving.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscan(out, new(string)); err != nil {
		t.Fatal(err)
	}
	if code, said := outcome(t, dir, nil, "backup", "--data", "d", "b"); code != exitOK {
		t.Errorf("while it serves: exit code %d: %s", code, said)
	}
	if err := serving.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = serving.Wait() // killed
	if code, said := outcome(t, dir, nil, "fsck", "--data", "d"); code != exitPartial {
		t.Errorf("after it was killed: exit code %d: %s", code, said)
	}
	if code, said := outcome(t, dir, nil, "backup", "--data", "d", "b"); code != exitOK {
		t.Errorf("of what it left: exit code %d: %s", code, said)
	}
	if code, said := outcome(t, dir, nil, "fsck", "--data", "d"); code != exitPartial {
		t.Errorf("and its backup changed something: exit code %d: %s", code, said)
	}
	if code, said := outcome(t, dir, nil, "restore", "b", "--data", "r"); code != exitOK {
		t.Errorf("restored: exit code %d: %s", code, said)
	}
}
