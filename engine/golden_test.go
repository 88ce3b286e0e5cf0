package engine

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// wholeSnapshot reads testdata/state-4.zst: a snapshot of the format before, in which
// units were written whole, of the records up to number at. It holds the number, then
// each part's name and data behind their lengths; all numbers are uvarints.
func wholeSnapshot(t *testing.T) (at int, parts kept) {
	t.Helper()
	packed, err := os.ReadFile("testdata/state-4.zst")
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

// A snapshot of the format before is gone on from as one of this.
func TestWholeSnapshotIsGoneOnFrom(t *testing.T) {
	oneGoroutine(t)
	recs := withCharts(smallWorld(t, 21, 4))
	o := options(1)
	o.Window.Memory = 4 << 20
	_, through := replayAll(t, o, recs)
	at, parts := wholeSnapshot(t)
	e, err := Restore(o, parts)
	if err != nil {
		t.Fatal(err)
	}
	c := collect(t, e)
	for unit, data := range imageOf(e) {
		if unit != memoryUnit(0) && !bytes.Equal(data, parts[unit]) {
			t.Errorf("%s is not what it was", unit)
		}
	}
	for i := at; i < len(recs); i++ {
		if e.Advance(recs[i].TS) > 0 && i > (at+len(recs))/2 && e.feeder.cuts == 0 {
			if err := e.Cut(nil); err != nil {
				t.Fatal(err)
			}
		}
		e.Observe(&recs[i])
	}
	e.Flush()
	stored := c.lastKept(t, e)
	rest := digest(t, c.until(e.Marks()))
	if all := digest(t, through); len(rest) == 0 || all[len(all)-len(rest):] != rest {
		t.Error("an engine that was restored gives other results")
	}
	if again, err := Restore(o, stored); err != nil {
		t.Error(err)
	} else {
		again.Close()
	}
	if newSource(stored).whole {
		t.Error("it was stored in the format before")
	}
}
