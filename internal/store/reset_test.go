package store

import (
	"errors"
	"testing"

	"github.com/swell-radar/swell/term"
)

// full returns a store with something in every table.
func full(t *testing.T) *Store {
	t.Helper()
	s := dayStore(t)
	if _, err := s.Prune(Floors{Points: 24, Rankings: 24}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendDetections(0, [][]byte{[]byte("a"), []byte("b")}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutRanking(49*3600e6, []byte("ranking")); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendPane(49*PanesPerHour, nil, []Tracking{{ID: 1, Tracked: true}}); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendActivity(49, []Activity{{Platform: "x", Posts: 12}}); err != nil {
		t.Fatal(err)
	}
	for day := range int64(2) {
		if err := s.AppendFacets((day+2)*PanesPerDay, []TermFacet{{1, FacetLang, "en"}}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range int64(2) {
		writeSnapshot(t, s, n, Part{Name: "p", Data: incompressible(uint64(n), 2*chunkSize)})
	}
	for _, table := range append(resetOrder, tabManifest, tabDetection) {
		if len(rawKeys(t, s, table)) == 0 {
			t.Fatalf("table %c is empty", table)
		}
	}
	return s
}

// checkEmpty fails if the store holds or shows anything.
func checkEmpty(t *testing.T, s *Store) {
	t.Helper()
	if keys := rawKeys(t, s); len(keys) != 1 {
		t.Errorf("%d keys, want the format record alone", len(keys))
	}
	_, problems, err := s.LoadSnapshot()
	wantErr(t, err, ErrNoSnapshot, "LoadSnapshot")
	_, err = s.Series(1, 0, 100)
	wantErr(t, err, ErrUnknownTerm, "Series")
	_, _, err = s.RankingAt(1 << 60)
	wantErr(t, err, ErrNotFound, "RankingAt")
	hours, err := s.Hours(0, 100)
	if len(problems) > 0 || len(hours) > 0 || err != nil || s.HasTerm(1) || s.DetectionCount() > 0 {
		t.Errorf("problems %v, hours %v (%v), term 1 %v, %d detections", problems, hours, err, s.HasTerm(1), s.DetectionCount())
	}
}

// beginAnew writes what an earlier run may have left, at an hour that its
// retention had passed, and fails unless that alone is there.
func beginAnew(t *testing.T, s *Store) {
	t.Helper()
	if err := s.RegisterTerms([]Term{{ID: 9, Kind: term.Sound, Platform: "y", Key: "new"}}); err != nil {
		t.Fatal(err)
	}
	for _, hour := range []int64{3, 30} { // the second rolls the first
		if err := s.AppendHour(hour, []Point{{9, 4, 1}}); err != nil {
			t.Fatal(err)
		}
	}
	writeSnapshot(t, s, 7, Part{Name: "p", Data: []byte("new")})
	for range 2 {
		if got, err := s.Series(9, 0, 100); err != nil || len(got) != 2 || got[0] != (HourPoint{3, 4, 1}) {
			t.Errorf("series %v (%v)", got, err)
		}
		snap, problems, err := s.LoadSnapshot()
		if err != nil || len(problems) > 0 || snap.Created != 7 {
			t.Errorf("snapshot of %d, problems %v (%v)", snap.Created, problems, err)
		}
		s = reopen(t, s)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	for _, reopened := range []bool{false, true} {
		s := full(t)
		snap, _, err := s.LoadSnapshot()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Reset(); err != nil {
				t.Fatal(err)
			}
			checkEmpty(t, s)
		}
		if _, err := snap.Part("p"); err == nil {
			t.Error("a snapshot can be read after Reset")
		}
		if reopened {
			s = reopen(t, s)
			checkEmpty(t, s)
		}
		beginAnew(t, s)
	}
}

// TestResetCutOff stops Reset before each third of its writes: the store can be
// opened, has no snapshot unless nothing was deleted, fails no read, and can be
// reset.
func TestResetCutOff(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for cut := 1; ; cut += 3 {
		s := full(t)
		n := 0
		s.beforeWrite = func(b *batch) error {
			if n++; n < cut {
				return nil
			}
			// What is in the batch may be on the disk or not: here it is.
			return errors.Join(stopped, b.commit())
		}
		err := s.Reset()
		s.beforeWrite = nil
		if err == nil {
			if cut < 20 {
				t.Errorf("Reset made %d writes", cut-1)
			}
			return
		}
		wantErr(t, err, stopped, "Reset")
		s = reopen(t, s)
		if _, problems, err := s.LoadSnapshot(); len(problems) > 0 || cut > 2 && !errors.Is(err, ErrNoSnapshot) {
			t.Errorf("cut %d: problems %v, error %v", cut, problems, err)
		}
		if _, err := s.Series(1, 0, 100); err != nil && !errors.Is(err, ErrUnknownTerm) {
			t.Errorf("cut %d: %v", cut, err)
		}
		if _, err := s.Hours(0, 100); err != nil {
			t.Errorf("cut %d: %v", cut, err)
		}
		if _, err := allDetections(s, 0); err != nil {
			t.Errorf("cut %d: %v", cut, err)
		}
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
		checkEmpty(t, s)
		if cut%4 == 0 {
			beginAnew(t, s)
		}
		s.Close()
	}
}
