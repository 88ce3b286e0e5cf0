package store

import "testing"

// A store of an older format stays one until it is written to: who opened it may find
// that it is not for him.
func TestFormatRisesWithTheFirstWrite(t *testing.T) {
	t.Parallel()
	dir := storeOf(t, 1, "")
	format := func() uint64 {
		t.Helper()
		report, err := Fsck(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return report.Contents.Format
	}
	s := openTest(t, dir)
	if _, _, err := s.LoadSnapshot(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := format(); got != 1 {
		t.Errorf("format %d after it was read, want 1", got)
	}
	s = openTest(t, dir)
	if err := s.AppendDetections(s.DetectionCount(), [][]byte{[]byte("new")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := format(); got != FormatVersion {
		t.Errorf("format %d after it was written to, want %d", got, FormatVersion)
	}
}
