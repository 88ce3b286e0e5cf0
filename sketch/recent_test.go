package sketch

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/offheap"
)

func TestRecentAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SampledFrom([]int64{1, 5, 24, 25, 72, 100, 1000}).Draw(t, "hours")
		s := NewRecent(nil, 1<<12, hours)
		length := (hours + 23) / 24
		added := map[uint64]int64{} // hour from which a hash is remembered
		newest := rapid.Int64Range(0, 1000).Draw(t, "start")
		gaps := []int64{0, 0, 1, 2, length, hours - 1, hours, hours + 1, hours + length, hours + 2*length, 3 * hours, 40 * length}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			newest += rapid.SampledFrom(gaps).Draw(t, "gap")
			s.Add(99, newest)
			h := rapid.Uint64Range(0, 6).Draw(t, "hash")
			fresh := s.Add(h, newest-rapid.SampledFrom([]int64{0, 1, 90}).Draw(t, "late"))
			at, ok := added[h]
			switch {
			case !ok && !fresh:
				t.Fatalf("hash %d is seen before it was added", h)
			case ok && fresh && newest-at <= hours:
				t.Fatalf("hash %d of hour %d is new in hour %d, %d hours are kept", h, at, newest, hours)
			case ok && !fresh && newest-at >= hours+2*length:
				t.Fatalf("hash %d of hour %d is seen in hour %d, %d hours are kept", h, at, newest, hours)
			case fresh:
				added[h] = newest
			}
		}
	})
}

// A hash that is renewed in time is never new again.
func TestRecentRenewAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.SampledFrom([]int64{1, 24, 72, 14 * 24}).Draw(t, "hours")
		s := NewRecent(nil, 1<<12, hours)
		length := (hours + 23) / 24
		seen := map[uint64]int64{} // hour of the last time
		now := rapid.Int64Range(0, 1000).Draw(t, "start")
		gaps := []int64{0, 0, 1, 2, length, hours / 2, hours - 1, hours, hours + 1, hours + 2*length, 3 * hours}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now += rapid.SampledFrom(gaps).Draw(t, "gap")
			h := rapid.Uint64Range(0, 5).Draw(t, "hash")
			fresh := s.Renew(h, now)
			at, ok := seen[h]
			switch {
			case !ok && !fresh:
				t.Fatalf("hash %d is seen before it came", h)
			case ok && fresh && now-at <= hours:
				t.Fatalf("hash %d of hour %d is new in hour %d, %d hours are kept", h, at, now, hours)
			case ok && !fresh && now-at >= hours+2*length:
				t.Fatalf("hash %d of hour %d is seen in hour %d, %d hours are kept", h, at, now, hours)
			}
			seen[h] = now
		}
	})
}

// Where there is no room for all, those who come again and again stay.
func TestRecentRenewKeepsRegulars(t *testing.T) {
	const hours, regulars = 14 * 24, 500
	s := NewRecent(nil, 1<<12, hours) // room for 1,024
	next, again := uint64(1<<32), 0
	for hour := int64(aDay); hour < aDay+2*hours; hour++ {
		for h := range uint64(regulars) {
			if s.Renew(hashed(h), hour) && hour > aDay {
				again++
			}
		}
		for range 20 {
			s.Renew(hashed(next), hour)
			next++
		}
	}
	t.Logf("regulars were new %d times of %d, horizon %.0f hours", again, 2*hours*regulars, s.Horizon())
	if again > 2*hours*regulars/100 || s.Horizon() >= hours {
		t.Error("the table forgets regulars")
	}
}

func TestRecentKeepsWhatFits(t *testing.T) {
	const hours, perHour = 72, 50
	s := NewRecent(nil, 1<<16, hours) // room for 16,384; 3,750 are kept
	next := uint64(0)
	for hour := int64(aDay); hour < aDay+20*hours; hour++ {
		for range perHour {
			if !s.Add(next, hour) {
				t.Fatalf("%d is seen before it was added", next)
			}
			next++
		}
		for back := uint64(1); back <= hours; back++ {
			if h := next - 1 - (back-1)*perHour; back*perHour <= next && s.Add(h, hour) {
				t.Fatalf("a hash of %d hours ago is new", back-1)
			}
		}
	}
	if s.Horizon() != hours || s.Evicted() != 0 {
		t.Errorf("horizon %v hours, %d evicted", s.Horizon(), s.Evicted())
	}
	// 24 epochs and the running one, and six that may not be swept yet.
	if n := s.Len(); n < hours*perHour || n > 31*3*perHour {
		t.Errorf("%d held", n)
	}
}

