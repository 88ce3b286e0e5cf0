package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// A run whose snapshots are farther apart than history is kept goes on all the same, and
// comes to where one came that was not interrupted.
func TestRetentionDoesNotPassTheSnapshots(t *testing.T) {
	oneGoroutine(t)
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

// A tracked term that retention has taken out of the dictionary does not end the run.
func TestPanePointsOfATermThatIsNotKnown(t *testing.T) {
	data, err := openDataDir(t.TempDir(), store.Options{MinFree: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	known := store.Term{ID: 1, Kind: term.Hashtag, Key: "a"}
	if err := data.store.RegisterTerms([]store.Term{known}); err != nil {
		t.Fatal(err)
	}
	d := &drain{store: data.store}
	if err := d.pane(&engine.Tick{Pane: 3_000_000, PanePoints: []engine.PanePoint{{ID: 1, Posts: 2}, {ID: 2, Posts: 3}}}); err != nil {
		t.Error(err)
	}
	if points, err := data.store.PaneSeries(1, 3_000_000, 3_000_001); err != nil || len(points) != 1 || points[0].Posts != 2 {
		t.Errorf("points %v (%v)", points, err)
	}
	if err := data.close(); err != nil {
		t.Fatal(err)
	}
}
