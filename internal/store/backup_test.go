package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swell-radar/swell/internal/backup"
)

// backedUp returns a backup of the store.
func backedUp(t testing.TB, s *Store) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := backup.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(t.Context(), w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// restoreFrom restores a backup to dir, or checks it alone if dir is empty.
func restoreFrom(data []byte, dir string) (Report, error) {
	from, err := backup.NewReader(bytes.NewReader(data))
	if err != nil {
		return Report{}, err
	}
	r, err := NewRestorer(dir, Options{})
	if err != nil {
		return Report{}, err
	}
	for {
		name, content, err := from.Next()
		if errors.Is(err, io.EOF) {
			return r.Finish()
		}
		if err == nil {
			_, err = r.Member(name, content)
		}
		if err != nil {
			return Report{}, errors.Join(err, r.Close())
		}
	}
}

// hashes returns a hash of every file in a directory and what is known of it.
func hashes(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		sum := sha256.New()
		if info.Mode().IsRegular() {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			if _, err := io.Copy(sum, f); err != nil {
				return err
			}
		}
		all[path] = fmt.Sprintf("%x %d %v %v", sum.Sum(nil), info.Size(), info.Mode(), info.ModTime())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// noTraces fails if something is left in the folder for temporary files.
func noTraces(t testing.TB) {
	t.Helper()
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Cleanup(func() {
		if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
			t.Errorf("left in the folder for temporary files: %v (%v)", left, err)
		}
	})
}

// wholeStore returns a store of this format, closed or killed.
func wholeStore(t testing.TB, kind string) string { return storeOf(t, FormatVersion, kind) }

func storeOf(t testing.TB, format int, kind string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	unpackStore(t, dir, storeFile(format, kind))
	return dir
}

// A restored store holds every key and value of the one that was backed up, reads
// the same and goes on, also if that one was killed, and nothing of it changes.
func TestRestoredStoreIsTheSame(t *testing.T) {
	noTraces(t)
	for n := range 2 * FormatVersion {
		format, kind := n/2+1, []string{"", "-killed"}[n%2]
		t.Run(fmt.Sprint(format, kind), func(t *testing.T) {
			dir := storeOf(t, format, kind)
			before := hashes(t, dir)
			s, err := OpenUntouched(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if s.Dir() != dir {
				t.Errorf("it says it is in %s", s.Dir())
			}
			data := backedUp(t, s)
			wantErr(t, s.AppendHour(90, nil), ErrReadOnly, "AppendHour")
			_, err = Open(dir, Options{})
			wantErr(t, err, ErrLocked, "a writer beside it")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, hashes(t, dir)); diff != "" {
				t.Errorf("the backup changed the store:\n%s", diff)
			}
			checked, err := restoreFrom(data, "")
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(t.TempDir(), "restored")
			report, err := restoreFrom(data, to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(checked, report); diff != "" {
				t.Errorf("checked and restored:\n%s", diff)
			}
			if len(report.Findings) > 0 {
				t.Errorf("findings %+v", report.Findings)
			}
			original, restored := openTest(t, dir), openTest(t, to)
			if diff := cmp.Diff(dump(t, original), dump(t, restored)); diff != "" {
				t.Errorf("the restored store differs:\n%s", diff)
			}
			if got, want := upgradeRead(restored, format), upgradeRead(original, format); got != want {
				t.Errorf("it reads as\n%s\nwant\n%s", got, want)
			}
			upgradeGoOn(t, restored)
		})
	}
}

func TestContents(t *testing.T) {
	s, err := OpenUntouched(wholeStore(t, ""), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	report, err := restoreFrom(backedUp(t, s), "")
	if err != nil {
		t.Fatal(err)
	}
	got := report.Contents
	got.Bytes, got.Keys = 0, 0
	want := Contents{Format: FormatVersion, Terms: 3, Gauges: 3, Hours: 52, FirstHour: 24, LastHour: 75, Detections: 6, Rankings: 21, Snapshots: []SnapshotInfo{
		{Seq: 2, Watermark: 60 * 3600e6, Created: 60, Bytes: 400_010, Whole: true, App: []byte(`{"offset":9}`)},
		{Seq: 3, Watermark: 75 * 3600e6, Created: 75, Bytes: 400_010, Whole: true, App: []byte(`{"offset":9}`)},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Keys of tables and families that a later version adds are carried along.
func TestUnknownTablesAreBackedUp(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	fill(t, s)
	for _, key := range []string{"G", "Z", "Zany", "bq\x00\x00\x00\x01\x00\x00\x00\x02", "~"} {
		rawSet(t, s, []byte(key), seal([]byte(key), []byte("later")))
	}
	dir := filepath.Join(t.TempDir(), "restored")
	report, err := restoreFrom(backedUp(t, s), dir)
	if err != nil {
		t.Fatal(err)
	}
	if report.Contents.Unknown != 5 || len(report.Findings) > 0 {
		t.Errorf("%+v", report)
	}
	if diff := cmp.Diff(dump(t, s), dump(t, openTest(t, dir))); diff != "" {
		t.Error(diff)
	}
}

// A backup is of one state, and the store goes on meanwhile.
func TestBackupOfAStoreThatIsWrittenTo(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	fill(t, s)
	want := dump(t, s)
	out := &interrupted{fn: func() {
		if err := s.AppendHour(31, []Point{{1, 5, 5}}); err != nil {
			t.Error(err)
		}
		if err := s.TruncateDetections(0); err != nil {
			t.Error(err)
		}
		writeSnapshot(t, s, 2, Part{Name: "p", Data: []byte("other")})
	}}
	w, err := backup.NewWriter(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(t.Context(), w), w.Close()); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := restoreFrom(out.Bytes(), dir); err != nil {
		t.Fatal(err)
	}
	restored := openTest(t, dir)
	if diff := cmp.Diff(want, dump(t, restored)); diff != "" {
		t.Error(diff)
	}
	checkFilled(t, restored)
}

// interrupted calls fn at the third write.
type interrupted struct {
	bytes.Buffer
	n  int
	fn func()
}

func (i *interrupted) Write(p []byte) (int, error) {
	if i.n++; i.n == 3 {
		i.fn()
	}
	return i.Buffer.Write(p)
}

func TestBackupEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	w, err := backup.NewWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, s.Backup(ctx, w), context.Canceled, "Backup")
}

func TestBackupOfDamageIsRefused(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	fill(t, s)
	flipBit(t, s, detectionKey(0), 3)
	w, err := backup.NewWriter(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Backup(t.Context(), w)
	wantErr(t, err, ErrDamaged, "Backup")
	if !strings.Contains(err.Error(), "fsck") || !strings.Contains(err.Error(), keyString(detectionKey(0))) {
		t.Errorf("%q lacks the key or the way out", err)
	}
}

// What is left of a restore that did not finish is no store.
func TestUnfinishedRestoreIsNoStore(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	fill(t, s)
	writeSnapshot(t, s, 2, Part{Name: "p", Data: incompressible(1, 20<<20)}) // more than a table
	data := backedUp(t, s)
	dir := filepath.Join(t.TempDir(), "restored")
	_, err := restoreFrom(data[:len(data)-1], dir)
	wantErr(t, err, backup.ErrCut, "restore")
	for name, open := range map[string]func(string, Options) (*Store, error){"Open": Open, "OpenReadOnly": OpenReadOnly, "OpenUntouched": OpenUntouched} {
		_, err := open(dir, Options{})
		wantErr(t, err, ErrForeign, name)
	}
	_, err = restoreFrom(data, dir)
	wantErr(t, err, ErrForeign, "a restore over it")
}

// What verifies as a container may have been made by somebody else.
func TestBackupsThatLie(t *testing.T) {
	t.Parallel()
	format := appendEntry(nil, formatKey(), seal(formatKey(), encodeFormat(FormatVersion)))
	floor := []byte{tabFloor, byte(famCounts)}
	entry := func(key string, body string) []byte {
		return appendEntry(nil, []byte(key), seal([]byte(key), []byte(body)))
	}
	for name, c := range map[string]struct {
		member  string
		content []byte
		want    error
	}{
		"nothing":               {entriesMember, nil, ErrDamaged},
		"no format":             {entriesMember, entry("wc", "\x01\x00"), ErrForeign},
		"newer format":          {entriesMember, appendEntry(nil, formatKey(), seal(formatKey(), encodeFormat(FormatVersion+1))), ErrNewerFormat},
		"falling keys":          {entriesMember, bytes.Join([][]byte{format, entry("b", "x"), entry("a", "x")}, nil), ErrDamaged},
		"a key twice":           {entriesMember, bytes.Join([][]byte{format, entry("b", "x"), entry("b", "x")}, nil), ErrDamaged},
		"another checksum":      {entriesMember, append(bytes.Clone(format), appendEntry(nil, floor, seal([]byte("wg"), encodeFloor(3)))...), ErrDamaged},
		"a key of a table, cut": {entriesMember, append(bytes.Clone(format), entry("e123", "x")...), ErrDamaged},
		"an unfinished store":   {entriesMember, append(bytes.Clone(format), entry("U", "\x01")...), ErrDamaged},
		"an empty key":          {entriesMember, append(bytes.Clone(format), 0, 5), ErrDamaged},
		"a key too long":        {entriesMember, append(bytes.Clone(format), entry(strings.Repeat("k", maxKey+1), "x")...), ErrDamaged},
		"a value too long":      {entriesMember, append(bytes.Clone(format), entry("k", strings.Repeat("x", maxValue+1))...), ErrDamaged},
		"a value that ends":     {entriesMember, format[:len(format)-1], ErrDamaged},
		"a key that ends":       {entriesMember, append(bytes.Clone(format), 9, 'k'), ErrDamaged},
		"a length of 1 EiB":     {entriesMember, append(bytes.Clone(format), 1, 'k', 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10), ErrDamaged},
		"a loss elsewhere":      {"store/../../etc/passwd", nil, ErrDamaged},
		"a loss of no table":    {"store/x.lost", nil, ErrDamaged},
		"a loss unsealed":       {"store/000001.lost", []byte("lost"), ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := backup.NewWriter(&out)
			if err != nil {
				t.Fatal(err)
			}
			to, err := w.Member(c.member)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := to.Write(c.content); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "restored")
			_, err = restoreFrom(out.Bytes(), dir)
			wantErr(t, err, c.want, "restore")
			_, err = restoreFrom(out.Bytes(), "")
			wantErr(t, err, c.want, "check")
		})
	}
}

// What a store knows of its losses goes with it.
func TestLossesAreBackedUp(t *testing.T) {
	dir := spread(t)
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil {
		t.Fatal(err)
	}
	table := tables[0]
	data, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	data[100] ^= 1
	if err := os.WriteFile(table, data, 0o600); err != nil {
		t.Fatal(err)
	}
	before := hashes(t, dir)
	s, err := OpenUntouched(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	loaded := checkSpread(t, s)
	saved := backedUp(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, hashes(t, dir)); diff != "" {
		t.Errorf("it changed:\n%s", diff)
	}
	to := filepath.Join(t.TempDir(), "restored")
	report, err := restoreFrom(saved, to)
	if err != nil {
		t.Fatal(err)
	}
	if report.Worst() != Lost {
		t.Errorf("findings %+v", report.Findings)
	}
	restored := openTest(t, to)
	if got := checkSpread(t, restored); got != loaded {
		t.Errorf("snapshot %d is loaded from what was restored, %d before", got, loaded)
	}
	if n := len(*restored.losses.Load()); n != 1 {
		t.Errorf("%d losses are known, want 1", n)
	}
}

// FuzzEntries reads any bytes as the entries of a store: they are refused, or are
// what appendEntry makes of them again.
func FuzzEntries(f *testing.F) {
	f.Add(bytes.Join([][]byte{
		appendEntry(nil, formatKey(), seal(formatKey(), encodeFormat(FormatVersion))),
		appendEntry(nil, detectionKey(0), seal(detectionKey(0), []byte{detectionFormat})),
	}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var again []byte
		r := newEntryReader(bytes.NewReader(data))
		for {
			err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			again = appendEntry(again, r.key, r.value)
		}
		if !bytes.Equal(data, again) && len(again) >= len(data) {
			t.Fatalf("%x became %x", data, again) // lengths may have been written longer
		}
	})
}
