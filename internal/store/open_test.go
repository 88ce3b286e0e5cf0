package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// filled returns the directory of a closed store with a snapshot, points and a
// detection in it.
func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	s := openTest(t, dir)
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func fill(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.WriteSnapshot(SnapshotMeta{Created: 1}, partsOf(Part{Name: "p", Data: []byte("state")})); err != nil {
		t.Fatal(err)
	}
	if err := s.RegisterTerms([]Term{{ID: 1, Kind: 1, Platform: "x", Key: "k"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendHour(30, []Point{{ID: 1, Posts: 2, Fresh: 1}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendDetections(0, [][]byte{[]byte("line")}); err != nil {
		t.Fatal(err)
	}
}

// checkFilled fails unless the store holds what fill put there.
func checkFilled(t *testing.T, s *Store) {
	t.Helper()
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if data, err := snap.Part("p"); err != nil || string(data) != "state" {
		t.Fatalf("part %q (%v)", data, err)
	}
	if got, err := s.Series(1, 0, 100); err != nil || len(got) != 1 || got[0] != (HourPoint{30, 2, 1}) {
		t.Fatalf("series %v (%v)", got, err)
	}
	if n := s.DetectionCount(); n != 1 {
		t.Fatalf("%d detections", n)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	dir := filled(t)
	var readers []*Store
	for range 2 {
		r, err := OpenReadOnly(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		checkFilled(t, r)
		readers = append(readers, r)
	}
	wantErr(t, readers[0].AppendHour(31, nil), ErrReadOnly, "AppendHour")
	wantErr(t, readers[0].Compact(), ErrReadOnly, "Compact")
	wantErr(t, readers[0].Reset(), ErrReadOnly, "Reset")
	_, err := readers[0].WriteSnapshot(SnapshotMeta{}, partsOf())
	wantErr(t, err, ErrReadOnly, "WriteSnapshot")
	_, err = Open(dir, Options{})
	wantErr(t, err, ErrLocked, "writer beside readers")
}

func TestSecondOpenNamesTheFirst(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	_, err := Open(s.dir, Options{})
	wantErr(t, err, ErrLocked, "second writer")
	if text := err.Error(); !strings.Contains(text, s.dir) || !strings.Contains(text, "process ") {
		t.Errorf("%q does not name directory and process", text)
	}
	_, err = OpenReadOnly(s.dir, Options{})
	wantErr(t, err, ErrLocked, "reader beside a writer")
	if !strings.Contains(err.Error(), "HTTP") {
		t.Errorf("%q does not say the way out", err)
	}
}

func TestOpenRefusesOtherDirectories(t *testing.T) {
	t.Parallel()
	t.Run("files", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, Options{})
		wantErr(t, err, ErrForeign, "Open")
		if !strings.Contains(err.Error(), "letter.txt") {
			t.Errorf("%q does not name the file", err)
		}
	})
	t.Run("another database", func(t *testing.T) {
		dir := t.TempDir()
		db, err := badger.Open(badger.DefaultOptions(dir).WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Update(func(tx *badger.Txn) error { return tx.Set([]byte("k"), []byte("v")) }); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = Open(dir, Options{})
		wantErr(t, err, ErrForeign, "Open")
	})
	t.Run("none", func(t *testing.T) {
		_, err := OpenReadOnly(filepath.Join(t.TempDir(), "none"), Options{})
		wantErr(t, err, ErrNoStore, "OpenReadOnly")
		_, err = OpenReadOnly(t.TempDir(), Options{})
		wantErr(t, err, ErrNoStore, "OpenReadOnly")
	})
	t.Run("a file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v does not name %s", err, path)
		}
	})
}

func TestOpenRefusesNewerFormat(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	body := append(encodeFormat(FormatVersion+41), "what a later version adds"...)
	rawSet(t, s, formatKey(), seal(formatKey(), body))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(string, Options) (*Store, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
		_, err := open(s.dir, Options{})
		wantErr(t, err, ErrNewerFormat, name)
		if text := err.Error(); !strings.Contains(text, fmt.Sprintf("format %d", FormatVersion+41)) || !strings.Contains(text, fmt.Sprintf("knows %d", FormatVersion)) {
			t.Errorf("%s: %q does not say both numbers", name, text)
		}
	}
}

func TestOpenTellsDamagedFiles(t *testing.T) {
	t.Parallel()
	f := func(name, pattern string, spoil func(path string, data []byte) error) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			files, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(files[0], data); err != nil {
				t.Fatal(err)
			}
			_, err = Open(dir, Options{})
			wantErr(t, err, ErrDamaged, "Open")
			text := err.Error()
			if !strings.Contains(text, dir) || strings.Contains(text, "http") || strings.Contains(text, "\n") {
				t.Errorf("%q lacks the directory, or says more than one line of ours", text)
			}
			if file := filepath.Base(files[0]); !strings.Contains(text, file) && !strings.Contains(text, "table 1;") {
				t.Errorf("%q does not name %s", text, file)
			}
			if pattern != badger.KeyRegistryFileName {
				if !strings.Contains(text, "restore") {
					t.Errorf("%q lacks the way out", text)
				}
				return
			}
			if !strings.Contains(text, "delete") {
				t.Errorf("%q lacks the way out", text)
			}
			if err := os.Remove(files[0]); err != nil {
				t.Fatal(err)
			}
			checkFilled(t, openTest(t, dir))
		})
	}
	f("bit in a table", "*.sst", func(path string, data []byte) error {
		data[100] ^= 4
		return os.WriteFile(path, data, 0o600)
	})
	f("half a table", "*.sst", func(path string, data []byte) error { return os.Truncate(path, int64(len(data)/2)) })
	f("no table", "*.sst", func(path string, _ []byte) error { return os.Remove(path) })
	f("bit in the list of tables", "MANIFEST", func(path string, data []byte) error {
		data[len(data)-1] ^= 4
		return os.WriteFile(path, data, 0o600)
	})
	f("another list of tables", "MANIFEST", func(path string, _ []byte) error {
		return os.WriteFile(path, []byte("something else"), 0o600)
	})
	flip := func(at int) func(path string, data []byte) error {
		return func(path string, data []byte) error {
			data[at] ^= 4
			return os.WriteFile(path, data, 0o600)
		}
	}
	f("external version of the list", "MANIFEST", flip(5))
	f("version of the list", "MANIFEST", flip(7))
	f("length in the list", "MANIFEST", flip(8))
	f("key registry", "KEYREGISTRY", flip(20))
	f("key registry of another length", "KEYREGISTRY", func(path string, _ []byte) error { return os.Truncate(path, 9) })
	f("head of a value log", "*.vlog", flip(2))
}

