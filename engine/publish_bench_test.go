package engine

import (
	"fmt"
	"testing"

	"github.com/swell-radar/swell/engine/detect"
)

// BenchmarkPublish makes the view of 10,000 open trends, all of which are emerging: the dear
// case, for authors are estimated anew of each.
func BenchmarkPublish(b *testing.B) {
	const trends = 10_000
	o := options(1)
	o.Window.Memory = 64 << 20
	o.Detect.Budget = 1e6
	e, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	c := collect(b, e)
	const start, panes = 1_780_000_200, 80
	for pane := range int64(panes) {
		at := int64(start) + pane*detect.PaneSeconds
		for n := range 200 {
			rec := post(at, fmt.Sprint(pane, "-", n), fmt.Sprint("u", n), fmt.Sprint("usual", n%20))
			e.Observe(&rec)
		}
		if pane < panes-2 {
			continue
		}
		for n := range trends * 6 {
			rec := post(at, fmt.Sprint(pane, "+", n), fmt.Sprint("a", n%50_000, pane), fmt.Sprint("t", n%trends))
			e.Observe(&rec)
		}
	}
	e.Flush()
	ticks := c.until(e.Marks())
	v := ticks[len(ticks)-1].View
	b.Log(len(v.Trends), "open trends")
	note := closing{newest: v.Newest, counters: v.Counters}
	for range v.Platforms {
		note.platforms = append(note.platforms, Platform{})
	}
	b.ReportAllocs()
	for b.Loop() { // the owners are idle: nothing is observed
		e.conductor.publish(note)
	}
}
