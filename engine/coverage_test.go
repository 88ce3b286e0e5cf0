package engine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// The gaps of the window, against a list of every pane.
func TestCoverageAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const platforms = 3
		var c coverage
		rhythms := []*detect.Rhythm{new(detect.Rhythm), nil}
		var missing [platforms]map[int64]bool
		for p := range missing {
			missing[p] = map[int64]bool{}
		}
		before, pane := int64(0), int64(100_000)
		down := false
		for range rapid.IntRange(1, 600).Draw(t, "panes") {
			if rapid.IntRange(0, 60).Draw(t, "leap") == 0 {
				pane += rapid.Int64Range(1, 500).Draw(t, "over")
			}
			var told []uint16
			for p := range uint16(platforms) {
				if rapid.IntRange(0, 15).Draw(t, "missing") == 0 {
					told = append(told, p)
					missing[p][pane] = true
				}
			}
			if rapid.IntRange(0, 30).Draw(t, "turn") == 0 {
				down = !down
			}
			v := detect.Volume{Posts: 4000, Fresh: 8000}
			if down {
				v = detect.Volume{}
			}
			rhythms[0].Close(pane, v, slices.Contains(told, 0))
			if since, down := rhythms[0].Outage(); down {
				for p := since; p <= pane; p++ {
					missing[0][p] = true
				}
			}
			for p := range missing {
				for m := before + 1; before != 0 && m < pane; m++ {
					missing[p][m] = true
				}
			}
			c.close(before, pane, platforms, told, rhythms)
			before, pane = pane, pane+1
		}
		from := windowFrom(before)
		for p := range missing {
			got := map[int64]bool{}
			last := int64(0)
			for _, g := range c.of(p, from, before) {
				if g.From <= last || g.From >= g.To || g.From%detect.PaneSeconds != 0 || g.To%detect.PaneSeconds != 0 {
					t.Fatalf("gap %v behind %d", g, last)
				}
				last = g.To
				for m := g.From / detect.PaneSeconds; m < g.To/detect.PaneSeconds; m++ {
					got[m] = true
				}
			}
			for m := from; m <= before; m++ {
				if got[m] != missing[p][m] {
					t.Fatalf("platform %d, pane %d: missing %v, want %v", p, m, got[m], missing[p][m])
				}
			}
			if len(c[p]) > window.Hours*detect.PanesPerHour {
				t.Fatalf("%d gaps are kept", len(c[p]))
			}
		}
	})
}

// A view says since when a platform was seen, and what of it was not, told or not.
func TestViewTellsWhatIsMissing(t *testing.T) {
	e, err := New(options(1))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	const start = int64(1_750_003_200) // a full hour
	const hour = 3600
	const end = start + 9*24*hour
	told := Gap{end - 50*hour, end - 49*hour}
	silent := Gap{end - 30*hour, end - 24*hour}
	n := 0
	for at := start; at < end; at += 20 {
		if at%600 == 580 {
			b := beat(at)
			if at >= told.From && at < told.To {
				b = beat(at, "x")
			}
			e.Observe(&b)
		}
		if at >= silent.From && at < silent.To {
			continue
		}
		platforms := []string{"x"}
		if at >= start+20*hour+300 {
			platforms = append(platforms, "late")
		}
		for _, p := range platforms {
			n++
			e.Observe(&term.Record{TS: at * 1e6, Platform: p, ID: fmt.Sprint(n), Author: fmt.Sprint("a", n%100_000), Tags: []string{"a"}})
		}
	}
	e.Flush()
	ticks := c.until(e.Marks())
	v := ticks[len(ticks)-1].View
	type seen struct {
		Name    string
		Since   int64
		Missing []Gap
	}
	var got []seen
	for _, p := range v.Platforms {
		got = append(got, seen{p.Name, p.Since, p.Missing})
	}
	want := []seen{{"x", start, []Gap{told, silent}}, {"late", start + 20*hour, []Gap{silent}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what was seen (-want +got):\n%s", diff)
	}
}
