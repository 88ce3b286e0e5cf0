package app

import (
	"testing"
	"time"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
)

// A run whose snapshots are farther apart than history is kept goes on all the same, and
// comes to where one came that was not interrupted.
func TestRetentionDoesNotPassTheSnapshots(t *testing.T) {
	const day = 24 * time.Hour
	run := func(killed bool) *traveller {
		tr := newTraveller(t, 1, 4)
		tr.quiet = true
		start := func() {
			tr.open()
			tr.drain.retention = store.Retention{Points: day, Panes: day, Rankings: day, Detections: day, Facets: day}
		}
		start()
		n := len(tr.lines)
		tr.run(n/4, 100) // the last cut is within the first day
		if killed {
			tr.run(n, 1<<30)
			tr.close()
			start()
			if tr.next == 0 || tr.next > n/4 {
				t.Fatalf("went on from line %d of %d", tr.next, n)
			}
			if from, next := tr.data.store.PanesFrom(), tr.engine.View().AsOf/detect.PaneSeconds; from > next {
				t.Errorf("panes are kept from %d on, the run goes on with %d", from, next)
			}
		}
		tr.run(n, 300)
		return tr
	}
	want, got := run(false), run(true)
	if a, b := want.data.store.DetectionCount(), got.data.store.DetectionCount(); a != b || a == 0 {
		t.Errorf("%d detections, %d when killed", a, b)
	}
	if got.data.store.PanesFrom() == 0 || got.data.store.DetectionsFrom() == 0 {
		t.Error("nothing was let go of: the test shows nothing")
	}
	want.close()
	got.close()
}