// killed returns a copy of the directory of a store that is open and filled:
// what a killed process leaves.
func killed(t *testing.T) string {
	t.Helper()
	s := openTest(t, filepath.Join(t.TempDir(), "live"))
	fill(t, s)
	copied := filepath.Join(t.TempDir(), "copy")
	copyStore(t, copied, s.dir)
	return copied
}

// copyStore copies the files of a store and leaves the holes in its logs holes.
func copyStore(t *testing.T, to, from string) {
	t.Helper()
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, size := readHead(t, filepath.Join(from, f.Name()))
		path := filepath.Join(to, f.Name())
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
	}
}

// readHead returns the size of a file and what of it is before its hole: what
// these tests write is less than 1 MiB.
func readHead(t *testing.T, path string) ([]byte, int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimRight(data, "\x00"), info.Size()
}

func TestOpenRepairsWhatAKillLeaves(t *testing.T) {
	t.Parallel()
	left := killed(t)
	f := func(name string, spoil func(t *testing.T, dir string)) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "copy")
			copyStore(t, dir, left)
			spoil(t, dir)
			_, err := OpenReadOnly(dir, Options{})
			wantErr(t, err, ErrNeedsRecovery, "read-only before repair")
			checkFilled(t, openTest(t, dir))
		})
	}
	write := func(name string, size int) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	f("nothing", func(*testing.T, string) {})
	f("empty mem", write("00099.mem", 0))
	f("two empty mems and an empty vlog", func(t *testing.T, dir string) {
		write("00098.mem", 0)(t, dir)
		write("00099.mem", 0)(t, dir)
		write("000099.vlog", 0)(t, dir)
	})
	f("mem of three bytes", write("00099.mem", 3))
	f("mem of zeros", write("00099.mem", 4096))
	f("stale table", write("000099.sst", 100))
}

