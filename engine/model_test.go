package engine

import (
	"cmp"
	"slices"
	"testing"

	"github.com/swell-radar/swell/bench/quality/subject"
	"github.com/swell-radar/swell/bench/quality/trace"
	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// alarm is a term raised on a platform at the end of a pane, or held as unconfirmed.
type alarm struct {
	held     bool
	pane     int64
	platform string
	kind     term.Kind
	key      string
}

// With ample memory the engine raises what the detector raises over exact counts
// of the same records: the measurements of detections are of what users get.
func TestEngineRaisesWhatTheExactModelRaises(t *testing.T) {
	cfg := workload.Config{Seed: 11, Days: 8, Scale: 0.07, TrendSize: [2]float64{0.1, 0.5}}
	g, err := workload.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	o := options(2)
	o.Window.Memory = 256 << 20
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	exact := trace.NewBuilder("")
	var rec term.Record
	for g.Next(&rec) {
		if e.Observe(&rec) == Counted {
			exact.Add(&rec)
		}
	}
	e.Flush()
	ticks := c.until(e.Marks())

	got := map[alarm]float64{}
	for _, tick := range ticks {
		for _, d := range tick.Detections {
			if held := d.Phase == detect.Unconfirmed; held || d.IsRaise() {
				got[alarm{held, tick.Pane, d.Platform, d.Term.Kind, d.Term.Key}] = d.Score
			}
		}
	}
	tr := exact.Trace()
	model, err := subject.New("exact", tr, o.Detect)
	if err != nil {
		t.Fatal(err)
	}
	want := map[alarm]float64{}
	held := 0
	model.OnChange = func(pane int64, ch *detect.Change) {
		hold := ch.Phase == detect.Unconfirmed && !ch.Variant
		if hold {
			held++
		}
		if hold || ch.IsRaise() {
			x := tr.Terms[ch.ID]
			want[alarm{hold, pane, tr.Platforms[x.Platform], x.Kind, x.Key}] = ch.Score
		}
	}
	for i, cells := range tr.Panes {
		model.Step(tr.First+int64(i), cells, func(uint32, float64, float64) {})
	}
	// The engine forgets a term of a few posts once they have left the window, and what
	// it knew of it; the model forgets nothing.
	forgotten := func(a alarm) bool {
		id, last := uint32(tr.Find(a.kind, a.platform, a.key)), int64(0)
		for pane := tr.First; pane <= a.pane; pane++ {
			_, used := slices.BinarySearchFunc(tr.Panes[pane-tr.First], id, func(c trace.Cell, id uint32) int { return cmp.Compare(c.Term, id) })
			switch {
			case used && last != 0 && pane-last > window.Hours*detect.PanesPerHour:
				return true
			case used:
				last = pane
			}
		}
		return false
	}
	same, other, lost := 0, 0, 0
	compare := func(a alarm, in map[alarm]float64, whose string, score float64) {
		// A limit is an order statistic: one forgotten term can move it by a step, and
		// the alarm with it by some panes.
		for b := range in {
			if near := a.pane - b.pane; b.held == a.held && b.platform == a.platform && b.kind == a.kind && b.key == a.key && near >= -18 && near <= 18 {
				same++
				return
			}
		}
		if forgotten(a) {
			lost++
			return
		}
		other++
		t.Logf("the %s alone: %s %q on %s at pane %d, score %.3f", whose, a.kind, a.key, a.platform, a.pane, score)
	}
	for a, score := range got {
		compare(a, want, "engine", score)
	}
	for a, score := range want {
		compare(a, got, "model", score)
	}
	t.Logf("%d terms; %d raised or held, exactly %d, of which %d held; %d the same, %d differ, %d more of terms that were forgotten", e.View().Core.Tracked, len(got), len(want), held, same/2, other, lost)
	if len(want) < 100 || held == 0 || other > len(want)/20 || lost > len(want)/10 {
		t.Errorf("%d of %d alarms differ, and %d of terms that were forgotten", other, len(want), lost)
	}
}
