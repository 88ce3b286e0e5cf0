package store

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sameBits compares values as they are stored.
func sameBits[V any](a, b V) bool {
	switch a := any(a).(type) {
	case float64:
		return math.Float64bits(a) == math.Float64bits(any(b).(float64))
	default:
		return a == any(b)
	}
}

func sameColumn[V any](a, b *column[V]) bool {
	if a.mask != b.mask {
		return false
	}
	for h := range a.vals {
		if a.mask>>h&1 == 1 && !sameBits(a.vals[h], b.vals[h]) {
			return false
		}
	}
	return true
}

// drawColumns draws the series of a block: few or all slots, few or all hours.
func drawColumns[V any](rt *rapid.T, l layout, value *rapid.Generator[V]) []column[V] {
	cols := make([]column[V], l.slots)
	mask := rapid.OneOf(rapid.Just(l.full()), rapid.Uint32Range(0, l.full()))
	step := rapid.SampledFrom([]int{1, 3, 64, 1000}).Draw(rt, "step")
	for slot := rapid.IntRange(0, int(l.slots)-1).Draw(rt, "slot"); slot < int(l.slots); slot += step {
		m := mask.Draw(rt, "mask")
		v := value.Draw(rt, "value")
		for h := range l.hours {
			if m>>h&1 == 1 {
				cols[slot].set(h, v)
			}
		}
		if m != 0 && rapid.Bool().Draw(rt, "spike") {
			h := uint32(slices.Index(bitsOf(m), true))
			cols[slot].set(h, value.Draw(rt, "spike value"))
		}
	}
	return cols
}

func bitsOf(mask uint32) []bool {
	set := make([]bool, 32)
	for i := range set {
		set[i] = mask>>i&1 == 1
	}
	return set
}

// checkBlock packs cols and compares what comes back, as a whole and one by one.
func checkBlock[V any](rt *rapid.T, l layout, c codec[V], cols []column[V]) {
	body := encodeBlock(l, c, cols)
	if body == nil {
		for i := range cols {
			if cols[i].mask != 0 {
				rt.Fatal("a block with series was packed into nothing")
			}
		}
		return
	}
	b, err := openBlock(l, c, body)
	if err != nil {
		rt.Fatal(err)
	}
	got := make([]column[V], l.slots)
	if err := b.all(got); err != nil {
		rt.Fatal(err)
	}
	for i := range cols {
		if !sameColumn(&got[i], &cols[i]) {
			rt.Fatalf("slot %d: %+v, want %+v", i, got[i], cols[i])
		}
	}
	slot := uint32(rapid.IntRange(0, int(l.slots)-1).Draw(rt, "find"))
	b, _ = openBlock(l, c, body)
	var one column[V]
	if err := b.find(slot, &one); err != nil {
		rt.Fatal(err)
	}
	if !sameColumn(&one, &cols[slot]) {
		rt.Fatalf("find(%d): %+v, want %+v", slot, one, cols[slot])
	}
}

func drawCounts() *rapid.Generator[counts] {
	n := rapid.OneOf(rapid.Uint32Range(0, 3), rapid.Uint32Range(0, 3000), rapid.Uint32())
	return rapid.Custom(func(rt *rapid.T) counts {
		return counts{Posts: n.Draw(rt, "posts"), Fresh: n.Draw(rt, "fresh")}
	})
}

func drawValues() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Map(rapid.Int64Range(-1<<53, 1<<53), func(n int64) float64 { return float64(n) }),
		rapid.Map(rapid.IntRange(0, 50), func(n int) float64 { return float64(n) }),
		rapid.Float64(),
		rapid.SampledFrom([]float64{math.NaN(), math.Inf(-1), math.Copysign(0, -1), 1 << 53, -(1 << 53), 1 << 63, -(1 << 63)}),
	)
}

func TestBlocksRoundTrip(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]layout{"day": dayBlock, "page": hourPage} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				checkBlock(rt, l, codec[counts](countsCodec{}), drawColumns(rt, l, drawCounts()))
				checkBlock(rt, l, codec[float64](gaugeCodec{}), drawColumns(rt, l, drawValues()))
			})
		})
	}
}

func TestBitsRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		widths := rapid.SliceOfN(rapid.UintRange(0, 64), 0, 50).Draw(rt, "widths")
		var w bitWriter
		var want []uint64
		for _, width := range widths {
			v := rapid.Uint64().Draw(rt, "v") & (1<<width - 1)
			want = append(want, v)
			w.write(v, width)
		}
		r := bitReader{in: w.finish()}
		for i, width := range widths {
			if got := r.read(width); got != want[i] {
				rt.Fatalf("field %d of %d bits: %#x, want %#x", i, width, got, want[i])
			}
		}
		if err := r.end(); err != nil {
			rt.Fatal(err)
		}
		if r.read(8); r.err == nil {
			rt.Fatal("reading past the end is no error")
		}
	})
}

func TestFindAllocatesNothing(t *testing.T) {
	cols := make([]column[counts], bucketOrds)
	for i := range cols {
		cols[i].set(uint32(i%24), counts{Posts: uint32(i) + 1, Fresh: 1})
	}
	body := encodeBlock(dayBlock, codec[counts](countsCodec{}), cols)
	b, err := openBlock(dayBlock, codec[counts](countsCodec{}), body)
	if err != nil {
		t.Fatal(err)
	}
	var col column[counts]
	allocs := testing.AllocsPerRun(100, func() {
		b.bits.pos = 0
		if err := b.find(bucketOrds-1, &col); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations to find the last of %d series, want none", allocs, bucketOrds)
	}
}
