package sketch

import (
	"testing"

	"pgregory.net/rapid"
)

func TestStampRangeTellsEveryByteFromItsNeighbours(t *testing.T) {
	for first := range int64(stampWrap) {
		for _, hours := range []int64{1, 2, Span, Span + 1, 127} {
			s := stampsOf(first, first+hours-1)
			var within [256]bool
			for h := range hours {
				within[stampOf(first+h)] = true
			}
			for v := range 256 {
				word := uint64(v)<<24 | 0xff<<32 | uint64(v)<<56
				want := uint64(0)
				for at := 0; at < 64; at += 8 {
					if within[uint8(word>>at)] {
						want |= 0x80 << at
					}
				}
				if got := s.in(word); got != want {
					t.Fatalf("%d hours from %d, byte %d: %016x, want %016x", hours, first, v, got, want)
				}
			}
		}
	}
}

func TestStampRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.Int64Range(0, 1000).Draw(t, "first")
		last := first + rapid.Int64Range(0, 126).Draw(t, "more")
		s := stampsOf(first, last)
		within := map[uint8]bool{}
		for h := first; h <= last; h++ {
			within[stampOf(h)] = true
		}
		low, high := rapid.Uint64().Draw(t, "low"), rapid.Uint64().Draw(t, "high")
		want := 0
		for i := range 16 {
			word := low
			if i >= 8 {
				word = high
			}
			if within[uint8(word>>(i%8*8))] {
				want = i + 1
			}
		}
		if got := topByte(s.in(low), s.in(high)); got != uint(want) {
			t.Fatalf("hours %d..%d: highest of %016x %016x is %d, want %d", first, last, high, low, got, want)
		}
	})
}
