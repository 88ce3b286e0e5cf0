package window

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/term"
	"pgregory.net/rapid"
)

const firstPane = 2_880_000 // some pane, at the start of a doorkeeper generation

func observation(word int, author uint64, pane int64) Observation {
	key := fmt.Sprintf("word%d", word)
	return Observation{
		ID: term.ScopeOf(term.Hashtag, "x").ID(key), Pane: pane, Author: author * 0x9E3779B97F4A7C15,
		Kind: term.Hashtag, Platform: 3, Key: key, Display: key,
	}
}

// drain lets the shards of a core run until they are idle, on this goroutine,
// and returns the marks they reached.
func drain(c *Core) (sealed int) {
	for _, s := range c.Shards() {
		for {
			what, _ := s.Step()
			if what == Idle {
				break
			}
			if what == Sealed {
				sealed++
			}
		}
	}
	return sealed
}

func newCore(t interface {
	Fatal(...any)
	Cleanup(func())
}, cfg Config, producers int) *Core {
	c, err := New(cfg, producers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	})
	return c
}

// model counts exactly what the core claims to count exactly.
type model struct {
	posts   map[term.ID]map[int64]uint32
	newest  map[term.ID]int64
	authors map[term.ID]map[uint64]int64 // hour last met
}

func newModel() *model {
	return &model{
		posts: map[term.ID]map[int64]uint32{}, newest: map[term.ID]int64{},
		authors: map[term.ID]map[uint64]int64{},
	}
}

func (m *model) add(cfg Config, o Observation) {
	if m.posts[o.ID] == nil {
		m.posts[o.ID], m.authors[o.ID] = map[int64]uint32{}, map[uint64]int64{}
	}
	m.posts[o.ID][o.Pane]++
	m.newest[o.ID] = max(m.newest[o.ID], o.Pane)
	if o.Author != 0 {
		m.authors[o.ID][o.Author] = max(m.authors[o.ID][o.Author], cfg.HourOf(o.Pane))
	}
}

// The core equals an exact model pane by pane and hour by hour, with one producer
// or two, any number of shards, late records and long pauses, and over a restart.
func TestCoreAgainstExactModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{
			Shards:   rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "shards"),
			Pane:     rapid.SampledFrom([]time.Duration{10 * time.Minute, time.Hour}).Draw(t, "pane"),
			Lateness: rapid.SampledFrom([]time.Duration{-1, 10 * time.Minute, 3 * time.Hour}).Draw(t, "lateness"),
			Memory:   4 << 20,
		}.WithDefaults()
		producers := rapid.IntRange(1, 2).Draw(t, "producers")
		core := newCore(t, cfg, producers)
		m := newModel()
		seed := rapid.Uint64().Draw(t, "seed")
		rng := rand.New(rand.NewPCG(seed, 0))
		late := int64(cfg.Lateness / cfg.Pane)
		pane := int64(firstPane)
		panes := rapid.IntRange(1, 8).Draw(t, "panes")
		for range panes {
			for range rng.IntN(200) {
				o := observation(rng.IntN(30), rng.Uint64N(40), pane+1+rng.Int64N(late+1))
				core.Producers()[rng.IntN(producers)].Observe(&o)
				m.add(cfg, o)
				if rng.IntN(100) == 0 {
					core.Producers()[0].Flush()
					drain(core)
				}
			}
			pane++
			if rng.IntN(4) == 0 {
				pane += rng.Int64N(700)
			}
			for _, p := range core.Producers() {
				p.Seal(&Mark{Pane: pane})
				drain(core)
			}
			if rng.IntN(3) == 0 {
				core = restart(t, cfg, core, producers)
			}
			if rng.IntN(3) == 0 {
				compare(t, cfg, core, m, pane)
			}
		}
		compare(t, cfg, core, m, pane)
	})
}

