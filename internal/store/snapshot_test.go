package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSnapshotRoundTrip(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	_, problems, err := s.LoadSnapshot()
	wantErr(t, err, ErrNoSnapshot, "empty store")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := SnapshotMeta{ConfigHash: "abc", Watermark: -5, Created: 7, Detections: 9, App: []byte(`{"x":1}`)}
	big := bytes.Repeat([]byte("0123456789abcdef"), 50_000) // 800 kB, four chunks
	stats, err := s.WriteSnapshot(want, partsOf(Part{Name: "big", Data: big}, Part{Name: "none"}))
	if err != nil {
		t.Fatal(err)
	}
	if stats.Seq != 1 || stats.Chunks != 4 || stats.Bytes != uint64(len(big)) {
		t.Errorf("stats %+v", stats)
	}
	for range 2 {
		snap, problems, err := s.LoadSnapshot()
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		if got, want := fmt.Sprint(snap.SnapshotMeta), fmt.Sprint(want); got != want {
			t.Errorf("meta %s, want %s", got, want)
		}
		var names []string
		for p, err := range snap.Parts() {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, p.Name)
		}
		if fmt.Sprint(names) != "[big none]" {
			t.Errorf("parts %v", names)
		}
		got, err := snap.Part("big")
		if err != nil || !bytes.Equal(got, big) {
			t.Errorf("part differs (%v)", err)
		}
		_, err = snap.Part("other")
		wantErr(t, err, ErrNotFound, "missing part")
		s = reopen(t, s)
	}
}

// incompressible returns n bytes that depend on seed.
func incompressible(seed uint64, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		seed = seed*6364136223846793005 + 1442695040888963407
		b[i] = byte(seed >> 56)
	}
	return b
}

