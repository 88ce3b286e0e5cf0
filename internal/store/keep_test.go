package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// Parts that are kept cost nothing, read as before, and outlive the snapshot that
// wrote them.
func TestPartsAreKept(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	data := incompressible(1, 5*chunkSize+3)
	writeSnapshot(t, s, 1, Part{Name: "p", Data: data}, Part{Name: "empty"})
	for n := range int64(4) {
		got := writeSnapshot(t, s, n, Part{Name: "q", Data: []byte{byte(n)}}, Part{Name: "p", Keep: true}, Part{Name: "empty", Keep: true})
		if got.Written != 1 || got.Kept != 6 || got.Chunks != 7 || got.Bytes != uint64(len(data))+1 {
			t.Errorf("snapshot %d: %+v", got.Seq, got)
		}
		s = reopen(t, s)
		snap, problems, err := s.LoadSnapshot()
		if err != nil || len(problems) > 0 || snap.Seq != got.Seq {
			t.Fatal(snap.Seq, problems, err)
		}
		if names := fmt.Sprint(snap.Names()); names != "[q p empty]" {
			t.Errorf("parts %s", names)
		}
		r, err := snap.Open("p")
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, data); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "other", Keep: true})); !errors.Is(err, ErrNotFound) {
		t.Errorf("a part that is not there: error %v", err)
	}
	// One that went with the snapshot before is not there either.
	writeSnapshot(t, s, 9, Part{Name: "q", Keep: true})
	if _, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Keep: true})); !errors.Is(err, ErrNotFound) {
		t.Errorf("a part of an older snapshot: error %v", err)
	}
}

// Damage to what is kept is found within verifyEvery snapshots, and a snapshot that
// keeps nothing makes it good.
func TestDamageToWhatIsKeptIsFound(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	data := incompressible(1, 20*chunkSize)
	writeSnapshot(t, s, 1, Part{Name: "p", Data: data})
	flipBit(t, s, chunkID{1, 13}.key(), 999)
	kept := 0
	for ; kept < verifyEvery; kept++ {
		_, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Keep: true}))
		if errors.Is(err, ErrDamaged) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if kept == verifyEvery {
		t.Fatalf("the damage was kept %d times", kept)
	}
	if got := writeSnapshot(t, s, 2, Part{Name: "p", Data: data}); got.Written != 1 {
		t.Errorf("%d chunks written, want the damaged one", got.Written)
	}
	snap, problems, err := s.LoadSnapshot()
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if p, err := snap.Part("p"); err != nil || !bytes.Equal(p, data) {
		t.Errorf("part differs (%v)", err)
	}
}

// Snapshots of pieces that come mixed, of any length, with parts that are kept, read
// back as the parts that they make.
func TestPiecesMakeParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		defer s.Close()
		want := map[string][]byte{}
		for n := range rapid.IntRange(1, 3).Draw(rt, "snapshots") {
			now := map[string][]byte{}
			var pieces []Part
			for name := range want {
				if rapid.Bool().Draw(rt, "keep "+name) {
					pieces = append(pieces, Part{Name: name, Keep: true})
					now[name] = want[name]
				}
			}
			for i := range rapid.IntRange(0, 6).Draw(rt, "pieces") {
				name := fmt.Sprint(n, "/", rapid.IntRange(0, 2).Draw(rt, "part"))
				data := incompressible(uint64(100*n+i), rapid.SampledFrom([]int{0, 1, 5000, chunkSize - 1, chunkSize, chunkSize + 1}).Draw(rt, "bytes"))
				pieces = append(pieces, Part{Name: name, Data: data})
				now[name] = append(now[name], data...)
			}
			if _, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(pieces...)); err != nil {
				rt.Fatal(err)
			}
			want = now
			snap, _, err := s.LoadSnapshot()
			if err != nil {
				rt.Fatal(err)
			}
			if len(snap.Names()) != len(want) {
				rt.Fatalf("parts %v, want %d", snap.Names(), len(want))
			}
			for name, data := range want {
				r, err := snap.Open(name)
				if err != nil {
					rt.Fatal(err)
				}
				if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
					rt.Fatalf("part %s differs (%v)", name, err)
				}
			}
		}
	})
}
