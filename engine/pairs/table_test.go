package pairs

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/internal/cow"
	"github.com/swell-radar/swell/sketch"
)

// id makes a well-mixed key.
func id(n int) uint64 { return sketch.Mix(uint64(n+1)*0xD6E8FEB86659FD93, 0x1234567) }

type pair struct{ term, key uint64 }

// exact counts pairs by period.
type exact map[pair]map[int64]uint32

func (e exact) add(p pair, period int64) {
	if e[p] == nil {
		e[p] = map[int64]uint32{}
	}
	e[p][period]++
}

func (e exact) count(p pair, newest int64) (n uint32) {
	for period, c := range e[p] {
		if period > newest-Periods {
			n += c
		}
	}
	return n
}

// A table with room is exact; one without never counts too many, and says how many may
// be missing.
func TestAgainstTheExactCount(t *testing.T) {
	for name, c := range map[string]struct{ size, terms, adds int }{
		"roomy": {1 << 20, 40, 400}, "tight": {8 << 10, 60, 3000},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				table, truth := New(nil, c.size), exact{}
				rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
				period := int64(40_000)
				table.Advance(period)
				turn := rapid.IntRange(20, 800).Draw(t, "adds a period")
				for n := range rapid.IntRange(1, c.adds).Draw(t, "adds") {
					if n%turn == turn-1 {
						period++
						if rng.IntN(9) == 0 {
							period += int64(rng.IntN(9))
						}
						table.Advance(period)
					}
					p := pair{id(int(float64(c.terms) * rng.Float64() * rng.Float64())), id(1000 + int(float64(c.terms)*rng.Float64()*rng.Float64()))}
					table.Add(table.Of(p.term), p.key)
					truth.add(p, period)
				}
				listed := 0
				for i := range c.terms {
					term := id(i)
					found := table.Companions(nil, term)
					for _, got := range found {
						want := truth.count(pair{term, got.Key}, period)
						if got.Count > want || got.Over != Unknown && want > got.Count+got.Over {
							t.Fatalf("term %d has %+v, truly %d", i, got, want)
						}
						if name == "roomy" && (got.Over != 0 || got.Count != want) {
							t.Fatalf("term %d has %+v, truly %d", i, got, want)
						}
					}
					listed += len(found)
				}
				pairs := 0
				for p := range truth {
					if truth.count(p, period) > 0 {
						pairs++
					}
				}
				if name == "roomy" && listed != pairs {
					t.Fatalf("%d pairs are listed, there are %d", listed, pairs)
				}
			})
		})
	}
}

// Pairs that come once each, however many, do not push out those that came often.
func TestFloodOfSingletons(t *testing.T) {
	const size = 64 << 10 // room for some 1,300 pairs
	table := New(nil, size)
	table.Advance(1)
	const terms, companions, times = 20, 10, 40
	add := func(a, b int) { table.Add(table.Of(id(a)), id(b)) }
	for range times {
		for a := range terms {
			for b := range companions {
				add(a, 1000+b)
			}
		}
	}
	for n := range 200_000 {
		if n%40_000 == 39_999 {
			table.Advance(table.Newest() + 1)
		}
		add(n%(2*terms), 10_000+n)
	}
	for a := range terms {
		kept := 0
		for _, got := range table.Companions(nil, id(a)) {
			for b := range companions {
				if got.Key == id(1000+b) && got.Count == times {
					kept++
				}
			}
		}
		if kept != companions {
			t.Errorf("term %d has kept %d of %d companions", a, kept, companions)
		}
	}
}

// What was missed may have been any pair, as long as it is in the window.
func TestMissedPosts(t *testing.T) {
	table := New(nil, 1<<16)
	table.Advance(10)
	table.Add(table.Of(id(1)), id(2))
	table.Miss(7)
	table.Advance(10 + Periods - 1)
	table.Add(table.Of(id(1)), id(2))
	if got := table.Companions(nil, id(1)); len(got) != 1 || got[0] != (Companion{id(2), 2, 7}) {
		t.Errorf("companions %+v", got)
	}
	table.Advance(10 + Periods)
	if got := table.Companions(nil, id(1)); len(got) != 1 || got[0] != (Companion{id(2), 1, 0}) {
		t.Errorf("companions %+v once the window has left", got)
	}
	table.Advance(10 + 3*Periods)
	if got := table.Companions(nil, id(1)); len(got) != 0 {
		t.Errorf("companions %+v of an empty window", got)
	}
}

// A count that stops says that there may be any number more.
func TestCountsStop(t *testing.T) {
	table := New(nil, 1<<16)
	table.Advance(3)
	of := table.Of(id(1))
	for range mostCount + 10 {
		table.Add(of, id(2))
	}
	if got := table.Companions(nil, id(1)); len(got) != 1 || got[0] != (Companion{id(2), mostCount, Unknown}) {
		t.Errorf("companions %+v", got)
	}
}

