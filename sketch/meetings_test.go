package sketch

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/offheap"
)

// metAt is what one pair did: the heaviest meeting of each pane.
type metAt map[int64]uint8

// credits is the definition: what each pane gets, given all meetings.
func (m metAt) credits(day int64) map[int64]int {
	out := map[int64]int{}
	for pane, weight := range m {
		fresh := true
		for other := range m {
			fresh = fresh && (other < pane-day || other >= pane)
		}
		if fresh {
			out[pane] = int(weight)
		}
	}
	return out
}

// meetingsModel feeds a table and checks after every meeting that the credits are
// those of the definition.
type meetingsModel struct {
	f     *Meetings
	day   int64
	pairs map[uint64]metAt
	given map[uint64]map[int64]int
}

func newMeetingsModel(size int, day int64) *meetingsModel {
	return &meetingsModel{NewMeetings(nil, size, day), day, map[uint64]metAt{}, map[uint64]map[int64]int{}}
}

func (m *meetingsModel) meet(t *rapid.T, pair uint64, pane int64, halves uint8) {
	if m.pairs[pair] == nil {
		m.pairs[pair], m.given[pair] = metAt{}, map[int64]int{}
	}
	m.pairs[pair][pane] = max(m.pairs[pair][pane], halves)
	add, take, from := m.f.Meet(hashed(pair), pane, halves)
	given := m.given[pair]
	given[pane] += int(add)
	if take > 0 {
		if from <= pane {
			t.Fatalf("pair %d, pane %d: taken back from pane %d", pair, pane, from)
		}
		given[from] -= int(take)
	}
	maps.DeleteFunc(given, func(_ int64, n int) bool { return n == 0 })
	if want := m.pairs[pair].credits(m.day); !maps.Equal(given, want) {
		t.Fatalf("pair %d met in %v (a day has %d panes): credits %v, want %v", pair, m.pairs[pair], m.day, given, want)
	}
}

func TestMeetingsGiveTheDefinedCreditsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]int64{1, 2, 3, 5, 144}).Draw(t, "day")
		m := newMeetingsModel(1<<12, day)
		pane := rapid.Int64Range(1, 5000).Draw(t, "start")
		// Gaps about a day long are where the rules meet.
		gaps := []int64{0, 0, 0, 1, 1, 2, 3, day - 1, day, day + 1, day + 2, day + 3, 3 * day}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			pane += rapid.SampledFrom(gaps).Draw(t, "gap")
			m.f.Advance(pane)
			m.meet(t, rapid.Uint64Range(0, 2).Draw(t, "pair"), pane-rapid.Int64Range(0, 1).Draw(t, "late"),
				rapid.SampledFrom([]uint8{1, 2}).Draw(t, "halves"))
		}
	})
}

func TestMeetingsOutliveTheStampsWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]int64{1, 6, 144, meetDayMax}).Draw(t, "day")
		m := newMeetingsModel(1<<rapid.IntRange(11, 16).Draw(t, "size"), day)
		pane := int64(3_000_000)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "leap") {
				pane += rapid.Int64Range(0, 2*meetWrap+10).Draw(t, "gap")
				m.f.Advance(pane)
			} else {
				for range rapid.IntRange(0, 3000).Draw(t, "panes") {
					pane++
					m.f.Advance(pane)
				}
			}
			m.meet(t, rapid.Uint64Range(0, 4).Draw(t, "pair"), pane-rapid.Int64Range(0, 1).Draw(t, "late"), 2)
		}
	})
}

