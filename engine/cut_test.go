package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// crowded is a small archive with so many rare terms between its own that a small
// table changes hands, and with charts.
func crowded(t testing.TB, seed uint64, days int) []term.Record {
	rng := rand.New(rand.NewPCG(seed, 5))
	recs := withCharts(smallWorld(t, seed, days))
	for i := range recs {
		if recs[i].Gauge != nil {
			continue
		}
		for range 4 {
			word := i/1000*1500 + rng.IntN(1500)
			recs[i].Tags = append(recs[i].Tags, fmt.Sprint("w", word))
		}
		if rng.IntN(4) == 0 {
			recs[i].Author = fmt.Sprint("a", rng.IntN(1<<20))
		}
	}
	return recs
}

// image is all that an engine remembers in tables, written whole.
type image map[string][]byte

// imageOf returns the image of an engine to which nothing is fed meanwhile.
func imageOf(e *Engine) image {
	all := image{}
	for _, t := range e.feeder.tables {
		switch of := t.of.(type) {
		case interface{ AppendBinary([]byte) []byte }:
			all[t.unit] = of.AppendBinary(nil)
		}
	}
	for _, o := range e.conductor.owners {
		done := make(chan struct{})
		o.asks <- func(o *owner) {
			defer close(done)
			all[shardUnit(o.number)] = o.shard.AppendBinary(nil)
			var memories []byte
			for slot := range o.shard.Slots() {
				m := o.memory[slot]
				if m.generation != o.shard.Generation(slot) {
					m = memory{}
				}
				memories = m.append(fmt.Append(memories, slot))
			}
			all[memoryUnit(o.number)] = memories
			all[pairsUnit(o.number)] = o.pairs.AppendBinary(nil)
		}
		<-done
	}
	return all
}

// took is what became of a snapshot.
type took struct {
	kept kept // nil: it was given up
	err  error
}

// taker takes the ticks of an engine. It says when it has a snapshot, and stores it or
// gives it up as it is told.
type taker struct {
	engine *Engine
	began  chan struct{}
	giveUp chan bool
	took   chan took
	stop   chan uint64 // after so many ticks
	ticks  chan []Tick
}

func take(e *Engine) *taker {
	k := &taker{e, make(chan struct{}), make(chan bool), make(chan took, 1), make(chan uint64), make(chan []Tick)}
	go k.run()
	return k
}

func (k *taker) run() {
	var all []Tick
	var before kept
	for last := uint64(math.MaxUint64); uint64(len(all)) < last; {
		select {
		case last = <-k.stop:
		case tick := <-k.engine.Ticks():
			all = append(all, tick)
			if tick.Snapshot == nil {
				continue
			}
			k.began <- struct{}{}
			if <-k.giveUp {
				n := 0
				for range tick.Snapshot.Parts() {
					if n++; n > 25 {
						break
					}
				}
				tick.Snapshot.Done(n > 25) // which is no truth
				k.took <- took{}
				continue
			}
			now, err := keep(tick.Snapshot, before)
			tick.Snapshot.Done(err == nil)
			before = now
			k.took <- took{now, err}
		}
	}
	k.ticks <- all
}