// Fields of an entry do not touch each other.
func TestEntriesHoldWhatTheyAreGiven(t *testing.T) {
	type entry struct {
		key       uint64
		tag, over uint32
		period    int
		counts    [Periods]uint32
	}
	rapid.Check(t, func(t *rapid.T) {
		var s set
		var want [setEntries]entry
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			i, period := rapid.IntRange(0, setEntries-1).Draw(t, "entry"), rapid.IntRange(0, Periods-1).Draw(t, "period")
			w := &want[i]
			if w.key != 0 && rapid.Bool().Draw(t, "grow") {
				s.grow(i, period)
				w.counts[period] = min(w.counts[period]+1, mostCount)
			} else {
				*w = entry{
					key: rapid.Uint64Min(1).Draw(t, "key"), tag: rapid.Uint32Max(1<<tagBits-1).Draw(t, "tag"),
					over: rapid.Uint32Max(1<<17).Draw(t, "over"), period: period,
				}
				s.put(i, w.key, w.tag, period, w.over)
				w.over, w.counts[period] = min(w.over, mostCount), 1
			}
			for i := range want {
				w := &want[i]
				got := entry{key: s.key(i), tag: s.tag(i), over: s.over(i), period: s.admitted(i)}
				for p := range Periods {
					got.counts[p] = s.count(i, p)
				}
				if got != *w {
					t.Fatalf("entry %d holds %+v, want %+v", i, got, *w)
				}
			}
		}
	})
}

// run adds pairs at random, some periods long.
func run(table *Table, rng *rand.Rand, adds int) {
	for range adds {
		if rng.IntN(700) == 0 {
			table.Advance(table.Newest() + 1)
		}
		if rng.IntN(900) == 0 {
			table.Miss(uint32(rng.IntN(5)))
		}
		table.Add(table.Of(id(rng.IntN(60))), id(1000+int(400*rng.Float64()*rng.Float64())))
	}
}

// A cut is the table of its moment, in whatever slices it is saved while the table goes
// on, and one that is restored goes on in the same way.
func TestCutIsTheMoment(t *testing.T) {
	const size = 8 << 10
	table := New(nil, size)
	set := cow.NewSet(nil, table.Tables()...)
	rng := rand.New(rand.NewPCG(3, 4))
	type part struct{ data []byte }
	var parts []part
	table.Advance(100)
	for round := range 12 {
		run(table, rng, 1500)
		head, want := table.AppendHead(nil), table.AppendBinary(nil)
		set.Begin(round%4 == 0)
		if round%4 == 0 {
			parts = nil
		}
		var data []byte
		for more := true; more; {
			more = set.Step(300)
			run(table, rng, 20)
			for p := set.Next(); p != nil; p = set.Next() {
				data = append(data, p...)
				set.Take()
			}
		}
		parts = append(parts, part{data})
		again := New(nil, size)
		if rest, err := again.RestoreHead(head); err != nil || len(rest) > 0 {
			t.Fatal(err, len(rest))
		}
		into := cow.NewSet(nil, again.Tables()...)
		into.BeginRestore()
		for _, p := range slices.Backward(parts) {
			if err := into.Restore(bytes.NewReader(p.data)); err != nil {
				t.Fatal(err)
			}
		}
		into.EndRestore()
		if !bytes.Equal(again.AppendBinary(nil), want) {
			t.Fatalf("round %d: the table came back as another", round)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	head := New(nil, 1<<14).AppendHead(nil)
	for n := range head {
		if _, err := New(nil, 1<<14).RestoreHead(head[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(head))
		}
	}
	if _, err := New(nil, 1<<15).RestoreHead(head); !errors.Is(err, ErrCorrupt) {
		t.Errorf("error %v for a table of another size, want %v", err, ErrCorrupt)
	}
}

// Damaged bytes are refused, or make a table that can be used.
func FuzzRestore(f *testing.F) {
	table := New(nil, 4<<10)
	set := cow.NewSet(nil, table.Tables()...)
	table.Advance(100)
	run(table, rand.New(rand.NewPCG(1, 1)), 3000)
	set.Begin(true)
	set.Step(1 << 30)
	f.Add(table.AppendHead(nil), set.Next())
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, head, words []byte) {
		table := New(nil, 4<<10)
		if _, err := table.RestoreHead(head); err != nil {
			return
		}
		set := cow.NewSet(nil, table.Tables()...)
		set.BeginRestore()
		if set.Restore(bytes.NewReader(words)) != nil {
			return
		}
		set.EndRestore()
		run(table, rand.New(rand.NewPCG(1, 2)), 500)
		for i := range 60 {
			if n := len(table.Companions(nil, id(i))); n > MaxCompanions {
				t.Fatalf("%d companions", n)
			}
		}
	})
}

func TestDoesNotAllocate(t *testing.T) {
	table := New(nil, 64<<10)
	table.Advance(1)
	rng := rand.New(rand.NewPCG(1, 1))
	room := make([]Companion, 0, MaxCompanions)
	if n := testing.AllocsPerRun(100, func() {
		run(table, rng, 100)
		table.Companions(room, id(1))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestBytesAreWhatATableTakes(t *testing.T) {
	for _, size := range []int{4 << 10, 1<<20 + 17, 3 << 20} {
		table := New(nil, size)
		if got := len(table.sets)*setWords*wordBytes + table.door.Bytes(); got != Bytes(size) || got > size {
			t.Errorf("a table of %d bytes takes %d, says %d", size, got, Bytes(size))
		}
	}
}

func TestPeriodOf(t *testing.T) {
	for hour, want := range map[int64]int64{0: 0, 11: 0, 12: 1, -1: -1, -12: -1, -13: -2} {
		if got := PeriodOf(hour); got != want {
			t.Errorf("hour %d is in period %d, want %d", hour, got, want)
		}
	}
}
