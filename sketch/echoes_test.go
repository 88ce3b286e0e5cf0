package sketch

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/offheap"
)

func TestEchoesAgainstExactModel(t *testing.T) {
	type said struct {
		who  uint64
		hour int64
	}
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SampledFrom([]int64{1, 6, 24, 30}).Draw(t, "hours")
		length := (hours + 23) / 24
		s := NewEchoes(nil, 1<<12, hours)
		last := map[uint64]said{}
		now := rapid.Int64Range(0, 1000).Draw(t, "start")
		gaps := []int64{0, 0, 0, 1, 2, hours - 1, hours, hours + 1, hours + 2*length, 3 * hours, 40 * length}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now += rapid.SampledFrom(gaps).Draw(t, "gap")
			text, who := rapid.Uint64Range(0, 5).Draw(t, "text"), rapid.Uint64Range(0, 3).Draw(t, "who")
			echo := s.Say(text, who, now)
			before, known := last[text]
			switch age := now - before.hour; {
			case echo && (!known || before.who == who || age >= hours+2*length):
				t.Fatalf("%d says %d in hour %d: an echo of %+v", who, text, now, before)
			case !echo && known && before.who != who && age <= hours:
				t.Fatalf("%d says %d in hour %d: no echo of %+v", who, text, now, before)
			}
			last[text] = said{who, now}
		}
	})
}

// A lookup in a full line is wrong with a chance of 16·2^-16.
func TestEchoesFalse(t *testing.T) {
	const texts, lookups = 1 << 16, 400_000
	s := NewEchoes(nil, 4*texts, 6)
	for i := range uint64(4 * texts) {
		s.Say(hashed(i), hashed(i), aDay)
	}
	wrong := 0
	for i := range uint64(lookups) {
		if s.Say(hashed(1<<40+i), hashed(1<<40+i), aDay) {
			wrong++
		}
	}
	want := lookups * tagLanes / float64(1<<16)
	t.Logf("%d of %d texts are taken for said, %.1f are to be expected", wrong, lookups, want)
	if off := math.Abs(float64(wrong) - want); off > 5*math.Sqrt(want) {
		t.Errorf("%d texts are taken for said, %.1f are to be expected", wrong, want)
	}
	missed := 0
	for i := range uint64(lookups) {
		s.Say(hashed(i), hashed(i), aDay)
		if !s.Say(hashed(i), hashed(i+1), aDay) {
			missed++
		}
	}
	want = lookups / float64(1<<11)
	t.Logf("%d of %d echoes are missed, %.1f are to be expected", missed, lookups, want)
	if off := math.Abs(float64(missed) - want); off > 5*math.Sqrt(want) {
		t.Errorf("%d echoes are missed, %.1f are to be expected", missed, want)
	}
}

func TestEchoesCodec(t *testing.T) {
	mem, err := offheap.Reserve(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	s := NewEchoes(mem, 1<<13, 6)
	if s.Bytes() != 1<<13 || mem.Left() > 1<<16-1<<13 {
		t.Fatalf("%d bytes, %d left", s.Bytes(), mem.Left())
	}
	for i := range uint64(3000) {
		s.Say(i, i%7, aDay+int64(i/500))
	}
	enc := s.AppendBinary(nil)
	got := NewEchoes(nil, 1<<13, 6)
	rest, err := got.Restore(append(enc, "tail"...))
	if err != nil || string(rest) != "tail" || !bytes.Equal(got.AppendBinary(nil), enc) || got.Horizon() != s.Horizon() {
		t.Fatalf("round trip: rest %q, error %v", rest, err)
	}
	for i := range uint64(4000) {
		if got.Say(i, i%5, aDay+6) != s.Say(i, i%5, aDay+6) {
			t.Fatalf("text %d: another answer after a round trip", i)
		}
	}
	for cut := range enc[:64] {
		if _, err := NewEchoes(nil, 1<<13, 6).Restore(enc[:cut]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func TestEchoesAllocateNothing(t *testing.T) {
	s := NewEchoes(nil, 1<<14, 6)
	k := uint64(0)
	if n := testing.AllocsPerRun(5000, func() {
		k++
		s.Say(k%3000, k%7, int64(k/100))
	}); n != 0 {
		t.Errorf("Say allocates %v times", n)
	}
}

func BenchmarkEchoesSay(b *testing.B) {
	benchTables(b, func(size int) (func(uint64), func(uint64) uint64) {
		mem, err := offheap.Reserve(int64(size))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { mem.Close() })
		s, n := NewEchoes(mem, size, 6), int64(0)
		perHour := int64(size / 4 / 13) // about half full
		return func(key uint64) {
			n++
			s.Say(key, key, n/perHour)
		}, s.said.Touch
	})
}
