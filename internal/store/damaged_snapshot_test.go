package store

import "testing"

// A snapshot with a chunk that was found damaged is none of the two that are kept: the
// whole one before it stays.
func TestDamagedSnapshotsAreNotKept(t *testing.T) {
	t.Parallel()
	data := incompressible(1, verifyEvery*chunkSize)
	for name, write := range map[string]func(t *testing.T, s *Store){
		"met in a part that is kept": func(t *testing.T, s *Store) {
			t.Helper()
			_, err := s.WriteSnapshot(SnapshotMeta{}, partsOf(Part{Name: "p", Keep: true}))
			wantErr(t, err, ErrDamaged, "a damaged chunk")
		},
		"met in a part that has not changed": func(*testing.T, *Store) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openTest(t, t.TempDir())
			writeSnapshot(t, s, 1, Part{Name: "p", Data: incompressible(7, chunkSize)})
			writeSnapshot(t, s, 2, Part{Name: "p", Data: data})
			flipBit(t, s, chunkID{2, 1}.key(), 999) // which the third verifies
			write(t, s)
			writeSnapshot(t, s, 3, Part{Name: "p", Data: data})
			for _, c := range s.snapshots.all {
				if err := s.verify(&c); err != nil {
					t.Errorf("snapshot %d is kept: %v", c.seq, err)
				}
			}
			if n := len(s.snapshots.all); n != 2 {
				t.Errorf("%d snapshots are kept, want 2", n)
			}
			s = reopen(t, s)
			if snap, problems, err := s.LoadSnapshotBefore(3); err != nil || len(problems) > 0 || snap.Created != 1 {
				t.Errorf("behind the newest: %+v, problems %v (%v)", snap.SnapshotMeta, problems, err)
			}
			wantSound(t, s)
		})
	}
}

// The chunks of a snapshot whose manifest a later version wrote stay, for that one.
func TestChunksOfALaterManifestStay(t *testing.T) {
	t.Parallel()
	s := openTest(t, t.TempDir())
	writeSnapshot(t, s, 1, Part{Name: "p", Data: incompressible(1, 100)})
	rawSet(t, s, manifestKey(1), seal(manifestKey(1), []byte{manifestFormat + 1, 1, 2, 3}))
	s = reopen(t, s)
	if n := len(rawKeys(t, s, tabChunk)); n != 1 {
		t.Errorf("%d chunks are there, want 1", n)
	}
	_, problems, err := s.LoadSnapshot()
	wantErr(t, err, ErrNoSnapshot, "a later manifest")
	if len(problems) != 1 {
		t.Fatal(problems)
	}
	wantErr(t, problems[0].Err, ErrNewerFormat, "a later manifest")
}
