package engine

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/swell-radar/swell/term"
)

// told is what ticks say, beside what [digest] compares, of what a pane brought.
func told(ticks []Tick) string {
	var b bytes.Buffer
	for _, tick := range ticks {
		if tick.Snapshot != nil || tick.View == nil {
			continue
		}
		facets := map[TermFacet]bool{}
		for _, f := range tick.Facets {
			facets[f] = true
		}
		fmt.Fprintf(&b, "%d %+v %+v %v %x\n", tick.Pane, tick.Trackings, tick.PanePoints, facets, tick.View.AppendBinary(nil))
	}
	return b.String()
}

// closed leaves out the ticks of alignments.
func closed(ticks []Tick) (out []Tick) {
	for _, tick := range ticks {
		if tick.View != nil || tick.Snapshot != nil {
			out = append(out, tick)
		}
	}
	return out
}

// squeezed has a table so small that terms push each other out of it.
func squeezed() Options {
	o := options(2)
	o.Window.Memory = 4 << 20
	return o
}

// alignAt is after how many records the runs below align.
const alignAt = 37

// aligned feeds records from a place on, and cuts in front of one of them.
func aligned(t *testing.T, e *Engine, recs []term.Record, from, cutAt int) {
	t.Helper()
	for i := from; i < len(recs); i++ {
		if i%alignAt == 0 {
			if e.Advance(&recs[i]); i > from || from == 0 {
				e.Align()
			}
			if i == cutAt {
				if err := e.Cut(nil); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
		e.Observe(&recs[i])
	}
	e.Flush()
}

// Where terms find room, the same trends are found wherever batches end. How they are
// spelt may differ: in a batch the first spelling has all votes.
func TestAligningFindsTheSame(t *testing.T) {
	recs := withCharts(smallWorld(t, 5, 2))
	_, plain := replayAll(t, options(2), recs)
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	aligned(t, e, recs, 0, -1)
	ticks := closed(c.until(e.Marks()))
	if digest(t, ticks) != digest(t, plain) {
		t.Error("aligned, the same records give other results")
	}
}

// A run that is cut within a pane goes on like one that was not, also in what that
// pane tells of languages and of who was pushed out of the table.
func TestRestoreWithinAPaneGoesOnExactly(t *testing.T) {
	recs := withCharts(smallWorld(t, 6, 2))
	for i := range recs {
		recs[i].Lang = []string{"", "en", "pt-BR", "ja"}[i%4]
		if recs[i].Gauge == nil {
			for k := range 12 {
				recs[i].Tags = append(recs[i].Tags, fmt.Sprint("junk", i/6*12+k))
			}
		}
	}
	whole, err := New(squeezed())
	if err != nil {
		t.Fatal(err)
	}
	all := collect(t, whole)
	aligned(t, whole, recs, 0, -1)
	want := closed(all.until(whole.Marks()))
	if st := want[len(want)-1].View.Core; st.Evicted == 0 {
		t.Fatal("nothing was pushed out of the table: the test shows less than it could")
	}
	for _, share := range []int{4, 8} {
		at := len(recs) * share / 10 / alignAt * alignAt
		e, err := New(squeezed())
		if err != nil {
			t.Fatal(err)
		}
		c := collect(t, e)
		aligned(t, e, recs, 0, at)
		stored := c.lastKept(t, e)
		before := closed(c.until(e.Marks()))
		again, err := Restore(squeezed(), stored)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.View().AppendBinary(nil), e.View().AppendBinary(nil)) {
			t.Errorf("cut at record %d: the restored view is another", at)
		}
		c2 := collect(t, again)
		aligned(t, again, recs, at, -1)
		after := closed(c2.until(again.Marks()))
		if digest(t, before)+digest(t, after) != digest(t, want) {
			t.Errorf("cut at record %d: other results", at)
		}
		if told(before)+told(after) != told(want) {
			t.Errorf("cut at record %d: other things are told of its pane", at)
		}
	}
}