func restart(t *rapid.T, cfg Config, core *Core, producers int) *Core {
	again := newCore(t, cfg, producers)
	for i, s := range core.Shards() {
		enc := s.AppendBinary(nil)
		if err := again.Shards()[i].Restore(enc); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Shards()[i].AppendBinary(nil), enc) {
			t.Fatal("a restored shard encodes differently")
		}
	}
	return again
}

func compare(t *rapid.T, cfg Config, core *Core, m *model, pane int64) {
	got := cfg.NewSeries()
	for _, s := range core.Shards() {
		for slot := range s.Slots() {
			info := s.Info(slot)
			posts := m.posts[info.ID]
			s.Read(slot, pane, got)
			for i, n := range got.Posts {
				if want := posts[pane-int64(len(got.Posts)-1-i)]; n != want {
					t.Fatalf("%s: pane %d before the last: %d posts, want %d", info.Key, len(got.Posts)-1-i, n, want)
				}
			}
			total := uint64(0)
			for i, n := range got.CoarsePosts {
				hour := cfg.HourOf(pane) - int64(len(got.CoarsePosts)-1-i)
				want := uint32(0)
				for p := hour * cfg.PanesPerHour(); p < (hour+1)*cfg.PanesPerHour() && p <= pane; p++ {
					want += posts[p]
				}
				if n != want {
					t.Fatalf("%s: hour %d: %d posts, want %d", info.Key, hour, n, want)
				}
				total += uint64(n)
			}
			if c := s.Lookup(info.ID, pane); !c.Exact() || c.Posts != total {
				t.Fatalf("%s: %+v, want exactly %d", info.Key, c, total)
			}
			want, hour := uint64(0), cfg.HourOf(max(pane, m.newest[info.ID]))
			for _, met := range m.authors[info.ID] {
				if hour-met < 24 {
					want++
				}
			}
			if n, stderr := s.Authors(slot, pane, 24); stderr == 0 && n != want {
				t.Fatalf("%s: %d authors in 24 h, want %d", info.Key, n, want)
			}
		}
	}
}

// Fresh authors: an author counts once within 24 hours for a term, an original
// for two halves and a repost for one.
func TestFreshAuthorsAreCountedInHalves(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 16 << 20}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	post := func(author uint64, pane int64, repost bool) {
		o := observation(1, author, pane)
		o.Repost = repost
		p.Observe(&o)
	}
	post(7, firstPane, false)
	post(7, firstPane, false)
	post(8, firstPane, true)
	post(0, firstPane, false)
	check := func(pane int64, posts, halves uint32) {
		t.Helper()
		p.Seal(&Mark{Pane: pane})
		drain(core)
		got := Config{}.WithDefaults().NewSeries()
		s.Read(0, pane, got)
		if got.Posts[Panes-1] != posts || got.Fresh[Panes-1] != halves {
			t.Errorf("pane %d: %d posts and %d halves, want %d and %d", pane-firstPane,
				got.Posts[Panes-1], got.Fresh[Panes-1], posts, halves)
		}
	}
	check(firstPane, 4, 3)
	post(7, firstPane+6*20, false)
	check(firstPane+6*20, 1, 0) // 20 hours later the author is known
	post(7, firstPane+6*80, false)
	check(firstPane+6*80, 1, 2) // 60 hours later it is fresh again
}