// TestTruncatedMem cuts the log of the newest writes at many places: what was
// written before the cut must be there, or be absent as a whole.
func TestTruncatedMem(t *testing.T) {
	t.Parallel()
	dir := killed(t)
	mems, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil || len(mems) != 1 {
		t.Fatal(mems, err)
	}
	written, _ := readHead(t, mems[0])
	used := len(written)
	for cut := 0; cut < used; cut += 1 + used/5 {
		part := filepath.Join(t.TempDir(), "cut")
		copyStore(t, part, dir)
		if err := os.Truncate(filepath.Join(part, filepath.Base(mems[0])), int64(cut)); err != nil {
			t.Fatal(err)
		}
		s, err := Open(part, Options{})
		if err != nil {
			t.Fatalf("cut at %d of %d: %v", cut, used, err)
		}
		if snap, _, err := s.LoadSnapshot(); err == nil {
			if data, err := snap.Part("p"); err != nil || string(data) != "state" {
				t.Errorf("cut at %d: part %q (%v)", cut, data, err)
			}
		} else if !errors.Is(err, ErrNoSnapshot) {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if got, err := s.Series(1, 0, 100); err == nil && len(got) > 0 && got[0] != (HourPoint{30, 2, 1}) {
			t.Errorf("cut at %d: series %v", cut, got)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	free := int64(1 << 40)
	opts := Options{Space: func(string) (int64, int64, error) { return free, 200 << 20, nil }}
	s, err := Open(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	fill(t, s)
	writes := map[string]func() error{
		"WriteSnapshot": func() error {
			_, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Data: []byte("new")}))
			return err
		},
		"RegisterTerms":    func() error { return s.RegisterTerms([]Term{{ID: 7}}) },
		"AppendHour":       func() error { return s.AppendHour(31, nil) },
		"AppendGauges":     func() error { return s.AppendGauges(31, nil) },
		"AppendDetections": func() error { return s.AppendDetections(1, nil) },
		"PutRanking":       func() error { return s.PutRanking(1, nil) },
	}
	// The floor of a volume of 200 MiB is the least there is.
	free = floorLeast - 1
	for name, write := range writes {
		wantErr(t, write(), ErrDiskFull, name)
	}
	checkFilled(t, s)
	if _, err := s.Prune(Floors{Points: 24, Rankings: 24}); err != nil {
		t.Errorf("Prune on a full disk: %v", err)
	}
	free = floorLeast
	for name, write := range writes {
		if err := write(); err != nil {
			t.Errorf("%s at the floor: %v", name, err)
		}
	}

	t.Run("open", func(t *testing.T) {
		full := Options{Space: func(string) (int64, int64, error) { return openLeast - 1, 1 << 40, nil }}
		_, err := Open(t.TempDir(), full)
		wantErr(t, err, ErrDiskFull, "Open")
	})

	t.Run("between parts", func(t *testing.T) {
		before := len(rawKeys(t, s, tabChunk))
		_, err := s.WriteSnapshot(SnapshotMeta{}, func(yield func(Part, error) bool) {
			if yield(Part{Name: "a", Data: []byte("first")}, nil) {
				free = 0
				yield(Part{Name: "b", Data: []byte("second")}, nil)
			}
		})
		wantErr(t, err, ErrDiskFull, "WriteSnapshot")
		if got := len(rawKeys(t, s, tabChunk)); got != before {
			t.Errorf("%d chunks after a snapshot that failed, %d before", got, before)
		}
	})
}

func TestFreeFloor(t *testing.T) {
	f := func(minFree, total, want int64, fail error) {
		t.Helper()
		o := Options{MinFree: minFree, Space: func(string) (int64, int64, error) { return 0, total, fail }}
		if got := o.freeFloor("."); got != want {
			t.Errorf("floor of %d bytes with MinFree %d is %d, want %d", total, minFree, got, want)
		}
	}
	f(0, 10<<30, 512<<20, nil)
	f(0, 200<<20, 64<<20, nil)
	f(0, 1<<40, 1<<30, nil)
	f(5, 1<<40, 5, nil)
	f(-1, 1<<40, 0, nil)
	f(0, 1<<40, 0, errors.ErrUnsupported)
}

func TestVolumeSpace(t *testing.T) {
	free, total, err := volumeSpace(t.TempDir())
	if err != nil {
		t.Skip(err)
	}
	if free <= 0 || total < free {
		t.Errorf("%d of %d bytes free", free, total)
	}
}

// TestLockOfAnotherProcess holds the store in a child process.
func TestLockOfAnotherProcess(t *testing.T) {
	if dir := os.Getenv("SWELL_STORE_HOLD"); dir != "" {
		s, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		os.Stdin.Read(make([]byte, 1))
		s.Close()
		return
	}
	t.Parallel()
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestLockOfAnotherProcess$")
	child.Env = append(os.Environ(), "SWELL_STORE_HOLD="+dir)
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer in.Close()
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(dir, Options{})
	wantErr(t, err, ErrLocked, "second process")
	if err := child.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	openTest(t, dir) // the lock goes with the process
}

func TestLevelOfDatabaseWarnings(t *testing.T) {
	var lines bytes.Buffer
	log := dbLogger{to: slog.New(slog.NewTextHandler(&lines, nil))}
	log.Warningf("%s might be too small. Metrics: %s\n", "Block cache", "-- Histogram")
	log.Warningf("Cache life expectancy (in seconds): %+v\n", 1)
	if lines.Len() > 0 {
		t.Errorf("logged above debug: %s", lines.String())
	}
	if log.Warningf("While compacting: %v", "no"); !strings.Contains(lines.String(), "While compacting: no") {
		t.Errorf("not logged: %q", lines.String())
	}
}
