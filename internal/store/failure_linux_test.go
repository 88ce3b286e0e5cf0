package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// breakManifest makes every further write of a store's MANIFEST fail.
func breakManifest(t *testing.T, s *Store) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here:", err)
	}
	defer full.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(filepath.Join("/proc/self/fd", fd.Name())); err == nil && to == filepath.Join(s.dir, badger.ManifestFilename) {
			n, err := strconv.Atoi(fd.Name())
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Dup3(int(full.Fd()), n, syscall.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the store has no MANIFEST open")
}

// A flush that fails in the background is not tried again without end: the store says so,
// refuses to write, can be closed, and the next opening finds all of it.
func TestFailedFlushEndsTheStore(t *testing.T) {
	t.Parallel()
	s := begun(t)
	dir := s.dir
	breakManifest(t, s)
	select {
	case <-s.Failed():
		t.Fatal("it failed before anything was flushed")
	default:
	}
	// More than one memtable holds, so that one is flushed.
	var err error
	for n := uint64(0); err == nil && n < 64; n++ {
		_, err = s.WriteSnapshot(SnapshotMeta{Created: 3}, partsOf(Part{Name: "p", Data: incompressible(n, 4<<20)}))
		select {
		case <-s.Failed():
			err = s.Failure()
		default:
		}
	}
	wantErr(t, err, ErrFailed, "writing")
	wantErr(t, s.Failure(), ErrFailed, "Failure")
	wantErr(t, s.AppendHour(80, []Point{{1, 1, 1}}), ErrFailed, "AppendHour")
	wantErr(t, s.Sync(), ErrFailed, "Sync")
	wantErr(t, s.Compact(), ErrFailed, "Compact")
	if _, err := s.Term(1); err != nil {
		t.Errorf("what is there can no longer be read: %v", err)
	}
	wantErr(t, s.Close(), ErrFailed, "Close")
	again, err := Open(copyOf(t, dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if snap, problems, err := again.LoadSnapshot(); err != nil || len(problems) > 0 || snap.Created < 2 {
		t.Errorf("snapshot %d, problems %v (%v)", snap.Created, problems, err)
	}
	if got, err := again.Series(1, 0, 60); err != nil || len(got) != 2 {
		t.Errorf("series %v (%v)", got, err)
	}
}

// A flush that fails as the store is closed does not keep it from closing.
func TestFailedFlushAtClose(t *testing.T) {
	t.Parallel()
	s := begun(t)
	breakManifest(t, s)
	wantErr(t, s.Close(), ErrFailed, "Close")
	holds(t, openTest(t, copyOf(t, s.dir)))
}

// A sync that failed is not tried again: it would seem to succeed.
func TestFailedSyncIsFinal(t *testing.T) {
	t.Parallel()
	s := begun(t)
	log := filepath.Join(s.dir, "99999.mem") // that cannot be synced
	if err := os.Mkdir(log, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(); err == nil {
		t.Fatal("it synced a folder")
	}
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Sync(), ErrFailed, "Sync again")
	<-s.Failed()
	if err := s.Close(); !errors.Is(err, ErrFailed) {
		t.Error(err)
	}
	holds(t, openTest(t, copyOf(t, s.dir)))
}