// Cuts, in part or whole, stored or given up, are what the engine was at their marks,
// to the bit, and change nothing: neither for the engine that goes on nor for one that
// is restored from the last of them.
func TestCutsAreTheMomentAndChangeNothing(t *testing.T) {
	for seed, shards := range []int{1, 2} {
		t.Run(fmt.Sprint(shards, " shards"), func(t *testing.T) {
			t.Parallel()
			if shards == 1 {
				oneGoroutine(t)
			}
			recs := crowded(t, uint64(31+seed), 4)
			o := options(shards)
			o.Window.Memory = window.MinMemory
			_, through := replayAll(t, o, recs)
			if core := through[len(through)-1].View.Core; core.Evicted == 0 {
				t.Fatalf("%+v: no want of room, the test shows little", core)
			}
			e, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			k := take(e)
			rng := rand.New(rand.NewPCG(uint64(seed), 6))
			var was image
			var last kept
			running, stored, partly, at := false, 0, 0, 0
			settle := func(now took) {
				running = false
				if now.err != nil {
					t.Fatal(now.err)
				}
				if now.kept == nil {
					return
				}
				stored++
				last = now.kept
				if len(newSource(last).cuts[shardUnit(0)]) > 1 {
					partly++
				}
				again, err := Restore(o, last)
				if err != nil {
					t.Fatal(err)
				}
				defer again.Close()
				for unit, data := range imageOf(again) {
					if !bytes.Equal(data, was[unit]) {
						t.Fatalf("cut %d: %s is not what it was", stored, unit)
					}
				}
			}
			for i := range recs {
				if e.Advance(&recs[i]) > 0 && !running && rng.IntN(10) == 0 {
					if err := e.Cut([]byte("note")); err != nil {
						t.Fatal(err)
					}
					<-k.began
					given := was
					was, running = imageOf(e), true
					giveUp := rng.IntN(6) == 0
					if k.giveUp <- giveUp; giveUp {
						was = given
					} else {
						at = i
					}
				}
				e.Observe(&recs[i])
				if running && rng.IntN(20) == 0 {
					e.Work()
				}
				select {
				case now := <-k.took:
					settle(now)
				default:
				}
			}
			for e.Work() {
			}
			if running {
				settle(<-k.took)
			}
			e.Flush()
			k.stop <- e.Marks()
			ticks := <-k.ticks
			e.Close()
			if digest(t, ticks) != digest(t, through) {
				t.Error("an engine that was cut gives other results")
			}
			t.Logf("%d snapshots stored, %d of them in parts", stored, partly)
			if partly < 4 { // a cut that comes while one is stored is passed over: a slow disk leaves fewer
				t.Error("the test shows little")
			}
			again, err := Restore(o, last)
			if err != nil {
				t.Fatal(err)
			}
			c := collect(t, again)
			for i := at; i < len(recs); i++ {
				again.Observe(&recs[i])
			}
			again.Flush()
			rest := digest(t, c.until(again.Marks()))
			if all := digest(t, through); len(rest) == 0 || all[len(all)-len(rest):] != rest {
				t.Error("an engine that was restored from parts gives other results")
			}
		})
	}
}

// A closed engine ends a snapshot that is being taken, and a call of Cut that waits
// for one.
func TestCloseEndsACut(t *testing.T) {
	e, err := New(options(2))
	if err != nil {
		t.Fatal(err)
	}
	recs := smallWorld(t, 8, 1)
	for i := range recs[:300] {
		e.Observe(&recs[i])
	}
	go func() { // Ticks are drained by another goroutine than the one that waits below
		e.Flush()
		_ = e.Cut(nil)
	}()
	var s *Snapshot
	for s == nil {
		s = (<-e.Ticks()).Snapshot
	}
	go e.Close()
	var last error
	for _, err := range s.Parts() {
		last = err
	}
	if !errors.Is(last, ErrClosed) {
		t.Errorf("error %v, want %v", last, ErrClosed)
	}
	if _, err := e.feeder.beginCut(2, e.quit); !errors.Is(err, ErrClosed) {
		t.Errorf("error %v, want %v", err, ErrClosed)
	}
}

// A unit is written again when what came later outweighs it, one at a time.
func TestUnitsAreRenewedOneByOne(t *testing.T) {
	last := &cut{number: 1, stored: true, units: unitsOf(2)}
	for i := range last.units {
		last.units[i].full, last.units[i].bytes = true, 100
	}
	worst, most := uint64(0), 0
	for number := uint64(2); number < 200; number++ {
		next := &cut{number: number, stored: true, units: planned(last, 2)}
		renewed := 0
		for i := range next.units {
			u := &next.units[i]
			if u.bytes = 9; u.full {
				u.bytes = 100
				renewed++
			}
			total := uint64(0)
			for _, s := range u.parts(number) {
				total += s.bytes
			}
			worst = max(worst, total)
			if !slices.IsSortedFunc(u.kept, func(a, b stored) int { return int(a.cut) - int(b.cut) }) {
				t.Fatalf("cut %d keeps %v", number, u.kept)
			}
		}
		most = max(most, renewed)
		last = next
	}
	if most > 1 || worst > 310 {
		t.Errorf("%d units were renewed at once, and one took %d bytes where 100 would do", most, worst)
	}
	last.stored = false
	for _, u := range planned(last, 2) {
		if !u.full || u.kept != nil {
			t.Errorf("%s is not written whole after a snapshot that was lost", u.name)
		}
	}
}
