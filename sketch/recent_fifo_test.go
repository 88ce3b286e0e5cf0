package sketch

import "testing"

// Where a line is full of hashes of one epoch, the one that was added first is forgotten: what was
// seen a moment ago is known however many come.
func TestRecentForgetsTheFirstOfALine(t *testing.T) {
	s := NewRecent(nil, 64, 72)
	for i := range uint64(1000) {
		if !s.Add(i, 500_000) {
			t.Fatalf("%d is called seen", i)
		}
		if i < 2*tagLanes {
			continue // the first ones fill a line in no order
		}
		for back := uint64(0); back < tagLanes; back++ {
			if s.Add(i-back, 500_000) {
				t.Fatalf("%d is forgotten after %d more", i-back, back)
			}
		}
	}
}

func TestDropLane(t *testing.T) {
	for at := range tagLanes {
		var line tagLine
		for i := range tagLanes {
			line.put(i, uint16(100+i), uint16(200+i))
		}
		line.drop(at)
		for i := range tagLanes {
			want := 200 + i
			if i >= at {
				want++
			}
			if i == tagLanes-1 {
				want = 0
			}
			if got := line.state(i); got != uint16(want) {
				t.Errorf("without %d: entry %d has %d, want %d", at, i, got, want)
			}
		}
	}
}
