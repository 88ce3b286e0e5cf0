package window

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/swell-radar/swell/sketch"
	"github.com/swell-radar/swell/term"
)

func numbered(n uint64) term.ID { return term.ID(sketch.Mix(n, 77)) }

// A flood of terms with long names must not keep a hot term out: room for names is
// taken from colder terms, as slots are.
func TestLongNamesDoNotStopAdmission(t *testing.T) {
	for _, size := range []int{16, 64, 250} {
		core := newCore(t, Config{Memory: 4 << 20, Shards: 1}, 1)
		p, s := core.Producers()[0], core.Shards()[0]
		n, pane := uint64(0), int64(firstPane)
		for range 3 * s.Cap() / 100 {
			for range 200 {
				n++
				p.Observe(&Observation{ID: numbered(n), Pane: pane, Author: sketch.Mix(n, 1), Key: fmt.Sprintf("%0*d", size, n)})
			}
			p.Seal(&Mark{Pane: pane})
			drain(core)
			pane++
		}
		hot := numbered(1 << 50)
		for range 3 {
			for k := range uint64(20) {
				p.Observe(&Observation{ID: hot, Pane: pane, Author: sketch.Mix(k, 2), Key: "a hot one"})
			}
			p.Seal(&Mark{Pane: pane})
			drain(core)
			pane++
		}
		if _, ok := s.Find(hot); !ok {
			t.Errorf("after a flood of names of %d bytes a term of 20 posts a pane is not tracked: %+v", size, s.Stats())
		}
	}
}

// A name of any length comes back as it was, and its chunks are used again.
func TestNamesUseTheirChunksAgain(t *testing.T) {
	a := newNames(nil, 100*chunkSize)
	for round := range 50 {
		var places []uint32
		for n := 0; ; n += 37 {
			name := make([]byte, n%(2*maxText+1))
			for i := range name {
				name[i] = byte(n + i + round)
			}
			place := a.put(name)
			if place == 0 {
				break
			}
			if got := a.append(nil, place, len(name)); string(got) != string(name) {
				t.Fatalf("%d bytes came back as %q", len(name), got)
			}
			places = append(places, place)
		}
		for _, place := range places {
			a.drop(place)
		}
		if a.room() != 100 {
			t.Fatalf("%d of 100 chunks are free after round %d", a.room(), round)
		}
	}
}

// A count that is stopped because no wider ring is free does not claim to be exact.
func TestStoppedFoldIsNotExact(t *testing.T) {
	core := newCore(t, Config{Memory: 4 << 20, Shards: 1}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	use := func(id term.ID, pane int64, n int) {
		for range n {
			p.Observe(&Observation{ID: id, Pane: pane, Key: fmt.Sprint(id)})
		}
	}
	truth, last := uint64(0), int64(0)
	victim := numbered(999)
	for h := range int64(85) {
		n := 1
		if h < 12 {
			n = 50_000
		}
		use(victim, firstPane+h, n)
		truth += uint64(n)
		last = firstPane + h
		p.Seal(&Mark{Pane: last})
		drain(core)
		slot, _ := s.Find(victim)
		for s.wide.take(slot) != 0 { // nobody is colder than itself
		}
	}
	if got := s.Lookup(victim, last); got.Posts < truth && !got.AtLeast {
		t.Errorf("%+v is called exact, the truth is %d", got, truth)
	}
}

// A term that is expelled and admitted again while a batch is applied, at an older
// pane and in the same slot, loses no post.
func TestReadmissionWithinABatchAtAnOlderPane(t *testing.T) {
	core := newCore(t, Config{Memory: 4 << 20, Shards: 1}, 1)
	s, b, id := core.Shards()[0], newBatch(), numbered(1)
	b.add(&Observation{ID: id, Pane: firstPane + 1, Author: 5 << 30, Key: "a"})
	b.add(&Observation{ID: id, Pane: firstPane, Author: 6 << 30, Key: "a"})
	s.findGroup(b.entries, s.staged.slots[:2])
	s.count(b, 0)
	slot, _ := s.Find(id)
	s.expel(slot)
	s.count(b, 1)
	for _, a := range b.authors {
		s.meet(b, a, 0)
	}
	if got := s.Lookup(id, firstPane+1); got.Posts < 2 && !got.AtLeast {
		t.Errorf("%+v, the truth is 2", got)
	}
}

// Posts that rings counted before the term was expelled are in the doorkeeper; their
// authors do not count them again when the term is back with a log.
func TestReadmissionWithinABatchCountsNothingTwice(t *testing.T) {
	core := newCore(t, Config{Memory: 4 << 20, Shards: 1}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	id := numbered(1)
	for k := range uint64(60) {
		p.Observe(&Observation{ID: id, Pane: firstPane, Author: sketch.Mix(k, 3), Key: "a"})
	}
	p.Seal(&Mark{Pane: firstPane - 1})
	drain(core)
	b := newBatch()
	for k := range uint64(20) {
		b.add(&Observation{ID: id, Pane: firstPane, Author: sketch.Mix(100+k, 3), Key: "a"})
	}
	b.add(&Observation{ID: id, Pane: firstPane + 1, Author: sketch.Mix(1000, 3), Key: "a"})
	s.findGroup(b.entries, s.staged.slots[:2])
	s.count(b, 0)
	slot, _ := s.Find(id)
	if !s.records[slot].rings() {
		t.Fatal("the term has no rings")
	}
	s.expel(slot)
	s.count(b, 1)
	for _, a := range b.authors {
		s.meet(b, a, 0)
	}
	if slot, _ = s.Find(id); s.total(slot, firstPane+1) != 1 {
		t.Errorf("%d posts since it is back, want 1", s.total(slot, firstPane+1))
	}
}

// A clock that cannot be is refused, rather than waited for.
func TestRestoreRefusesImpossibleTimes(t *testing.T) {
	cfg := Config{Memory: 4 << 20, Shards: 1}
	core := newCore(t, cfg, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	p.Observe(&Observation{ID: numbered(1), Pane: firstPane, Author: 1 << 30, Key: "a"})
	p.Flush()
	drain(core)
	enc := s.AppendBinary(nil)
	thin := len(enc) - len(s.thin.AppendBinary(nil))
	meetings := thin - len(s.meetings.AppendBinary(nil))
	door := meetings - len(s.door.AppendBinary(nil))
	for _, at := range []int{thin + 1, meetings + 1, door + 1} {
		bad := append([]byte(nil), enc...)
		binary.LittleEndian.PutUint64(bad[at:], 1<<63)
		if err := newCore(t, cfg, 1).Shards()[0].Restore(bad); !errors.Is(err, ErrCorrupt) {
			t.Errorf("a time of -2^63 at byte %d: %v", at, err)
		}
	}
}

// What the parts of a core are given adds up to no more than the memory.
func TestBudgetStaysWithinTheMemory(t *testing.T) {
	for _, shards := range []int{1, 2, 4, 8, 16, 64} {
		for _, memory := range []int64{4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30} {
			for _, producers := range []int{1, 2, 4} {
				cfg := Config{Shards: shards, Memory: memory}.WithDefaults()
				if memory < cfg.least(producers) {
					continue
				}
				b := cfg.budget(producers)
				took := int64(shards) * (b.reserve(cfg) + int64(producers*batchesPerWay*batchBytes))
				if most := memory + memory/50 + int64(shards)<<16; took > most {
					t.Errorf("%d shards, %d producers, %d MiB: the parts take %d bytes, %.2f times as much", shards, producers, memory>>20, took, float64(took)/float64(memory))
				}
			}
		}
	}
}