func writeSnapshot(t testing.TB, s *Store, created int64, parts ...Part) SnapshotStats {
	t.Helper()
	stats, err := s.WriteSnapshot(SnapshotMeta{Created: created}, partsOf(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

func TestUnchangedChunksAreTakenOver(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	data := incompressible(1, 8*chunkSize+5)
	if got := writeSnapshot(t, s, 1, Part{Name: "p", Data: data}); got.Written != 9 {
		t.Errorf("first snapshot wrote %d chunks, want 9", got.Written)
	}
	// Snapshots go by, and only what changes is written; what the oldest wrote
	// must outlive it.
	for n := range 5 {
		data[n*chunkSize]++
		got := writeSnapshot(t, s, int64(n), Part{Name: "other", Data: []byte{byte(n)}}, Part{Name: "p", Data: data})
		if got.Chunks != 10 || got.Written != 2 {
			t.Errorf("snapshot %d has %d chunks and wrote %d, want 10 and 2", got.Seq, got.Chunks, got.Written)
		}
		if got := len(rawKeys(t, s, tabManifest)); got != 2 {
			t.Errorf("%d manifests, want 2", got)
		}
		// Nine chunks of p, what changed since the one before, and the small one of each.
		if got, most := len(rawKeys(t, s, tabChunk)), 12; got > most {
			t.Errorf("%d chunks are kept, want at most %d", got, most)
		}
		s = reopen(t, s)
		snap, problems, err := s.LoadSnapshot()
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		if p, err := snap.Part("p"); err != nil || !bytes.Equal(p, data) {
			t.Fatalf("snapshot %d: part differs (%v)", snap.Seq, err)
		}
	}
}

func TestDamagedChunkIsNotTakenOver(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	data := incompressible(1, 3*chunkSize)
	writeSnapshot(t, s, 1, Part{Name: "p", Data: data})
	flipBit(t, s, chunkID{1, 1}.key(), 999)
	if got := writeSnapshot(t, s, 2, Part{Name: "p", Data: data}); got.Written != 1 {
		t.Errorf("%d chunks written, want the damaged one", got.Written)
	}
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 || snap.Seq != 2 {
		t.Fatal(snap.Seq, problems, err)
	}
	if p, err := snap.Part("p"); err != nil || !bytes.Equal(p, data) {
		t.Errorf("part differs (%v)", err)
	}
}

// TestDamageFallsBack damages each kind of a snapshot's values in each way: the
// snapshot before is loaded, the problem says what is wrong, and the next one
// written is whole again.
func TestDamageFallsBack(t *testing.T) {
	t.Parallel()
	drop := func(t *testing.T, s *Store, key []byte) {
		if err := s.deleteWhere(key, func([]byte) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
	f := func(name string, want error, words string, spoil func(t *testing.T, s *Store)) {
		t.Run(name, func(t *testing.T) {
			s := openTest(t, t.TempDir())
			old := []Part{{Name: "p", Data: []byte("old")}}
			writeSnapshot(t, s, 1, old...)
			writeSnapshot(t, s, 2, Part{Name: "p", Data: incompressible(2, 2*chunkSize)})
			spoil(t, s)
			for range 2 {
				s = reopen(t, s)
				snap, problems, err := s.LoadSnapshot()
				if err != nil || snap.Seq != 1 || snap.Created != 1 {
					t.Fatalf("snapshot %d loaded (%v), want 1", snap.Seq, err)
				}
				if data, err := snap.Part("p"); err != nil || string(data) != "old" {
					t.Errorf("part %q (%v)", data, err)
				}
				if len(problems) != 1 || problems[0].Seq != 2 || !errors.Is(problems[0].Err, want) {
					t.Fatalf("problems %v, want one of snapshot 2 that wraps %q", problems, want)
				}
				if text := problems[0].String(); !strings.Contains(text, words) || !strings.Contains(text, "key ") {
					t.Errorf("%q lacks %q or the key", text, words)
				}
			}
			writeSnapshot(t, s, 3, Part{Name: "p", Data: []byte("new")})
			if got := len(rawKeys(t, s, tabChunk)); got != 2 {
				t.Errorf("%d chunks, want those of the two whole snapshots", got)
			}
			s = reopen(t, s)
			snap, problems, err := s.LoadSnapshot()
			if err != nil || snap.Seq != 3 || len(problems) > 0 {
				t.Fatalf("snapshot %d, problems %v, error %v", snap.Seq, problems, err)
			}
		})
	}
	chunk := chunkID{2, 1}.key()
	f("bit in chunk", ErrDamaged, "checksum", func(t *testing.T, s *Store) { flipBit(t, s, chunk, 12345) })
	f("bit in chunk's checksum", ErrDamaged, "checksum", func(t *testing.T, s *Store) {
		flipBit(t, s, chunk, 8*len(rawGet(t, s, chunk))-1)
	})
	f("missing chunk", ErrDamaged, "missing", func(t *testing.T, s *Store) { drop(t, s, chunk) })
	f("short chunk", ErrDamaged, "shorter", func(t *testing.T, s *Store) { rawSet(t, s, chunk, []byte{1}) })
	f("another chunk in its place", ErrDamaged, "checksum", func(t *testing.T, s *Store) {
		rawSet(t, s, chunk, rawGet(t, s, chunkID{2, 0}.key()))
	})
	f("another chunk, sealed for its place", ErrDamaged, "manifest says", func(t *testing.T, s *Store) {
		rawSet(t, s, chunk, seal(chunk, []byte{chunkFormat, 9, 9}))
	})
	f("bit in manifest", ErrDamaged, "checksum", func(t *testing.T, s *Store) { flipBit(t, s, manifestKey(2), 77) })
	f("manifest of another", ErrDamaged, "checksum", func(t *testing.T, s *Store) {
		rawSet(t, s, manifestKey(2), rawGet(t, s, manifestKey(1)))
	})
	f("newer manifest", ErrNewerFormat, "format 2", func(t *testing.T, s *Store) {
		rawSet(t, s, manifestKey(2), seal(manifestKey(2), []byte{manifestFormat + 1, 1, 2, 3}))
	})
}

func TestNoWholeSnapshot(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	for n := range 2 {
		writeSnapshot(t, s, int64(n), Part{Name: "p", Data: incompressible(uint64(n), 10)})
	}
	flipBit(t, s, chunkID{1, 0}.key(), 1)
	flipBit(t, s, chunkID{2, 0}.key(), 1)
	_, problems, err := s.LoadSnapshot()
	wantErr(t, err, ErrNoSnapshot, "LoadSnapshot")
	if len(problems) != 2 || problems[0].Seq != 2 {
		t.Errorf("problems %v, want those of 2 and 1", problems)
	}
}

func TestFailedSnapshotLeavesNothing(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	writeSnapshot(t, s, 1, Part{Name: "p", Data: []byte("old")})
	cause := errors.New("engine stopped")
	_, err := s.WriteSnapshot(SnapshotMeta{}, func(yield func(Part, error) bool) {
		_ = yield(Part{Name: "a", Data: incompressible(5, 20*chunkSize)}, nil) && yield(Part{Name: "b"}, cause)
	})
	wantErr(t, err, cause, "WriteSnapshot")
	_, err = s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Keep: true}, Part{Name: "p", Data: []byte("y")}))
	wantErr(t, err, ErrInvalid, "kept and written")
	_, err = s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Data: []byte("y")}, Part{Name: "p", Keep: true}))
	wantErr(t, err, ErrInvalid, "written and kept")
	_, err = s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "q", Keep: true}))
	wantErr(t, err, ErrNotFound, "kept without there being one")
	_, err = s.WriteSnapshot(SnapshotMeta{App: make([]byte, MaxAppState+1)}, partsOf())
	wantErr(t, err, ErrInvalid, "too much application state")
	if got := len(rawKeys(t, s, tabChunk)); got != 1 {
		t.Errorf("%d chunks, want 1", got)
	}
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 || snap.Seq != 1 {
		t.Fatal(snap.Seq, problems, err)
	}
	if got := writeSnapshot(t, s, 2, Part{Name: "p", Data: []byte("new")}); got.Seq <= 1 {
		t.Errorf("number %d after 1", got.Seq)
	}
}

