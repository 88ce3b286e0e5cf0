package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/swell-radar/swell/term"
)

const spreadTerms = 150

func spreadPart(n int64) []byte { return incompressible(uint64(n), 5*chunkSize) }

func spreadSeries(id term.ID) (points []HourPoint) {
	for hour := int64(24); hour < 74; hour++ {
		points = append(points, HourPoint{hour, uint32(id) + uint32(hour), uint32(id)})
	}
	return points
}

// spread returns the directory of a closed store with two snapshots, history
// and detections in several tables, on level 0 and below.
func spread(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	s := openTest(t, dir)
	var terms []Term
	for id := term.ID(1); id <= spreadTerms; id++ {
		terms = append(terms, Term{ID: id << 50, Kind: term.Hashtag, Platform: "x", Key: fmt.Sprint("term ", id)})
	}
	if err := s.RegisterTerms(terms); err != nil {
		t.Fatal(err)
	}
	for hour := int64(24); hour < 74; hour++ {
		var points []Point
		for id := term.ID(1); id <= spreadTerms; id++ {
			points = append(points, Point{id << 50, uint32(id) + uint32(hour), uint32(id)})
		}
		if err := s.AppendHour(hour, points); err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		switch hour {
		case 40:
			n = 1
		case 73:
			n = 2
		default:
			continue
		}
		for at := s.DetectionCount(); at < uint64(n)*100; at++ {
			if err := s.AppendDetections(at, [][]byte{fmt.Appendf(nil, "detection %d", at)}); err != nil {
				t.Fatal(err)
			}
		}
		meta := SnapshotMeta{Created: n, Watermark: (hour + 1) * 3600e6, Detections: uint64(n) * 100}
		if _, err := s.WriteSnapshot(meta, partsOf(Part{Name: "p", Data: spreadPart(n)})); err != nil {
			t.Fatal(err)
		}
		if s = reopen(t, s); n == 1 {
			if err := s.Compact(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// checkSpread fails if the store shows anything that spread did not put there,
// or hides a loss. It returns the number of the snapshot that is loaded.
func checkSpread(t *testing.T, s *Store) int64 {
	t.Helper()
	for id := term.ID(1); id <= spreadTerms; id++ {
		got, err := s.Series(id<<50, 0, 100)
		if err == nil && !slices.Equal(got, spreadSeries(id)) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("series of term %d: %d points (%v)", id, len(got), err)
		}
		if got, err := s.Term(id << 50); err == nil && got.Key != fmt.Sprint("term ", id) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("term %d: %+v (%v)", id, got, err)
		}
	}
	if hours, err := s.Hours(0, 100); err == nil && len(hours) != 50 || err != nil && !errors.Is(err, ErrDamaged) {
		t.Errorf("hours %v (%v)", hours, err)
	}
	snap, problems, err := s.LoadSnapshot()
	for _, p := range problems {
		if !errors.Is(p.Err, ErrDamaged) {
			t.Error(p)
		}
	}
	if errors.Is(err, ErrNoSnapshot) && len(problems) > 0 {
		return 0
	}
	if err != nil || snap.Created < 2 && len(problems) == 0 {
		t.Fatalf("snapshot %d, problems %v (%v)", snap.Seq, problems, err)
	}
	if got, err := snap.Part("p"); err != nil || !bytes.Equal(got, spreadPart(snap.Created)) {
		t.Fatalf("content of snapshot %d differs (%v)", snap.Seq, err)
	}
	lines, err := allDetections(s, 0)
	if err == nil && uint64(len(lines)) < snap.Detections || err != nil && !errors.Is(err, ErrDamaged) {
		t.Errorf("%d detections, snapshot %d says %d (%v)", len(lines), snap.Seq, snap.Detections, err)
	}
	for i, line := range lines {
		if want := fmt.Sprintf("detection %d", i); line != want {
			t.Fatalf("%q, want %q", line, want)
		}
	}
	return snap.Created
}

// TestDamagedTables damages the tables of a store in every block, at their ends
// and by cutting them: what can be read is right, what cannot be is an error,
// and a snapshot is loaded unless neither can be.
func TestDamagedTables(t *testing.T) {
	t.Parallel()
	whole := spread(t)
	tables, err := filepath.Glob(filepath.Join(whole, "*.sst"))
	if err != nil || len(tables) < 2 {
		t.Fatal(tables, err)
	}
	count, tries := map[string]int{}, 0
	try := func(name, file string, spoil func(data []byte) []byte) {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, spoil(data), 0o600); err != nil {
			t.Fatal(err)
		}
		tries++
		if tries%8 == 1 {
			_, err = OpenReadOnly(dir, Options{})
			wantErr(t, err, ErrDamaged, name+", read-only")
		}
		s, err := Open(dir, Options{})
		if err != nil {
			wantErr(t, err, ErrDamaged, name)
			if text := err.Error(); !strings.Contains(text, "restore") || !strings.Contains(text, file) {
				t.Errorf("%s: %q lacks the file or the way out", name, text)
			}
			count["refused"]++
			return
		}
		defer func() { s.Close() }()
		checkIndex(t, s)
		loaded := checkSpread(t, s)
		count[fmt.Sprint("snapshot ", loaded)]++
		if loaded == 2 && tries%4 != 0 {
			return
		}
		s = reopen(t, s)
		if again := checkSpread(t, s); again != loaded {
			t.Errorf("%s: snapshot %d and then %d", name, loaded, again)
		}
		// The store goes on, and what is written now is not under the damage.
		if err := s.RegisterTerms([]Term{{ID: 5, Kind: term.Sound, Platform: "y", Key: "new"}}); err != nil {
			t.Fatal(err)
		}
		if err := s.AppendHour(80, []Point{{5, 9, 9}}); err != nil {
			t.Fatal(err)
		}
		writeSnapshot(t, s, 3, Part{Name: "p", Data: spreadPart(3)})
		s = reopen(t, s)
		snap, problems, err := s.LoadSnapshot()
		if err != nil || len(problems) > 0 || snap.Created != 3 {
			t.Errorf("%s: snapshot %d after the next was written, problems %v (%v)", name, snap.Seq, problems, err)
		}
		if got, err := s.Series(5, 80, 100); err != nil || len(got) != 1 {
			t.Errorf("%s: new series %v (%v)", name, got, err)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		checkEmpty(t, s)
	}
	for _, table := range tables {
		data, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := parseTable(data)
		if err != nil {
			t.Fatal(err)
		}
		size, file, at := len(data), filepath.Base(table), 0
		flip := func(at int) {
			try(fmt.Sprintf("%s of %d bytes, flip at %d", file, size, at), file, func(data []byte) []byte {
				data[at] ^= 1 << (at % 8)
				return data
			})
		}
		for i, b := range blocks {
			flip(at + b.size*(i%4)/4)
			at += b.size
		}
		flip(at + 1) // in the index
		flip(size - 1)
		for _, cut := range []int{0, size / 2, size - 1} {
			try(fmt.Sprintf("%s cut at %d", file, cut), file, func(data []byte) []byte { return data[:cut] })
		}
	}
	t.Log(len(tables), "tables:", count)
	if count["snapshot 1"] < 4 || count["snapshot 2"] < 4 {
		t.Errorf("%v: want some of each snapshot", count)
	}
}