// The same stream gives the same counts whatever the number of shards and the
// way it is cut into batches.
func TestShardsAndBatchesDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		run := func(shards, flushEvery int) map[string]*Series {
			core := newCore(t, Config{Shards: shards, Memory: 16 << 20}, 1)
			rng := rand.New(rand.NewPCG(seed, 1))
			p := core.Producers()[0]
			for pane := int64(firstPane); pane < firstPane+20; pane++ {
				for i := range 100 {
					o := observation(int(rng.ExpFloat64()*20), rng.Uint64N(60)+1, pane)
					p.Observe(&o)
					if i%flushEvery == 0 {
						p.Flush()
						drain(core)
					}
				}
				p.Seal(&Mark{Pane: pane})
				drain(core)
			}
			all := map[string]*Series{}
			for _, s := range core.Shards() {
				for slot := range s.Slots() {
					out := s.cfg.NewSeries()
					s.Read(slot, firstPane+19, out)
					all[s.Info(slot).Key] = out
				}
			}
			return all
		}
		want := run(1, 1000)
		got := run(rapid.SampledFrom([]int{2, 4, 16}).Draw(t, "shards"), rapid.IntRange(3, 50).Draw(t, "flush"))
		if len(got) != len(want) {
			t.Fatalf("%d terms, want %d", len(got), len(want))
		}
		for key, w := range want {
			if !reflect.DeepEqual(got[key], w) {
				t.Fatalf("%s differs", key)
			}
		}
	})
}

// Two producers and all shards on goroutines of their own: everything observed
// is counted, and a shard at a mark holds exactly what came before it.
func TestBarrierUnderConcurrency(t *testing.T) {
	const producers, panes, perPane = 2, 30, 3000
	core := newCore(t, Config{Shards: 4, Memory: 32 << 20}, producers)
	var wg sync.WaitGroup
	for n, p := range core.Producers() {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 2))
			for pane := int64(firstPane); pane < firstPane+panes; pane++ {
				for range perPane {
					o := observation(rng.IntN(500), rng.Uint64(), pane)
					p.Observe(&o)
				}
				p.Seal(&Mark{Pane: pane})
			}
		})
	}
	counted := make([][panes]uint64, len(core.Shards()))
	for n, s := range core.Shards() {
		wg.Go(func() {
			for {
				what, mark := s.Step()
				switch what {
				case Idle:
					<-s.Bell()
				case Sealed:
					at := mark.Pane - firstPane
					counted[n][at] = s.Stats().Posts
					if at == panes-1 {
						return
					}
				}
			}
		})
	}
	wg.Wait()
	for pane := range panes {
		total := uint64(0)
		for n := range counted {
			total += counted[n][pane]
		}
		if want := uint64((pane + 1) * producers * perPane); total != want {
			t.Fatalf("at the mark of pane %d: %d posts, want %d", pane, total, want)
		}
	}
}

// A flood of terms seen three times each must not push out terms in use.
func TestFloodEvictsNothingWarm(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	warm := s.Cap() / 4
	for range 20 {
		for w := range warm {
			o := observation(w, 1, firstPane)
			p.Observe(&o)
			drain(core)
		}
	}
	for i := range 40 * s.Cap() {
		o := observation(1_000_000+i/3, 1, firstPane+int64(i/(20*s.Cap())))
		p.Observe(&o)
		if i%1000 == 0 {
			drain(core)
		}
	}
	p.Seal(&Mark{Pane: firstPane + 2})
	drain(core)
	lost := 0
	for w := range warm {
		o := observation(w, 1, firstPane)
		if _, ok := s.Find(o.ID); !ok {
			lost++
		}
	}
	st := s.Stats()
	t.Logf("%d warm terms, %d lost; %+v", warm, lost, st)
	if lost > 0 {
		t.Errorf("%d of %d warm terms were evicted by the flood", lost, warm)
	}
}

// What is not in the table is still counted, never too low, and an evicted term
// keeps its count in the doorkeeper.
func TestUntrackedCountsAreUpperBounds(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	rng := rand.New(rand.NewPCG(3, 3))
	exact := map[term.ID]uint64{}
	for pane := int64(firstPane); pane < firstPane+50; pane++ {
		for range 4 * s.Cap() / 10 {
			o := observation(int(rng.ExpFloat64()*float64(s.Cap())*2), rng.Uint64(), pane)
			p.Observe(&o)
			exact[o.ID]++
		}
		p.Seal(&Mark{Pane: pane})
		drain(core)
	}
	st := s.Stats()
	if st.Evicted == 0 || st.Untracked == 0 {
		t.Fatalf("the stream does not fill the table: %+v", st)
	}
	for id, n := range exact {
		c := s.Lookup(id, firstPane+49)
		if n > c.Posts && !c.AtLeast {
			t.Fatalf("%d posts, the core says %+v", n, c)
		}
		if c.Posts-c.Over > n {
			t.Fatalf("%d posts, the core says at least %d: %+v", n, c.Posts-c.Over, c)
		}
	}
}

