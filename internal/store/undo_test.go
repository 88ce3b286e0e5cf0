package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"google.golang.org/protobuf/proto"
)

// copyOf returns a copy of a directory, which may be open.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "store")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "LOCK" { // a store that closes removes it
			continue
		}
		if err := copyHead(filepath.Join(to, e.Name()), filepath.Join(dir, e.Name()), -1); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// sums returns the files in dir by name, with the checksum of each.
func sums(t *testing.T, dir string) map[string]uint32 {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]uint32)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = crc32.Checksum(data, castagnoli)
	}
	return all
}

// named returns the change sets of the MANIFEST in dir.
func named(t *testing.T, dir string) []changeSet {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, badger.ManifestFilename))
	if err != nil {
		t.Fatal(err)
	}
	sets, err := changeSets(data)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// name appends what a flush of a table that nobody made would.
func name(t *testing.T, dir string, id uint64) {
	t.Helper()
	body, err := proto.Marshal(&pb.ManifestChangeSet{Changes: []*pb.ManifestChange{{Id: id, Op: pb.ManifestChange_CREATE, EncryptionAlgo: pb.EncryptionAlgo_aes}}})
	if err != nil {
		t.Fatal(err)
	}
	entry := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	entry = binary.BigEndian.AppendUint32(entry, crc32.Checksum(body, castagnoli))
	f, err := os.OpenFile(filepath.Join(dir, badger.ManifestFilename), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(append(entry, body...)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// holds fails the test unless all of begun's store is there.
func holds(t *testing.T, s *Store) {
	t.Helper()
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 || snap.Created != 2 {
		t.Fatalf("snapshot %d, problems %v (%v)", snap.Created, problems, err)
	}
	if got, err := snap.Part("p"); err != nil || !slices.Equal(got, incompressible(2, 5000)) {
		t.Fatalf("its part differs (%v)", err)
	}
	snap, problems, err = s.LoadSnapshotBefore(snap.Seq)
	if err != nil || len(problems) > 0 || snap.Created != 1 {
		t.Fatalf("the snapshot before: %d, problems %v (%v)", snap.Created, problems, err)
	}
	if got, err := s.Series(1, 0, 100); err != nil || len(got) != 2 {
		t.Fatalf("series %v (%v)", got, err)
	}
}

// begun returns a store with a table of a snapshot and an hour, and a log of as much.
func begun(t *testing.T) *Store {
	t.Helper()
	s := openTest(t, filepath.Join(t.TempDir(), "store"))
	for n := int64(1); n <= 2; n++ {
		if n == 2 {
			s = reopen(t, s)
		}
		if err := s.RegisterTerms([]Term{{ID: 1, Kind: 1, Platform: "x", Key: "a"}}); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendHour(24+n, []Point{{1, uint32(n), 1}}); err != nil {
			t.Fatal(err)
		}
		writeSnapshot(t, s, n, Part{Name: "p", Data: incompressible(uint64(n), 5000)})
	}
	return s
}

// A flush whose entry in MANIFEST could not be synced leaves its log, and a table that is
// named and gone. The next opening takes that back, once it is written down that the flush
// failed; else the table may have been lost, with the log long gone.
func TestFailedFlushIsTakenBack(t *testing.T) {
	t.Parallel()
	s := begun(t)
	for _, c := range []struct {
		about string
		left  int // bytes of the tables
		noted bool
		opens bool
	}{
		{"removed", -1, true, true},
		{"cut, not removed", 0, true, true},
		{"killed before it was written down", -1, false, false},
	} {
		t.Run(c.about, func(t *testing.T) {
			dir := copyOf(t, s.dir)
			before := len(named(t, dir))
			for id := uint64(90); id < 92; id++ {
				name(t, dir, id)
				if c.left >= 0 {
					if err := os.WriteFile(table.NewFilename(id, dir), make([]byte, c.left), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			if c.noted {
				if err := noteUnflushed(dir); err != nil {
					t.Fatal(err)
				}
			}
			was := sums(t, dir)
			_, err := OpenReadOnly(dir, Options{})
			if c.opens {
				wantErr(t, err, ErrNeedsRecovery, "OpenReadOnly")
			} else if err == nil {
				t.Error("it opens for reading")
			}
			report, err := Fsck(t.Context(), dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]Severity{true: Repairable, false: Unreadable}[c.opens]; report.Worst() != want {
				t.Errorf("the check finds %v, want at worst %v", report.Findings, want)
			}
			if got := sums(t, dir); len(got) != len(was) {
				t.Errorf("%d files, there were %d", len(got), len(was))
			} else {
				for file, sum := range was {
					if got[file] != sum && file != "LOCK" {
						t.Errorf("%s was changed by readers", file)
					}
				}
			}
			again, err := Open(dir, Options{})
			if !c.opens {
				wantErr(t, err, ErrDamaged, "Open")
				if !strings.Contains(err.Error(), "restore a backup") {
					t.Errorf("%q lacks the way out", err)
				}
				if got := sums(t, dir); got[filepath.Base(table.NewFilename(1, dir))] != was[filepath.Base(table.NewFilename(1, dir))] {
					t.Error("a table was changed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			holds(t, again)
			if _, err := os.Stat(filepath.Join(dir, unflushedName)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is still there: its tables' numbers are given again (%v)", unflushedName, err)
			}
			if after := named(t, dir); slices.ContainsFunc(after, func(set changeSet) bool { return set.makes(map[uint64]bool{90: true, 91: true}) }) || len(after) < before {
				t.Errorf("MANIFEST has %d entries, it had %d", len(after), before)
			}
			again = reopen(t, again)
			holds(t, again)
		})
	}
}

// A compaction whose entry in MANIFEST could not be synced leaves the old tables, which are
// named no more, and names new ones that are gone.
func TestFailedCompactionIsTakenBack(t *testing.T) {
	t.Parallel()
	whole := filepath.Join(t.TempDir(), "store")
	s := openTest(t, whole)
	const tables = 10 // more than the database leaves uncompacted, and then some
	if err := s.RegisterTerms([]Term{{ID: 1, Kind: 1, Platform: "x", Key: "a"}}); err != nil {
		t.Fatal(err)
	}
	for n := range int64(tables) {
		if err := s.AppendHour(24+n, []Point{{1, uint32(n) + 1, 1}}); err != nil {
			t.Fatal(err)
		}
		if s = reopen(t, s); n == 6 {
			if err := s.Compact(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := copyOf(t, whole)
	s = openTest(t, whole)
	if err := s.Compact(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sets := named(t, whole)
	if !slices.ContainsFunc(sets[len(named(t, before)):], changeSet.deletes) {
		t.Fatal("nothing was compacted: the test shows nothing")
	}
	manifest, err := os.ReadFile(filepath.Join(whole, badger.ManifestFilename))
	if err != nil {
		t.Fatal(err)
	}
	failed := func(t *testing.T) string {
		dir := copyOf(t, before)
		if err := os.WriteFile(filepath.Join(dir, badger.ManifestFilename), manifest, 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	series := func(t *testing.T, s *Store) {
		t.Helper()
		for hour := int64(24); hour < 24+tables; hour++ {
			if got, err := s.Hours(hour, hour+1); err != nil || len(got) != 1 {
				t.Errorf("hour %d: %v (%v)", hour, got, err)
			}
		}
	}
	t.Run("new tables are gone", func(t *testing.T) {
		s := openTest(t, failed(t))
		series(t, s)
		s = reopen(t, s)
		series(t, s)
	})
	t.Run("deleting them was cut off", func(t *testing.T) {
		dir := failed(t)
		for id := range listed(sets) {
			if err := os.WriteFile(table.NewFilename(id, dir), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			break
		}
		series(t, openTest(t, dir))
	})
	t.Run("an old one is gone as well", func(t *testing.T) {
		dir := failed(t)
		old, err := filepath.Glob(filepath.Join(dir, "*.sst"))
		if err != nil || len(old) < 3 {
			t.Fatal(old, err)
		}
		if err := os.Remove(old[1]); err != nil {
			t.Fatal(err)
		}
		was := sums(t, dir)
		_, err = Open(dir, Options{})
		wantErr(t, err, ErrDamaged, "Open")
		got := sums(t, dir)
		for _, path := range slices.Delete(old, 1, 2) {
			if file := filepath.Base(path); got[file] != was[file] {
				t.Errorf("%s was changed", file)
			}
		}
	})
}

// A note that was not written to its end names nothing, and one that names a table which
// is there changes nothing.
func TestUnflushedNote(t *testing.T) {
	t.Parallel()
	s := begun(t)
	dir := copyOf(t, s.dir)
	name(t, dir, 90)
	if err := noteUnflushed(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, unflushedName)
	note, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readUnflushed(dir); err != nil || len(got) != 1 || !got[90] {
		t.Fatalf("%v (%v)", got, err)
	}
	for n := range note {
		if err := os.WriteFile(path, note[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readUnflushed(dir); err != nil || len(got) > 0 {
			t.Errorf("its first %d bytes name %v (%v)", n, got, err)
		}
	}
	dir = copyOf(t, s.dir)
	body := append([]byte{unflushedFormat, 1}, binary.AppendUvarint(nil, 1)...)
	if err := os.WriteFile(filepath.Join(dir, unflushedName), seal([]byte(unflushedName), body), 0o600); err != nil {
		t.Fatal(err)
	}
	holds(t, openTest(t, dir))
}
