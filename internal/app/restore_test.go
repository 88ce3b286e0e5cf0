package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/store"
)

func testRestoreRefuses(t *testing.T, data string) {
	dir := t.TempDir()
	file, to := filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	if _, err := Backup(t.Context(), backupOptions(data, file)); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, content []byte, want error, say string) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		stdin := restoreOptions("-", to)
		stdin.Stdin = bytes.NewReader(content)
		check := restoreOptions(bad, "")
		check.Check = true
		for _, o := range []RestoreOptions{restoreOptions(bad, to), stdin, check} {
			_, err := Restore(t.Context(), o)
			if !errors.Is(err, want) || !strings.Contains(err.Error(), say) {
				t.Errorf("%s: %v, want %v with %q", name, err, want, say)
			}
			if left, err := filepath.Glob(to + "*"); err != nil || len(left) > 0 {
				t.Errorf("%s: left: %v (%v)", name, left, err)
			}
		}
	}
	flipped := bytes.Clone(good)
	flipped[len(good)/2] ^= 1
	refused("a bit", flipped, backup.ErrDamaged, "at byte ")
	refused("cut", good[:len(good)-1], backup.ErrCut, "without its trailer")
	refused("half", good[:len(good)/2], backup.ErrCut, "it ends at byte ")
	refused("nothing", nil, backup.ErrCut, "0 bytes")
	refused("another file", []byte("PK\x03\x04 and what follows"), backup.ErrNotBackup, "begins with")
	refused("more", append(bytes.Clone(good), '\n'), backup.ErrDamaged, "follows the trailer")
	refused("unknown member", made(t, "about", "{}", "later", "x"), backup.ErrNewer, `"later"`)
	refused("member twice", made(t, "about", "{}", "about", "{}"), backup.ErrDamaged, "twice")
	refused("no store", made(t, "about", "{}"), store.ErrDamaged, "holds no store")
	refused("about nothing", made(t, "about", "nonsense"), backup.ErrDamaged, "about")

	if err := os.MkdirAll(filepath.Join(dir, "full", "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), restoreOptions(file, filepath.Join(dir, "full"))); err == nil || !strings.Contains(err.Error(), `it holds files, "store" for one`) {
		t.Errorf("to a directory that is not empty: %v", err)
	}
	if _, err := Restore(t.Context(), restoreOptions(file, file)); err == nil {
		t.Error("to a file")
	}
	if err := os.MkdirAll(filepath.Join(to+partialExt, "precious"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), restoreOptions(file, to)); err == nil || !strings.Contains(err.Error(), "no restore left it") {
		t.Errorf("by way of somebody's directory: %v", err)
	}
	if err := os.WriteFile(filepath.Join(to+partialExt, restoringName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), restoreOptions(file, to)); err != nil {
		t.Errorf("by way of what an earlier restore left: %v", err)
	}
}

// made returns a backup of members that are given by name and content.
func made(t *testing.T, members ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(members); i += 2 {
		if err := member(w, members[i], []byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func testBackupAndRestoreEndWithTheirContext(t *testing.T, data string) {
	dir := t.TempDir()
	file, to := filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	if _, err := Backup(t.Context(), backupOptions(data, file)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Backup(ctx, backupOptions(data, file+"2")); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Backup: %v", err)
	}
	if _, err := Restore(ctx, restoreOptions(file, to)); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Restore: %v", err)
	}
	if _, err := Fsck(ctx, data, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrInterrupted) {
		t.Errorf("Fsck: %v", err)
	}
	if left, err := filepath.Glob(dir + "/*"); err != nil || len(left) != 1 {
		t.Errorf("left: %v (%v)", left, err)
	}
}

// What is restored takes its place by a rename, and a directory for which that cannot
// be is refused before anything is read.
func TestRestoreToWhatCannotBeReplaced(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{".", dir, filepath.Join("..", filepath.Base(dir))} {
		_, err := Restore(t.Context(), restoreOptions(filepath.Join(dir, "none"), path))
		if err == nil || !strings.Contains(err.Error(), "it is the working directory") || !strings.Contains(err.Error(), dir) {
			t.Errorf("to %s: %v", path, err)
		}
	}
	for _, path := range []string{"/dev/shm", "/proc", "/dev"} {
		at, err := os.Lstat(path)
		if err != nil {
			continue
		}
		above, err := os.Stat(filepath.Dir(path))
		if err != nil || sameVolume(at, above) {
			continue
		}
		if err := replaceable(path); err == nil || !strings.Contains(err.Error(), path+": a volume is mounted there") {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "empty")} {
		if err := replaceable(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := os.MkdirAll(filepath.Join(dir, "empty"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// A control file that a killed process left is gone once another one has the store.
func TestStaleControlFileIsRemoved(t *testing.T) {
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	path := filepath.Join(dir, controlName)
	if err := os.WriteFile(path, []byte(`{"address":"http://127.0.0.1:1","token":"x","pid":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := openDataDir(dir, store.Options{MinFree: -1}, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file: %v", err)
	}
	// That of the process that has the store stays.
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openDataDir(dir, store.Options{MinFree: -1}, log); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a second process: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
}
