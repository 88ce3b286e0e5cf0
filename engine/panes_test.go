package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// The panes of an hour add up to the hour, and who follows what is told of the tracking
// of terms knows at any time which terms are in the table.
func TestPanesTellTheHourAndTheTable(t *testing.T) {
	for name, memory := range map[string]int64{"roomy": 16 << 20, "tight": window.MinMemory} {
		t.Run(name, func(t *testing.T) {
			o := options(2)
			o.Window.Memory = memory
			e, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			c := collect(t, e)
			const start, panes = 1_780_000_200, 15 * detect.PanesPerHour
			rng := rand.New(rand.NewPCG(1, 2))
			for pane := range int64(panes) {
				for n := range 300 {
					ts := start + pane*detect.PaneSeconds + rng.Int64N(detect.PaneSeconds)
					rec := post(ts, fmt.Sprint(pane, "-", n), fmt.Sprint(rng.IntN(500)), fmt.Sprint("t", int(4000*rng.Float64()*rng.Float64())))
					rec.Repost = n%5 == 0
					e.Observe(&rec)
				}
			}
			e.Flush()
			ticks := c.until(e.Marks())
			tracked := map[term.ID]Tracking{}
			sums := map[term.ID]Point{}
			left, hours := 0, 0
			for _, tick := range ticks {
				for _, tr := range tick.Trackings {
					if tr.Tracked {
						tracked[tr.ID] = tr
					} else {
						delete(tracked, tr.ID)
						left++
					}
				}
				if tick.View != nil && len(tracked) != tick.View.Core.Tracked {
					t.Fatalf("pane %d: %d terms are told, %d are in the table", tick.Pane, len(tracked), tick.View.Core.Tracked)
				}
				for _, p := range tick.PanePoints {
					tr, ok := tracked[p.ID]
					if !ok || p.Posts == 0 || tr.First > tick.Pane {
						t.Fatalf("pane %d: point %+v of a term that is told as %+v", tick.Pane, p, tr)
					}
					s := sums[p.ID]
					s.Posts, s.Fresh = s.Posts+p.Posts, s.Fresh+p.Fresh
					sums[p.ID] = s
				}
				if tick.Hour == 0 {
					continue
				}
				hours++
				for _, p := range tick.Points {
					if s := sums[p.ID]; memory > window.MinMemory && (s.Posts != p.Posts || s.Fresh != p.Fresh) {
						t.Fatalf("hour %d: %s has %d posts and %d halves, its panes %d and %d", tick.Hour, p.Key, p.Posts, p.Fresh, s.Posts, s.Fresh)
					}
				}
				clear(sums)
			}
			t.Logf("%d hours, %d tracked, %d left", hours, len(tracked), left)
			if hours < 14 || memory == window.MinMemory && left == 0 {
				t.Error("too little happened for the test to show something")
			}
		})
	}
}
