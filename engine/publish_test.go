package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// An engine with too little memory says since when what it lost, and says the
// same after a restart.
func TestViewTellsOfLosses(t *testing.T) {
	o := options(1)
	o.Window.Memory = window.MinMemory
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start, panes = 1_780_000_200, 40 * detect.PanesPerHour
	rng := rand.New(rand.NewPCG(1, 2))
	for pane := range int64(panes) {
		for n := range 600 {
			// A few thousand terms of about equal use, all of many people.
			rec := post(start+pane*detect.PaneSeconds, fmt.Sprint(pane, "-", n), fmt.Sprint(rng.IntN(50_000)), fmt.Sprint("t", rng.IntN(3500)))
			e.Observe(&rec)
		}
	}
	e.Flush()
	if err := e.Cut(nil); err != nil {
		t.Fatal(err)
	}
	stored := c.lastKept(t, e)
	ticks := c.until(e.Marks())
	t.Logf("%+v", e.View().Core)
	var last Core
	for _, tick := range ticks {
		if tick.View == nil {
			continue
		}
		now := tick.View.Core
		for _, loss := range []struct {
			what        string
			was, is     uint64
			wasAt, isAt int64
		}{
			{"blurred", last.Blurred, now.Blurred, last.BlurredAt, now.BlurredAt},
			{"authors lost", last.AuthorsLost, now.AuthorsLost, last.AuthorsLostAt, now.AuthorsLostAt},
		} {
			want := loss.wasAt
			if loss.is > loss.was {
				want = tick.View.AsOf
			}
			if loss.isAt != want {
				t.Fatalf("as of %d: %s from %d to %d at %d, want %d", tick.View.AsOf, loss.what, loss.was, loss.is, loss.isAt, want)
			}
		}
		last = now
	}
	if last.BlurredAt == 0 || last.AuthorsLostAt == 0 {
		t.Fatal("nothing was lost: the test shows nothing")
	}
	if h := e.View().Counters.RecentHorizon; h <= 0 || h >= window.Hours || last.Memory != window.MinMemory {
		t.Errorf("posts are known for %v hours with %d bytes", h, last.Memory)
	}
	again, err := Restore(o, stored)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, want := again.View(), e.View(); got.Core != want.Core || got.Counters != want.Counters {
		t.Errorf("after a restart %+v %+v, before it %+v %+v", got.Core, got.Counters, want.Core, want.Counters)
	}
}
