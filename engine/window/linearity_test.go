package window_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/swell-radar/swell/engine/window"
)

// keeper runs a shard as the engine's owners do: it answers questions between
// batches and goes on at once after a mark.
type keeper struct {
	shard  *window.Shard
	asks   chan func(*window.Shard)
	quit   chan struct{}
	passed atomic.Int64 // newest pane whose mark was reached
	marked func(shard *window.Shard, pane int64)
}

func (k *keeper) run() {
	for {
		switch what, mark := k.shard.Step(); what {
		case window.Sealed:
			k.marked(k.shard, mark.Pane)
			k.passed.Store(mark.Pane)
		case window.Counted:
			select {
			case ask := <-k.asks:
				ask(k.shard)
			default:
			}
		case window.Idle:
			select {
			case <-k.shard.Bell():
			case ask := <-k.asks:
				ask(k.shard)
			case <-k.quit:
				return
			}
		}
	}
}

// ask has a question answered by the goroutine that owns the shard.
func (k *keeper) ask(question func(*window.Shard)) {
	done := make(chan struct{})
	k.asks <- func(s *window.Shard) {
		defer close(done)
		question(s)
	}
	<-done
}

// staff is a core with a keeper for every shard.
type staff struct {
	core    *window.Core
	keepers []*keeper
	quit    chan struct{}
	working sync.WaitGroup
}

func employ(t *testing.T, cfg window.Config, producers int, marked func(*window.Shard, int64)) *staff {
	w := &staff{core: open(t, cfg, producers), quit: make(chan struct{})}
	for _, s := range w.core.Shards() {
		k := &keeper{shard: s, asks: make(chan func(*window.Shard)), quit: w.quit, marked: marked}
		w.keepers = append(w.keepers, k)
		w.working.Go(k.run)
	}
	return w
}

// dismiss ends all keepers; every question must have been answered.
func (w *staff) dismiss(t *testing.T) {
	close(w.quit)
	w.working.Wait()
	if err := w.core.Close(); err != nil {
		t.Error(err)
	}
}

func (w *staff) keeperOf(o *window.Observation) *keeper {
	s := w.core.ShardOf(o.ID)
	for _, k := range w.keepers {
		if k.shard == s {
			return k
		}
	}
	return nil
}

// reach waits until the keeper has passed the mark of a pane.
func (k *keeper) reach(pane int64) {
	for k.passed.Load() < pane {
		k.ask(func(*window.Shard) {})
	}
}

