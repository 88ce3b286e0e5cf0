package store

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// A length in the database's MANIFEST that is damaged must not pass for an entry that a
// crash cut off: the tables behind it would be deleted. One that was cut off is none.
func TestDamagedManifestDeletesNoTable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 3 {
		s := openTest(t, dir)
		writeSnapshot(t, s, int64(n), Part{Name: "p", Data: incompressible(uint64(n), 1000)})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, badger.ManifestFilename)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tables := func() int {
		names, err := filepath.Glob(filepath.Join(dir, "*.sst"))
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	want, tried := tables(), 0
	for at := manifestFileHead; at < len(whole); at += 8 + int(binary.BigEndian.Uint32(whole[at:])) {
		for bit := range 32 {
			spoilt := append([]byte{}, whole...)
			spoilt[at+bit/8] ^= 1 << (bit % 8)
			if err := os.WriteFile(path, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, Options{})
			wantErr(t, err, ErrDamaged, "Open")
			if got := tables(); got != want {
				t.Fatalf("byte %d, bit %d: %d tables are left of %d", at, bit, got, want)
			}
			tried++
		}
	}
	if tried < 3*32 {
		t.Fatalf("%d lengths: the test shows nothing", tried/32)
	}
	for _, left := range []int{manifestFileHead + 4, 0} { // without its end, and not at all
		if err := os.WriteFile(path, whole[:left], 0o600); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		_, err = Open(dir, Options{})
		wantErr(t, err, ErrDamaged, "Open")
		if got := tables(); got != want {
			t.Fatalf("%d tables are left of %d", got, want)
		}
	}
	// Cut off in the middle of an entry that names no table yet.
	torn := append(append([]byte{}, whole...), 0, 0, 0, 40, 1, 2, 3, 4, 9, 9)
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	if snap, problems, err := s.LoadSnapshot(); err != nil || len(problems) > 0 || snap.Created != 2 {
		t.Errorf("snapshot %d %v %v", snap.Created, problems, err)
	}
}