// Whatever comes in and goes out of a table that is far too small, late records
// and long lateness included: the truth lies within what is published.
func TestPublishedBoundsHoldInASmallTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{
			Shards: 4, Memory: 4 << 20, Pane: time.Hour,
			Lateness: rapid.SampledFrom([]time.Duration{-1, time.Hour, 24 * time.Hour}).Draw(t, "lateness"),
		}
		core := newCore(t, cfg, 1)
		late := int64(cfg.Allowed() / time.Hour)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 5))
		exact := map[term.ID]map[int64]uint64{}
		pane, p := int64(firstPane/6), core.Producers()[0]
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			for range rng.IntN(3000) {
				word := int(rng.ExpFloat64() * 400)
				if rng.IntN(3) == 0 {
					word = 1_000_000 + rng.IntN(3000)
				}
				o := observation(word, 0, pane+1+rng.Int64N(late+1))
				p.Observe(&o)
				if exact[o.ID] == nil {
					exact[o.ID] = map[int64]uint64{}
				}
				exact[o.ID][o.Pane]++
			}
			pane += 1 + rng.Int64N(40)
			p.Seal(&Mark{Pane: pane})
			drain(core)
			if rng.IntN(3) == 0 {
				core = restart(t, cfg, core, 1)
				p = core.Producers()[0]
			}
			for id, panes := range exact {
				truth := uint64(0)
				for at, n := range panes {
					if at > pane-Hours && at <= pane {
						truth += n
					}
				}
				c := core.ShardOf(id).Lookup(id, pane)
				if truth < c.Posts-c.Over || truth > c.Posts && !c.AtLeast {
					t.Fatalf("truth %d in the window to pane %d, published %+v", truth, pane, c)
				}
			}
		}
	})
}

// A term that comes back now and then is not counted more often each time.
func TestEvictionCountsNothingTwice(t *testing.T) {
	core := newCore(t, Config{Shards: 16, Memory: 16 << 20}, 1)
	p := core.Producers()[0]
	burst := observation(7, 0, firstPane)
	for range 1000 {
		p.Observe(&burst)
	}
	shard := core.ShardOf(burst.ID)
	pane := int64(firstPane)
	next := 1_000_000
	for range 12 {
		for _, tracked := shard.Find(burst.ID); tracked; _, tracked = shard.Find(burst.ID) {
			pane += 6
			for range 30 * shard.Cap() {
				next++
				o := observation(next/50, 0, pane)
				p.Observe(&o)
			}
			p.Seal(&Mark{Pane: pane})
			drain(core)
		}
		if c := shard.Lookup(burst.ID, pane); c.Posts > 2000 {
			t.Fatalf("%d hours after a burst of 1,000: %+v", (pane-firstPane)/6, c)
		}
		again := burst
		again.Pane = pane
		p.Observe(&again)
		p.Flush()
		drain(core)
	}
	if c := shard.Lookup(burst.ID, pane); c.Posts > 100 {
		t.Errorf("%d hours after a burst of 1,000: %+v", (pane-firstPane)/6, c)
	}
}