// Producers write while others ask: an answer holds all that was sealed before
// the question and nothing that was not delivered before the answer, panes that
// are closed never change again, and no term ever loses a post.
func TestAnswersLieBetweenSealedAndDelivered(t *testing.T) {
	t.Parallel()
	const (
		producers = 4
		panes     = 25
		perPane   = 4000 // observations of a producer
		planted   = 24   // terms that are asked about
		askers    = 2
	)
	cfg := window.Config{Shards: 4, Memory: 32 << 20}.WithDefaults()
	start := cfg.PaneOf(epoch)
	var (
		delivered [planted]atomic.Int64 // counted up before a producer observes
		sealed    [panes][planted]atomic.Int64
		posts     [panes]atomic.Int64 // what the shards had counted at a mark
	)
	w := employ(t, cfg, producers, func(s *window.Shard, pane int64) {
		posts[pane-start].Add(int64(s.Stats().Posts))
	})

	var writing, asking sync.WaitGroup
	for n, p := range w.core.Producers() {
		writing.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 6))
			for pane := range int64(panes) {
				for range perPane {
					i := rng.IntN(planted)
					if rng.IntN(3) == 0 {
						i = planted + rng.IntN(2000)
					}
					o := word(i, rng.Uint64N(500)+1)
					o.Pane = start + pane
					if i < planted {
						sealed[pane][i].Add(1)
						delivered[i].Add(1)
					}
					p.Observe(&o)
					if rng.IntN(300) == 0 {
						p.Flush()
					}
				}
				p.Seal(&window.Mark{Pane: start + pane})
			}
		})
	}
	written := make(chan struct{})
	for n := range askers {
		asking.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 7))
			var last [planted]int64
			for over := false; !over; {
				select {
				case <-written:
					over = true // one more question, after everything was delivered
				default:
				}
				i := rng.IntN(planted)
				o := word(i, 0)
				k := w.keeperOf(&o)
				passed := k.passed.Load()
				least := int64(0)
				for pane := start; pane <= passed; pane++ {
					least += sealed[pane-start][i].Load()
				}
				var got int64
				series := cfg.NewSeries()
				var tracked bool
				k.ask(func(s *window.Shard) {
					var slot int
					if slot, tracked = s.Find(o.ID); tracked && passed > 0 {
						s.Read(slot, passed, series)
					}
					got = int64(s.Lookup(o.ID, start+panes).Posts)
				})
				if most := delivered[i].Load(); got < least || got > most {
					t.Errorf("%s: %d posts, but %d were sealed before the question and %d delivered before the answer", o.Key, got, least, most)
					return
				}
				if got < last[i] {
					t.Errorf("%s: %d posts after %d", o.Key, got, last[i])
					return
				}
				last[i] = got
				if !tracked || passed == 0 {
					continue
				}
				for pane := start; pane <= passed; pane++ {
					got := series.Posts[int64(len(series.Posts))-1-(passed-pane)]
					if want := sealed[pane-start][i].Load(); int64(got) != want {
						t.Errorf("%s: %d posts in closed pane %d, want %d", o.Key, got, pane-start, want)
						return
					}
				}
			}
		})
	}
	writing.Wait()
	for _, k := range w.keepers {
		k.reach(start + panes - 1)
	}
	close(written)
	asking.Wait()
	for pane := range posts {
		if got, want := posts[pane].Load(), int64((pane+1)*producers*perPane); got != want {
			t.Errorf("at the mark of pane %d the shards had counted %d posts, want %d", pane, got, want)
		}
	}
	for i := range planted {
		o := word(i, 0)
		w.keeperOf(&o).ask(func(s *window.Shard) {
			if c := s.Lookup(o.ID, start+panes-1); !c.Exact() || int64(c.Posts) != delivered[i].Load() {
				t.Errorf("%s: %+v, want exactly %d", o.Key, c, delivered[i].Load())
			}
		})
	}
	w.dismiss(t)
}

// A question that takes for ever holds up its own shard alone: producers go on,
// the other shards count and reach their marks, and what the held shard gets
// meanwhile waits in its batches. If that were not so, this test would not end.
func TestSlowQuestionHoldsUpItsShardAlone(t *testing.T) {
	t.Parallel()
	const (
		producers = 2
		marks     = 2 // batches that a way absorbs beside the one being filled
		perPane   = 30_000
	)
	cfg := window.Config{Shards: 4, Memory: 16 << 20}.WithDefaults()
	start := cfg.PaneOf(epoch)
	w := employ(t, cfg, producers, func(*window.Shard, int64) {})
	held := w.keepers[1]
	asked, answer := make(chan struct{}), make(chan struct{})
	var answered sync.WaitGroup
	answered.Go(func() {
		held.ask(func(*window.Shard) {
			close(asked)
			<-answer
		})
	})
	<-asked

	var writing sync.WaitGroup
	for n, p := range w.core.Producers() {
		writing.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 8))
			for pane := range int64(marks) {
				few := 0
				for range perPane {
					o := word(rng.IntN(5000), rng.Uint64()|1)
					o.Pane = start + pane
					if w.core.ShardOf(o.ID) == held.shard {
						if few++; few > 100 {
							continue
						}
					}
					p.Observe(&o)
				}
				p.Seal(&window.Mark{Pane: start + pane})
			}
		})
	}
	writing.Wait()
	for _, k := range w.keepers {
		if k == held {
			if k.passed.Load() != 0 {
				t.Error("the held shard has reached a mark")
			}
			continue
		}
		k.reach(start + marks - 1)
		k.ask(func(s *window.Shard) {
			if s.Stats().Posts == 0 {
				t.Error("a shard has counted nothing")
			}
		})
	}
	close(answer)
	answered.Wait()
	held.reach(start + marks - 1)
	held.ask(func(s *window.Shard) {
		if got := s.Stats().Posts; got != producers*marks*100 {
			t.Errorf("the held shard counted %d posts, want %d", got, producers*marks*100)
		}
	})
	w.dismiss(t)
}