func TestOrphanChunksAreSweptAtOpen(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	writeSnapshot(t, s, 1, Part{Name: "p", Data: []byte("x")})
	orphan := chunkID{77, 3}.key()
	rawSet(t, s, orphan, seal(orphan, []byte{chunkFormat}))
	s = reopen(t, s)
	if got := len(rawKeys(t, s, tabChunk)); got != 1 {
		t.Errorf("%d chunks, want 1", got)
	}
}

// TestSnapshotsMatchModel writes random snapshots that share chunks with those
// before, with reopenings and damage between: the newest whole one is loaded,
// byte by byte.
func TestSnapshotsMatchModel(t *testing.T) {
	t.Parallel()
	blocks := make([][]byte, 6)
	for i := range blocks {
		blocks[i] = incompressible(uint64(i), chunkSize)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer func() { s.Close() }()
		whole := make(map[uint64][]byte) // content by number
		var kept []uint64                // whole, oldest first
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			var data []byte
			for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(blocks)-1), 0, 4).Draw(rt, "blocks") {
				data = append(data, blocks[i]...)
			}
			stats := writeSnapshot(t, s, 0, Part{Name: "p", Data: data})
			whole[stats.Seq] = data
			kept = append(kept, stats.Seq)
			if len(kept) > snapshotsKept {
				kept = kept[1:]
			}
			if rapid.IntRange(0, 3).Draw(rt, "damage") == 0 {
				flipBit(t, s, manifestKey(stats.Seq), rapid.IntRange(0, 1000).Draw(rt, "bit"))
				kept = kept[:len(kept)-1]
				s.snapshots = snapshotList{}
				if err := s.loadSnapshots(); err != nil {
					rt.Fatal(err)
				}
			} else if rapid.IntRange(0, 4).Draw(rt, "reopen") == 0 {
				s = reopen(t, s)
			}
			snap, problems, err := s.LoadSnapshot()
			if len(kept) == 0 {
				wantErr(t, err, ErrNoSnapshot, "nothing whole")
				continue
			}
			last := kept[len(kept)-1]
			if err != nil || snap.Seq != last {
				rt.Fatalf("snapshot %d loaded (%v, %v), want %d", snap.Seq, err, problems, last)
			}
			got, err := snap.Part("p")
			if err != nil || !bytes.Equal(got, whole[last]) {
				rt.Fatalf("content of snapshot %d differs (%v)", last, err)
			}
			if slices.Contains(kept, stats.Seq) != (len(problems) == 0) {
				rt.Fatalf("problems %v", problems)
			}
		}
	})
}

// TestLoadSnapshotBefore goes on from the older of two whole snapshots, as a
// caller does that cannot use the newer one: that one goes with the next write,
// and the older one stays.
func TestLoadSnapshotBefore(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	shared := incompressible(3, chunkSize)
	writeSnapshot(t, s, 1, Part{Name: "p", Data: []byte("one")})
	writeSnapshot(t, s, 2, Part{Name: "p", Data: []byte("two")}, Part{Name: "shared", Data: shared})
	load := func(before, want uint64) {
		t.Helper()
		snap, problems, err := s.LoadSnapshotBefore(before)
		if want == 0 {
			wantErr(t, err, ErrNoSnapshot, "LoadSnapshotBefore")
		} else if err != nil || snap.Seq != want || snap.Created != int64(want) {
			t.Fatalf("before %d: snapshot %d (%v), want %d", before, snap.Seq, err, want)
		}
		if len(problems) > 0 {
			t.Errorf("before %d: %v", before, problems)
		}
	}
	load(1<<64-1, 2)
	load(3, 2)
	load(1, 0)
	load(0, 0)
	load(2, 1)

	// A snapshot that fails leaves both.
	_, err := s.WriteSnapshot(SnapshotMeta{}, func(yield func(Part, error) bool) { yield(Part{Name: "p"}, errors.ErrUnsupported) })
	wantErr(t, err, errors.ErrUnsupported, "WriteSnapshot")
	load(3, 2)
	load(2, 1)

	next := writeSnapshot(t, s, 4, Part{Name: "p", Data: []byte("new")}, Part{Name: "shared", Data: shared})
	if next.Written != 1 {
		t.Errorf("%d chunks written, want the shared one taken over", next.Written)
	}
	if keys := rawKeys(t, s, tabManifest); len(keys) != 2 || tail64(keys[0]) != 1 || tail64(keys[1]) != next.Seq {
		t.Errorf("manifests %x, want those of 1 and %d", keys, next.Seq)
	}
	s = reopen(t, s)
	load(next.Seq, 1)
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 || snap.Seq != next.Seq {
		t.Fatalf("snapshot %d, problems %v (%v)", snap.Seq, problems, err)
	}
	if got, err := snap.Part("shared"); err != nil || !bytes.Equal(got, shared) {
		t.Errorf("shared part differs (%v)", err)
	}

	// The load that was last decides: nothing is left behind now.
	writeSnapshot(t, s, 5, Part{Name: "p", Data: []byte("newer")})
	if keys := rawKeys(t, s, tabManifest); len(keys) != 2 || tail64(keys[0]) != next.Seq {
		t.Errorf("manifests %x, want that of %d and the new one", keys, next.Seq)
	}
}