func TestRecentHorizonOfAFullTable(t *testing.T) {
	const hours, perHour = 72, 100
	s := NewRecent(nil, 1<<13, hours) // room for 2,048: a day or so
	next := uint64(0)
	for hour := int64(aDay); hour < aDay+10*hours; hour++ {
		for range perHour {
			s.Add(next, hour)
			next++
		}
	}
	got, room := s.Horizon(), float64(1<<13/4)/perHour
	t.Logf("horizon %.1f hours, room for %.1f, %d evicted", got, room, s.Evicted())
	if got < 0.7*room || got > 1.15*room || s.Evicted() == 0 || s.Len() != 1<<13/4 {
		t.Errorf("horizon %v hours, room for %v; %d evicted, %d held", got, room, s.Evicted(), s.Len())
	}
}

// A lookup in a full line is wrong with a chance of 16·2^-27, too small to be seen
// here: what can be is that every bit of the tag counts, as fewer of them are
// compared.
func TestRecentFalseSeen(t *testing.T) {
	s := NewRecent(nil, 64, 72)
	for i := range uint64(200) {
		s.Add(hashed(i), aDay)
	}
	const lookups = 1_000_000
	compared := []int{0, 2, 4, 11} // of the eleven bits beside the first sixteen
	wrong := make([]int, len(compared))
	for i := range uint64(lookups) {
		at, tag, more := s.place(hashed(1<<40 + i))
		for k, n := range compared {
			mask := recentTag &^ (1<<(16-n) - 1)
			if _, ok := s.lines[at].find(tag, mask, more&mask); ok {
				wrong[k]++
			}
		}
	}
	for k, n := range compared {
		want := lookups * tagLanes / float64(int(1)<<(16+n))
		t.Logf("%d bits of 27: %d of %d seen, %.1f are to be expected", 16+n, wrong[k], lookups, want)
		if off := math.Abs(float64(wrong[k]) - want); off > 4*math.Sqrt(want)+1 {
			t.Errorf("%d bits: %d seen, %.1f are to be expected", 16+n, wrong[k], want)
		}
	}
}

func TestRecentCodec(t *testing.T) {
	mem, err := offheap.Reserve(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	s := NewRecent(mem, 1<<13, 72)
	if s.Bytes() != 1<<13 || mem.Left() > 1<<16-1<<13 {
		t.Fatalf("%d bytes, %d left", s.Bytes(), mem.Left())
	}
	for i := range uint64(3000) {
		s.Add(i, aDay+int64(i/50))
	}
	enc := s.AppendBinary(nil)
	got := NewRecent(mem, 1<<13, 72)
	got.Add(1, 1)
	rest, err := got.Restore(append(enc, "tail"...))
	if err != nil || string(rest) != "tail" || !bytes.Equal(got.AppendBinary(nil), enc) || got.Len() != s.Len() {
		t.Fatalf("round trip: rest %q, error %v", rest, err)
	}
	for i := range uint64(4000) {
		if got.Add(i, aDay+70) != s.Add(i, aDay+70) {
			t.Fatalf("hash %d: another answer after a round trip", i)
		}
	}
	for cut := range min(len(enc), 200) {
		if _, err := NewRecent(nil, 1<<13, 72).Restore(enc[:cut]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func FuzzRestoreRecent(f *testing.F) {
	s := NewRecent(nil, 256, 72)
	f.Add(s.AppendBinary(nil))
	for i := range uint64(100) {
		s.Add(i, int64(i))
	}
	f.Add(s.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := NewRecent(nil, 256, 72)
		rest, err := got.Restore(data)
		if !decoded(t, data, rest, err) {
			return
		}
		if again := got.AppendBinary(nil); len(again)+len(rest) > len(data) {
			t.Fatal("read more than there was")
		}
		for i := range uint64(20) {
			got.Add(i, got.epoch*got.length+int64(i))
			if got.Add(i, 0) {
				t.Fatal("forgotten at once")
			}
		}
		if n := got.Len(); n < 1 || n > got.Bytes()/4 {
			t.Fatalf("%d held in %d bytes", n, got.Bytes())
		}
	})
}

func TestRecentAllocatesNothing(t *testing.T) {
	s := NewRecent(nil, 1<<14, 72)
	k := uint64(0)
	if n := testing.AllocsPerRun(5000, func() {
		k++
		touched += s.Touch(k)
		s.Add(k, int64(k/10))
	}); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}

func BenchmarkRecentAdd(b *testing.B) {
	benchTables(b, func(size int) (func(uint64), func(uint64) uint64) {
		mem, err := offheap.Reserve(int64(size))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { mem.Close() })
		s, n := NewRecent(mem, size, 72), int64(0)
		perHour := int64(size / 4 / 150) // about half full
		return func(key uint64) {
			n++
			s.Add(key, n/perHour)
		}, s.Touch
	})
}
