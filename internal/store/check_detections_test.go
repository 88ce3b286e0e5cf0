package store

import (
	"fmt"
	"testing"
)

// A log of detections whose first lines were let go of has no gap, whether the lines of
// before are gone, in part or in whole.
func TestFsckOfATrimmedLog(t *testing.T) {
	t.Parallel()
	for _, trimmed := range []uint64{1, 3, 5} {
		s := openTest(t, t.TempDir())
		lines := make([][]byte, 5)
		for i := range lines {
			lines[i] = fmt.Append(nil, "line ", i)
		}
		if err := s.AppendDetections(0, lines); err != nil {
			t.Fatal(err)
		}
		if _, err := s.WriteSnapshot(SnapshotMeta{Detections: 5}, partsOf(Part{Name: "p", Data: []byte("x")})); err != nil {
			t.Fatal(err)
		}
		if err := s.TrimDetections(trimmed); err != nil {
			t.Fatal(err)
		}
		if trimmed == 3 { // a crash left one
			rawSet(t, s, detectionKey(1), seal(detectionKey(1), append([]byte{detectionFormat}, "line 1"...)))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		report, err := Fsck(t.Context(), s.dir, Options{})
		if err != nil || len(report.Findings) > 0 || report.Contents.Detections != 5 || report.Contents.Unknown != 0 {
			t.Errorf("%d lines let go of: %d detections, %d unknown keys, %+v (%v)", trimmed, report.Contents.Detections, report.Contents.Unknown, report.Findings, err)
		}
	}
}
