package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/internal/backup"
	"github.com/swell-radar/swell/internal/store"
)

// replayed returns a data directory with an archive in it, and a bad line set aside.
func replayed(t *testing.T) string {
	t.Helper()
	in := archive(t, 1)
	f, err := os.OpenFile(in, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("{\"ts\":oops}\n")
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	o := replayOptions(in)
	o.Data = filepath.Join(t.TempDir(), "data")
	if _, err := Replay(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o.Data
}

// TestKeep runs the tests of backups, each over a copy of one data directory.
func TestKeep(t *testing.T) {
	data := replayed(t)
	for name, test := range map[string]func(*testing.T, string){
		"backup and restore":                        testBackupAndRestore,
		"backup to standard output":                 testBackupToStandardOutput,
		"backup of a directory in use":              testBackupOfADirectoryInUse,
		"control file of another":                   testControlFileOfAnother,
		"backups are for the owner":                 testBackupsAreForTheOwner,
		"backup of a journal":                       backupOfAJournal,
		"restore refuses":                           testRestoreRefuses,
		"backup and restore end with their context": testBackupAndRestoreEndWithTheirContext,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
				t.Fatal(err)
			}
			test(t, dir)
		})
	}
}

func backupOptions(data, file string) BackupOptions {
	return BackupOptions{Data: data, File: file, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard}
}

func restoreOptions(file, data string) RestoreOptions {
	return RestoreOptions{File: file, Data: data, Log: slog.New(slog.DiscardHandler)}
}

