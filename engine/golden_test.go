package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/swell-radar/swell/term"
)

// oldSnapshot reads testdata/state-FORMAT.zst: a snapshot of a format before, of the
// records up to number at. It holds the number, then each part's name and data behind
// their lengths; all numbers are uvarints. In format 4 units were written whole.
func oldSnapshot(t *testing.T, format int) (at int, parts kept) {
	t.Helper()
	packed, err := os.ReadFile(fmt.Sprintf("testdata/state-%d.zst", format))
	if err != nil {
		t.Fatal(err)
	}
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	data, err := z.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	number := func() int {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			t.Fatal("the golden file is cut off")
		}
		data = data[n:]
		return int(v)
	}
	next := func() []byte {
		n := number()
		part := data[:n]
		data = data[n:]
		return part
	}
	at, parts = number(), kept{}
	for len(data) > 0 {
		name := string(next())
		parts[name] = next()
	}
	return at, parts
}

// ofPosts leaves what stems from posts alone: gauges are judged by what was known of
// their lists before, of which a format before may not have had all.
func ofPosts(ticks []Tick) []Tick {
	out := slices.Clone(ticks)
	for i := range out {
		tick := &out[i]
		tick.Detections = slices.DeleteFunc(slices.Clone(tick.Detections), func(d Detection) bool { return d.Platform == "charts" })
		tick.Activity = nil // nor what happened
		if tick.View == nil {
			continue
		}
		view := *tick.View
		view.Platforms = nil // older formats do not tell what is missing
		for _, list := range []*[]Trend{&view.Trends, &view.Held, &view.Variants} {
			*list = slices.DeleteFunc(slices.Clone(*list), func(t Trend) bool { return t.Platform == "charts" })
		}
		tick.View = &view
	}
	return out
}

// A snapshot of a format before is gone on from as one of this.
func TestOldSnapshotsAreGoneOnFrom(t *testing.T) {
	oneGoroutine(t)
	for _, c := range []struct {
		formats []int
		memory  int64
		recs    []term.Record
	}{
		{[]int{4, 5}, 4 << 20, withCharts(smallWorld(t, 21, 4))},
		{[]int{6}, 6 << 20, withBeats(withCharts(smallWorld(t, 21, 4)))},
	} {
		o := options(1)
		o.Window.Memory = c.memory
		goOnFromOld(t, o, c.recs, c.formats)
	}
}

func goOnFromOld(t *testing.T, o Options, recs []term.Record, formats []int) {
	o.apart = true // as the core of these formats has all of the memory
	_, through := replayAll(t, o, recs)
	o.apart = false
	all := digest(t, ofPosts(through))
	for _, format := range formats {
		at, parts := oldSnapshot(t, format)
		e, err := Restore(o, parts)
		if err != nil {
			t.Fatalf("format %d: %v", format, err)
		}
		c := collect(t, e)
		if format == 4 {
			for unit, data := range imageOf(e) {
				if unit != memoryUnit(0) && unit != pairsUnit(0) && !bytes.Equal(data, parts[unit]) {
					t.Errorf("%s is not what it was", unit)
				}
			}
		}
		for i := at; i < len(recs); i++ {
			if e.Advance(&recs[i]) > 0 && i > (at+len(recs))/2 && e.feeder.cuts == newSource(parts).newest {
				if err := e.Cut(nil); err != nil {
					t.Fatal(err)
				}
			}
			e.Observe(&recs[i])
		}
		e.Flush()
		stored := c.lastKept(t, e)
		rest := digest(t, ofPosts(c.until(e.Marks())))
		if len(rest) == 0 || all[len(all)-len(rest):] != rest {
			t.Errorf("format %d: an engine that was restored gives other results", format)
		}
		if again, err := Restore(o, stored); err != nil {
			t.Errorf("format %d: %v", format, err)
		} else {
			again.Close()
		}
		if newSource(stored).whole {
			t.Errorf("format %d: it was stored whole", format)
		}
	}
}