// Every order of a few meetings in two adjacent panes ends with the same credits.
func TestMeetingsCommute(t *testing.T) {
	const day = 6
	type meet struct {
		pane   int64
		halves uint8
	}
	for _, before := range [][]int64{nil, {90}, {93}, {94}, {90, 93}, {99}, {98, 99}} {
		for code := range 256 {
			var want map[int64]int
			four := make([]meet, 4)
			for i := range four {
				four[i] = meet{100 + int64(code>>(2*i)&1), uint8(code>>(2*i+1)&1) + 1}
			}
			permute(four, func(order []meet) {
				f := NewMeetings(nil, 64, day)
				for _, pane := range before {
					f.Meet(1, pane, 2)
				}
				got := map[int64]int{}
				for _, m := range order {
					add, take, from := f.Meet(1, m.pane, m.halves)
					got[m.pane] += int(add)
					got[from] -= int(take)
				}
				maps.DeleteFunc(got, func(_ int64, n int) bool { return n == 0 })
				if want == nil {
					want = got
				} else if !maps.Equal(got, want) {
					t.Fatalf("met in %v, then %v: credits %v, in another order %v", before, order, got, want)
				}
			})
		}
	}
}

func permute[T any](s []T, visit func([]T)) {
	if len(s) == 0 {
		visit(s)
	}
	var from func(int)
	from = func(k int) {
		if k == len(s) {
			visit(s)
			return
		}
		for i := k; i < len(s); i++ {
			s[k], s[i] = s[i], s[k]
			from(k + 1)
			s[k], s[i] = s[i], s[k]
		}
	}
	from(0)
}

func TestMeetingsIgnoreWhatIsTooLate(t *testing.T) {
	f := NewMeetings(nil, 1<<10, 10)
	f.Advance(1000)
	f.Meet(1, 1000, 2)
	for _, pane := range []int64{998, 995, 991, 989, 0, -5} {
		if add, take, _ := f.Meet(1, pane, 2); add != 0 || take != 0 {
			t.Errorf("a meeting of pane %d gives %d and takes %d", pane, add, take)
		}
	}
	if add, _, _ := f.Meet(2, 989, 2); add != 0 {
		t.Error("a meeting of more than a day ago gives credit")
	}
	if add, _, _ := f.Meet(2, 990, 9); add != 2 {
		t.Errorf("a pair that is met a day late gives %d", add)
	}
}

func TestMeetingsForgetTheOldestOfAFullLine(t *testing.T) {
	const day = 144
	f := NewMeetings(nil, 64, day)
	if got := f.Horizon(); got != day {
		t.Fatalf("an empty table remembers %v panes", got)
	}
	for i := range uint64(tagLanes) {
		f.Meet(hashed(i), int64(1000+i), 1)
	}
	f.Meet(hashed(100), 1016, 1) // throws out pair 0
	for i := uint64(1); i < tagLanes; i++ {
		if add, _, _ := f.Meet(hashed(i), 1017, 1); add != 0 {
			t.Errorf("pair %d was forgotten", i)
		}
	}
	if f.Evicted() != 1 {
		t.Errorf("%d evictions, want 1", f.Evicted())
	}
	if add, _, _ := f.Meet(hashed(0), 1017, 1); add != 1 {
		t.Error("the oldest pair was not forgotten")
	}
}

// A table that is too small says how far back it remembers, and one that is large
// enough says a day.
func TestMeetingsHorizon(t *testing.T) {
	const day, lines = 144, 64
	for _, perPane := range []int{2, 4, 64} {
		f := NewMeetings(nil, 64*lines, day)
		pair := uint64(0)
		for pane := int64(1); pane < 20*day; pane++ {
			for range perPane {
				pair++
				f.Meet(hashed(pair), pane, 2)
			}
		}
		fits := float64(tagLanes*lines) / float64(perPane) // panes that the table has room for
		got := f.Horizon()
		t.Logf("%d pairs a pane: horizon %.1f of %d panes, room for %.1f, %d evicted", perPane, got, day, fits, f.Evicted())
		if fits > 3*day && (got != day || f.Evicted() != 0) {
			t.Errorf("%d pairs a pane: horizon %v, %d evicted", perPane, got, f.Evicted())
		}
		if fits > 1.7*day && got < 0.98*day { // a few lines are full by chance
			t.Errorf("%d pairs a pane: horizon %v", perPane, got)
		}
		if fits < day && (got < 0.7*fits || got > 1.1*fits) {
			t.Errorf("%d pairs a pane: horizon %v, there is room for %v panes", perPane, got, fits)
		}
	}
}

