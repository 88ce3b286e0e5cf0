package cow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// numbers are cells of 8 bytes.
type numbers []uint64

func (c numbers) AppendCell(dst []byte, n int) ([]byte, bool) {
	return binary.LittleEndian.AppendUint64(dst, c[n]), c[n] != 0
}

func (c numbers) RestoreCell(n int, enc []byte) error {
	c[n] = binary.LittleEndian.Uint64(enc)
	return nil
}

// texts are cells that differ in length.
type texts []string

func (c texts) AppendCell(dst []byte, n int) ([]byte, bool) {
	return append(dst, c[n]...), c[n] != ""
}

func (c texts) RestoreCell(n int, enc []byte) error {
	c[n] = string(enc)
	return nil
}

// things is a set of both.
type things struct {
	numbers numbers
	texts   texts
	set     *Set
	tables  [2]*Table
}

func newThings(n, m int) *things {
	x := &things{numbers: make(numbers, n), texts: make(texts, m)}
	x.tables = [2]*Table{NewTable(x.numbers, n, 8), NewTable(x.texts, m, 0)}
	x.set = NewSet(nil, x.tables[0], x.tables[1])
	return x
}

func (x *things) change(t *rapid.T, rng *rand.Rand) {
	switch rng.IntN(12) {
	case 0: // a stretch is emptied
		if lines := (len(x.numbers) + 7) / 8; lines > 0 {
			from := rng.IntN(lines)
			to := from + rng.IntN(lines-from+1)
			x.tables[0].TouchLines(from, to)
			clear(x.numbers[from*8 : min(to*8, len(x.numbers))])
		}
	case 1, 2, 3:
		if len(x.texts) > 0 {
			n := rng.IntN(len(x.texts))
			x.tables[1].TouchCell(n)
			x.texts[n] = string(bytes.Repeat([]byte{byte(rng.IntN(256))}, rng.IntN(300)))
		}
	default:
		if len(x.numbers) > 0 {
			n := rng.IntN(len(x.numbers))
			x.tables[0].Touch(n/8, 1<<(n%8))
			x.numbers[n] = rng.Uint64N(3) * rng.Uint64()
		}
	}
}

// What was saved is what there was when the cut began, whatever changed since.
func TestSavedIsTheMoment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(0, 300).Draw(t, "numbers"), rapid.IntRange(0, 200).Draw(t, "texts")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x := newThings(n, m)
		var cuts [][]byte
		failed := true
		for range rapid.IntRange(1, 12).Draw(t, "cuts") {
			for range rng.IntN(400) {
				x.change(t, rng)
			}
			full := failed || rng.IntN(5) == 0
			if full {
				cuts = nil
			}
			x.set.Begin(full)
			numbers, texts := slices.Clone(x.numbers), slices.Clone(x.texts)
			if failed = rng.IntN(6) == 0; failed {
				x.set.Step(rng.IntN(3000))
				x.set.Abort()
				if x.set.Pending() || x.set.Next() != nil || x.set.Waiting() != 0 {
					t.Fatal("something is left of a cut that was given up")
				}
				continue
			}
			var saved []byte
			for more := true; more; {
				for range rng.IntN(20) {
					x.change(t, rng)
				}
				more = x.set.Step(1 + rng.IntN(2000))
				for p := x.set.Next(); p != nil; p = x.set.Next() {
					saved = append(saved, p...)
					x.set.Take()
				}
			}
			cuts = append(cuts, saved)
			again := newThings(n, m)
			again.set.BeginRestore()
			for _, saved := range slices.Backward(cuts) {
				if err := again.set.Restore(bytes.NewReader(saved)); err != nil {
					t.Fatal(err)
				}
			}
			again.set.EndRestore()
			if !slices.Equal(again.numbers, numbers) || !slices.Equal(again.texts, texts) {
				t.Fatalf("%d cuts do not give what there was", len(cuts))
			}
			if again.set.Changed() != 0 || again.set.Pending() {
				t.Fatal("a restored table has changes")
			}
		}
	})
}

// A cut of what changed holds no more than that.
func TestOnlyChangesAreSaved(t *testing.T) {
	x := newThings(100_000, 0)
	for n := range x.numbers {
		x.numbers[n] = 1
	}
	x.set.Begin(true)
	for x.set.Step(1 << 20) {
	}
	for x.set.Next() != nil {
		x.set.Take()
	}
	for n := 0; n < len(x.numbers); n += 1000 {
		x.tables[0].TouchCell(n)
	}
	if n := x.set.Changed(); n != 100 {
		t.Errorf("%d cells have changed, not 100", n)
	}
	x.set.Begin(false)
	x.set.Step(1 << 20)
	if n := len(x.set.Next()); n > 100*(8+8+1+3) {
		t.Errorf("%d bytes for 100 cells", n)
	}
}

// Touch allocates nothing, with a cut under way or without.
func TestTouchAllocatesNothing(t *testing.T) {
	x := newThings(1<<16, 0)
	n := 0
	touch := func() {
		x.tables[0].TouchCell(n % len(x.numbers))
		n += 7
	}
	if got := testing.AllocsPerRun(1000, touch); got != 0 {
		t.Errorf("%v allocations", got)
	}
	x.set.Begin(true)
	touch()
	if got := testing.AllocsPerRun(1000, touch); got != 0 {
		t.Errorf("%v allocations while a cut is under way", got)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for name, enc := range map[string][]byte{
		"another table":      {9, 0, 1, 0, 0, 0, 0, 0, 0, 0},
		"no group":           {0},
		"half a mask":        {0, 0, 1, 0, 0},
		"no cells":           {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"half a cell":        {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2},
		"a cell beyond":      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 2, 3, 4, 5, 6, 7, 8},
		"a group beyond":     {0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8},
		"no number of group": {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		"a cell too long":    {1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0x7f},
	} {
		x := newThings(60, 60)
		x.set.BeginRestore()
		if err := x.set.Restore(bytes.NewReader(enc)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: error %v, want %v", name, err, ErrCorrupt)
		}
	}
}

// FuzzRestore reads anything without a panic, and what it accepts is accepted again.
func FuzzRestore(f *testing.F) {
	x := newThings(130, 70)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		x.change(nil, rng)
	}
	x.set.Begin(true)
	x.set.Step(1 << 20)
	f.Add(x.set.Next())
	f.Add([]byte{1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b'})
	f.Fuzz(func(t *testing.T, enc []byte) {
		x := newThings(130, 70)
		x.set.BeginRestore()
		if err := x.set.Restore(bytes.NewReader(enc)); err != nil {
			return
		}
		x.set.EndRestore()
		x.set.Begin(true)
		x.set.Step(1 << 20)
		again := newThings(130, 70)
		again.set.BeginRestore()
		if err := again.set.Restore(bytes.NewReader(x.set.Next())); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.numbers, x.numbers) || !slices.Equal(again.texts, x.texts) {
			t.Fatal("it reads differently after it was written again")
		}
	})
}

func BenchmarkTouch(b *testing.B) {
	x := newThings(1<<22, 0)
	n := uint32(0)
	for b.Loop() {
		n = n*1664525 + 1013904223
		x.tables[0].Touch(int(n>>13), 3)
	}
}