// whole fails unless the directory holds what the backup said, and returns its
// entries in the order of keys.
func whole(t *testing.T, dir string, want store.Contents) []byte {
	t.Helper()
	kept, err := Fsck(t.Context(), dir, slog.New(slog.DiscardHandler))
	if err != nil || len(kept.Findings) > 0 {
		t.Fatalf("%+v (%v)", kept.Findings, err)
	}
	if diff := cmp.Diff(want, kept.Contents); diff != "" {
		t.Errorf("it holds other things than the backup says:\n%s", diff)
	}
	st, err := store.OpenUntouched(filepath.Join(dir, storeName), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(st.Backup(t.Context(), w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func testBackupAndRestore(t *testing.T, data string) {
	file, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	if err := os.WriteFile(file, []byte("an older one"), 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := Backup(t.Context(), backupOptions(data, file))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || uint64(info.Size()) != sum.Size || info.Mode() != 0o600 || sum.Online {
		t.Errorf("%v %v, summary %+v (%v)", info.Size(), info.Mode(), sum, err)
	}
	if err := os.Mkdir(to, 0o700); err != nil { // an empty directory is as good as none
		t.Fatal(err)
	}
	kept, err := Restore(t.Context(), restoreOptions(file, to))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sum.Kept, kept); diff != "" {
		t.Errorf("backed up and restored:\n%s", diff)
	}
	if kept.Swell != "test" || kept.AsOf() == 0 || kept.Contents.Terms < 1000 || kept.Contents.Hours < 40 || kept.DeadLetters == 0 {
		t.Errorf("%+v", kept)
	}
	if !bytes.Equal(whole(t, to, kept.Contents), whole(t, data, kept.Contents)) {
		t.Error("the two stores differ")
	}
	for _, dir := range []string{data, to} {
		dead, err := os.ReadFile(filepath.Join(dir, deadLetterName))
		if err != nil || !strings.Contains(string(dead), "oops") {
			t.Errorf("%s: bad lines %q (%v)", dir, dead, err)
		}
	}
	left, err := filepath.Glob(filepath.Dir(to) + "/*")
	if err != nil || len(left) != 1 {
		t.Errorf("left: %v (%v)", left, err)
	}
	if _, err := View(to, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}

func testBackupToStandardOutput(t *testing.T, data string) {
	var out bytes.Buffer
	o := backupOptions(data, "-")
	o.Stdout = &out
	sum, err := Backup(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "restored")
	r := restoreOptions("-", to)
	r.Stdin = &out
	kept, err := Restore(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sum.Kept, kept); diff != "" {
		t.Error(diff)
	}
}

// serving serves a data directory until the returned function is called.
func servingData(t *testing.T, data string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- Serve(ctx, ServeOptions{
			Data: data, Listen: "127.0.0.1:0", Version: "serving", Store: store.Options{MinFree: -1},
			Settings: func(stored *engine.Options) (engine.Options, error) {
				if stored != nil {
					return *stored, nil
				}
				return replayOptions().Engine, nil
			}, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Announce: func(*engine.View, string) error { close(ready); return nil },
		})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func testBackupOfADirectoryInUse(t *testing.T, data string) {
	file, to := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	servingData(t, data)() // the first time gives it a name
	offline, err := Backup(t.Context(), backupOptions(data, file))
	if err != nil {
		t.Fatal(err)
	}
	stop := servingData(t, data)
	if info, err := os.Stat(filepath.Join(data, controlName)); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v (%v)", info.Mode(), err)
	}
	if _, err := Fsck(t.Context(), data, slog.New(slog.DiscardHandler)); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "swell backup") {
		t.Errorf("a check of it: %v", err)
	}
	sum, err := Backup(t.Context(), backupOptions(data, file))
	if err != nil {
		t.Fatal(err)
	}
	if !sum.Online || sum.Swell != "serving" {
		t.Errorf("%+v", sum)
	}
	// One that serves notes, at some moment, up to when it has looked for alerts.
	if diff := cmp.Diff(offline.Contents, sum.Contents, cmpopts.IgnoreFields(store.Contents{}, "Keys", "Bytes")); diff != "" {
		t.Errorf("in use and not:\n%s", diff)
	}
	kept, err := Restore(t.Context(), restoreOptions(file, to))
	if err != nil {
		t.Fatal(err)
	}
	whole(t, to, kept.Contents)
	stop()
	if _, err := os.Stat(filepath.Join(data, controlName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
}

// A file that a killed process left does not mislead, and a process that has the
// directory but serves nothing is told.
func testControlFileOfAnother(t *testing.T, data string) {
	file := filepath.Join(t.TempDir(), "backup")
	d := &dataDir{path: data}
	if _, err := d.offer("http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	if sum, err := Backup(t.Context(), backupOptions(data, file)); err != nil || sum.Online {
		t.Errorf("beside the file of a killed process: online %v (%v)", sum.Online, err)
	}
	st, err := store.Open(filepath.Join(data, storeName), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), backupOptions(data, file)); err == nil || !strings.Contains(err.Error(), "does not answer at http://127.0.0.1:1") {
		t.Errorf("a process that does not answer: %v", err)
	}
	if err := os.Remove(filepath.Join(data, controlName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(t.Context(), backupOptions(data, file)); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), "--serve") {
		t.Errorf("a process that serves nothing: %v", err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the backup before has changed (%v)", err)
	}
	if left, err := filepath.Glob(filepath.Dir(file) + "/*"); err != nil || len(left) != 1 {
		t.Errorf("left: %v (%v)", left, err)
	}
}

// Only who can read the directory is given a backup, and only from this machine.
func testBackupsAreForTheOwner(t *testing.T, data string) {
	d, err := openDataDir(data, store.Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h, withdraw, err := d.keep(next, "http://127.0.0.1:1", "test", time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer withdraw()
	c, err := readControl(data)
	if err != nil || len(c.Token) < 26 {
		t.Fatal(c, err)
	}
	k := h.(*keeper)
	ask := func(want int, method, path, remote, auth string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr = remote
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(deadlines{w}, r)
		if w.Code != want {
			t.Errorf("%s %s from %s with %q: status %d, want %d: %s", method, path, remote, auth, w.Code, want, w.Body)
		}
		return w
	}
	const here, path = "127.0.0.1:5", backupPath
	good := bearer + c.Token
	ask(http.StatusTeapot, "GET", "/api/v1/trends", here, "")
	ask(http.StatusUnauthorized, "GET", path, here, "")
	ask(http.StatusUnauthorized, "GET", path, here, c.Token)
	ask(http.StatusUnauthorized, "GET", path, here, bearer)
	ask(http.StatusUnauthorized, "GET", path, here, good+"x")
	ask(http.StatusUnauthorized, "GET", path, here, good[:len(good)-1])
	ask(http.StatusUnauthorized, "GET", path, here, "Basic "+c.Token)
	ask(http.StatusForbidden, "GET", path, "192.0.2.7:5", good)
	ask(http.StatusForbidden, "GET", path, "", good)
	ask(http.StatusMethodNotAllowed, "POST", path, here, good)
	k.busy.Lock()
	ask(http.StatusServiceUnavailable, "GET", path, here, good)
	k.busy.Unlock()
	for _, remote := range []string{here, "[::1]:5"} {
		w := ask(http.StatusOK, "GET", path, remote, good)
		if _, err := readBackup(t.Context(), w.Body, "", slog.New(slog.DiscardHandler)); err != nil {
			t.Error(err)
		}
	}
	withdraw()
	w := ask(http.StatusOK, "GET", path, here, good)
	if _, err := readBackup(t.Context(), w.Body, "", slog.New(slog.DiscardHandler)); !errors.Is(err, backup.ErrGivenUp) || !strings.Contains(err.Error(), errEnding.Error()) {
		t.Errorf("of a process that ends: %v", err)
	}
	withdraw()
}

// deadlines is a recorder that takes deadlines.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetWriteDeadline(time.Time) error { return nil }

// A process that serves a temporary directory offers nothing.
func TestTemporaryDirectoriesOfferNothing(t *testing.T) {
	d, err := openDataDir("", store.Options{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	next := http.NotFoundHandler()
	h, withdraw, err := d.keep(next, "http://127.0.0.1:1", "test", time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	withdraw()
	if _, kept := h.(*keeper); kept {
		t.Error("it can be asked for backups")
	}
}
