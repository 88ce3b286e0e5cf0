//go:build faults

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/swell-radar/swell/internal/fault"
)

// killedAt runs the command, which is to be killed at a point.
func killedAt(t *testing.T, dir, point string, args ...string) {
	t.Helper()
	cmd := command(t, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, fault.Variable+"="+point)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("it was not killed at %s: %v: %s", point, err, out)
	}
}

// A restore that is killed between its steps leaves no directory that is not whole.
func TestRestoreKilledAtEachStep(t *testing.T) {
	dir := t.TempDir()
	keptDir(t, dir)
	for _, point := range []string{"restore.store", "restore.rename"} {
		killedAt(t, dir, point, "restore", "b", "--data", "r")
		if _, err := os.Stat(filepath.Join(dir, "r")); err == nil {
			t.Errorf("%s: the directory is there", point)
		}
		if code, said := outcome(t, dir, nil, "trends", "--data", "r.partial"); point == "restore.store" && code != exitFailed {
			t.Errorf("%s: what was left is used: exit code %d: %s", point, code, said)
		}
		if checkKilledRestore(t, dir) {
			t.Errorf("%s: it was whole", point)
		}
		if err := os.RemoveAll(filepath.Join(dir, "r")); err != nil {
			t.Fatal(err)
		}
	}
}

// A backup that is killed after any block leaves the one before, and what it wrote
// is refused.
func TestBackupKilledAtEachBlock(t *testing.T) {
	dir := t.TempDir()
	keptDir(t, dir)
	for n := 1; n <= 2; n++ {
		killedAt(t, dir, fmt.Sprint("backup.block#", n), "backup", "--data", "d", "b")
		parts, err := filepath.Glob(filepath.Join(dir, "b.*.part"))
		if err != nil || len(parts) != 1 {
			t.Fatal(parts, err)
		}
		if code, said := outcome(t, dir, nil, "restore", parts[0], "--check"); code != exitFailed {
			t.Errorf("after block %d: exit code %d: %s", n, code, said)
		}
		if err := os.Remove(parts[0]); err != nil {
			t.Fatal(err)
		}
		if code, said := outcome(t, dir, nil, "restore", "b", "--check"); code != exitOK {
			t.Errorf("the backup before: exit code %d: %s", code, said)
		}
		if code, said := outcome(t, dir, nil, "fsck", "--data", "d"); code != exitOK {
			t.Errorf("the directory: exit code %d: %s", code, said)
		}
	}
}