func TestMeetingsFalseSeenIsMeasured(t *testing.T) {
	f := NewMeetings(nil, 1<<12, 144)
	wrong, n := 0, uint64(200_000)
	for i := range n {
		if add, _, _ := f.Meet(hashed(i), int64(1+i/1000), 1); add == 0 {
			wrong++
		}
	}
	got, share := f.FalseSeen(200_000), float64(wrong)/float64(n)
	t.Logf("false seen %.6f, measured %.6f, 16 tags of 16 bits make %.6f", share, got, 16.0/(1<<16))
	for _, v := range []float64{got, share} {
		if v > 1.5*16/(1<<16) || v < 0.5*16/(1<<16) {
			t.Errorf("%.6f called seen, about %.6f are to be expected", v, 16.0/(1<<16))
		}
	}
}

func TestMeetingsCodec(t *testing.T) {
	mem, err := offheap.Reserve(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	f := NewMeetings(mem, 1<<13, 144)
	if f.Bytes() != 1<<13 || mem.Left() > 1<<16-1<<13 {
		t.Fatalf("%d bytes, %d left", f.Bytes(), mem.Left())
	}
	for i := range uint64(3000) {
		f.Meet(hashed(i), int64(i/20), 2)
	}
	enc := f.AppendBinary(nil)
	got := NewMeetings(mem, 1<<13, 144)
	got.Meet(1, 1, 1)
	rest, err := got.Restore(append(enc, "tail"...))
	if err != nil || string(rest) != "tail" || !bytes.Equal(got.AppendBinary(nil), enc) {
		t.Fatalf("round trip: rest %q, error %v", rest, err)
	}
	for i := range uint64(3000) {
		a, b, c := f.Meet(hashed(i), 150, 1)
		d, e, g := got.Meet(hashed(i), 150, 1)
		if a != d || b != e || c != g {
			t.Fatalf("pair %d: another answer after a round trip", i)
		}
	}
	for cut := range min(len(enc), 200) {
		if _, err := NewMeetings(nil, 1<<13, 144).Restore(enc[:cut]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
}

func FuzzRestoreMeetings(f *testing.F) {
	m := NewMeetings(nil, 256, 144)
	f.Add(m.AppendBinary(nil))
	for i := range uint64(100) {
		m.Meet(hashed(i), int64(i/4), 2)
	}
	f.Add(m.AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := NewMeetings(nil, 256, 144)
		rest, err := got.Restore(data)
		if !decoded(t, data, rest, err) {
			return
		}
		if again := got.AppendBinary(nil); len(again)+len(rest) > len(data) {
			t.Fatal("read more than there was")
		}
		for i := range uint64(20) {
			got.Meet(i, got.newest-int64(i%3), 2)
		}
		got.Advance(got.newest + 2)
		if h := got.Horizon(); h < 0 || h > meetDayMax {
			t.Fatalf("horizon %v", h)
		}
	})
}

func TestMeetAllocatesNothing(t *testing.T) {
	f := NewMeetings(nil, 1<<14, 144)
	k := uint64(0)
	if n := testing.AllocsPerRun(5000, func() {
		k++
		touched += f.Touch(hashed(k))
		f.Meet(hashed(k%700), int64(k/100), 2)
	}); n != 0 {
		t.Errorf("Meet allocates %v times", n)
	}
}

func BenchmarkMeetingsMeet(b *testing.B) {
	benchTables(b, func(size int) (func(uint64), func(uint64) uint64) {
		mem, err := offheap.Reserve(int64(size))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { mem.Close() })
		f, n := NewMeetings(mem, size, 144), int64(0)
		perPane := int64(size / 4 / 400) // under half full
		return func(key uint64) {
			n++
			f.Meet(key, 1+n/perPane, 2)
		}, f.Touch
	})
}