// Author registers stay within their share of the memory: terms beyond it are
// estimated more coarsely, and say so.
func TestAuthorRegistersStayWithinTheirShare(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	for w := range 300 {
		for a := range uint64(100) {
			o := observation(w, uint64(w)<<20|a+1, firstPane)
			p.Observe(&o)
			drain(core)
		}
	}
	p.Seal(&Mark{Pane: firstPane})
	drain(core)
	coarse := 0
	for slot := range s.Slots() {
		if _, stderr := s.Authors(slot, firstPane, 24); stderr > 0.1 {
			coarse++
		}
	}
	t.Logf("%d of %d terms coarse", coarse, s.Stats().Tracked)
	if coarse == 0 || s.registers.used() != len(s.registers.owner) {
		t.Errorf("%d of %d terms coarse, %d blocks of registers in use", coarse, s.Stats().Tracked, s.registers.used())
	}
}

func TestMajoritySpellingWins(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1)
	p, s := core.Producers()[0], core.Shards()[0]
	for i := range 30 {
		o := observation(1, 1, firstPane)
		o.Display = [...]string{"BookTok", "BookTok", "booktok"}[i%3]
		p.Observe(&o)
		p.Flush()
		drain(core)
	}
	if got := s.Info(0).Display; got != "BookTok" {
		t.Errorf("display %q", got)
	}
}

func TestObserveAllocatesNothing(t *testing.T) {
	core := newCore(t, Config{Shards: 2, Memory: 8 << 20}, 1)
	p := core.Producers()[0]
	obs := make([]Observation, 512)
	for i := range obs {
		obs[i] = observation(i%100, uint64(i)%20+1, firstPane)
		obs[i].Thin = i%3 == 0
	}
	round := func() {
		for i := range obs {
			p.Observe(&obs[i])
		}
		p.Flush()
		drain(core)
	}
	round()
	if n := testing.AllocsPerRun(50, round); n != 0 {
		t.Errorf("%v allocations for %d observations of known terms", n, len(obs))
	}
}

func TestRestoreRefusesOtherSizesAndDamage(t *testing.T) {
	core := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1)
	for i := range 200 {
		o := observation(i%50, uint64(i), firstPane)
		core.Producers()[0].Observe(&o)
	}
	core.Producers()[0].Flush()
	drain(core)
	enc := core.Shards()[0].AppendBinary(nil)
	other := newCore(t, Config{Shards: 1, Memory: 8 << 20}, 1)
	if err := other.Shards()[0].Restore(enc); !errors.Is(err, ErrCorrupt) {
		t.Errorf("other memory: %v", err)
	}
	for cut := 0; cut < len(enc); cut += 1 + len(enc)/300 {
		if err := newCore(t, Config{Shards: 1, Memory: 4 << 20}, 1).Shards()[0].Restore(enc[:cut]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at %d of %d: %v", cut, len(enc), err)
		}
	}
}

func FuzzRestore(f *testing.F) {
	cfg := Config{Shards: 1, Memory: 4 << 20, Pane: time.Hour}
	core := newCore(f, cfg, 1)
	for i := range 20 {
		o := observation(i%5, uint64(i), firstPane)
		core.Producers()[0].Observe(&o)
	}
	core.Producers()[0].Flush()
	drain(core)
	f.Add(core.Shards()[0].AppendBinary(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		again := newCore(t, cfg, 1)
		s := again.Shards()[0]
		if err := s.Restore(data); err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		out := cfg.WithDefaults().NewSeries()
		for slot := range s.Slots() {
			s.Read(slot, firstPane, out)
			s.Authors(slot, firstPane, Hours)
			s.Info(slot)
		}
	})
}

func TestRingHandsOverInOrder(t *testing.T) {
	r := newRing(4)
	const n = 20_000
	done := make(chan struct{})
	full, space := newBell(), newBell()
	go func() {
		defer close(done)
		for i := 0; i < n; {
			b := r.pop()
			if b == nil {
				<-full
				continue
			}
			space.ring()
			if b.entries[0].posts != uint32(i) {
				t.Errorf("batch %d came at place %d", b.entries[0].posts, i)
				return
			}
			i++
		}
	}()
	for i := range n {
		b := &Batch{entries: []entry{{posts: uint32(i)}}}
		for !r.push(b) {
			<-space
		}
		full.ring()
	}
	<-done
}
