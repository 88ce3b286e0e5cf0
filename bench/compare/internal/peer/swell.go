package peer

import (
	"sync"

	"github.com/swell-radar/swell/bench/compare/internal/stream"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// swell is Swell's counting core: a producer per writer, and a goroutine per shard
// that owns it, as the engine runs them. Hashing the keys is part of what a writer
// does. With authors it also decides who is fresh and counts the distinct ones.
type swell struct {
	cfg     window.Config
	core    *window.Core
	scope   term.Scope
	writers []Writer
	owners  sync.WaitGroup
	quit    chan struct{}
	sealed  sync.WaitGroup // shards that have yet to reach a mark
	last    int64
}

type swellWriter struct {
	s        *swell
	producer *window.Producer
	authors  bool
	first    bool // counts the marks that the shards have to reach
}

func newSwellPosts(cfg Config) (Contender, error)   { return newSwell(cfg, false) }
func newSwellAuthors(cfg Config) (Contender, error) { return newSwell(cfg, true) }

func newSwell(cfg Config, authors bool) (*swell, error) {
	settings := window.Config{Memory: cfg.Memory, Shards: cfg.Shards}.WithDefaults()
	core, err := window.New(settings, cfg.Writers)
	if err != nil {
		return nil, err
	}
	s := &swell{cfg: settings, core: core, scope: term.ScopeOf(term.Hashtag, "bench"), quit: make(chan struct{})}
	for i, p := range core.Producers() {
		s.writers = append(s.writers, &swellWriter{s: s, producer: p, authors: authors, first: i == 0})
	}
	for _, shard := range core.Shards() {
		s.owners.Go(func() { s.own(shard) })
	}
	return s, nil
}

const (
	quietDays = 28 // after which the engine gives up a term
	fewPosts  = 5  // a term with fewer goes when it has left the window
)

// own is the owner's loop. It tidies up once a day, as the engine does.
func (s *swell) own(shard *window.Shard) {
	for {
		switch what, mark := shard.Step(); what {
		case window.Sealed:
			if mark.Pane%stream.PanesPerDay == stream.PanesPerDay-1 {
				shard.Retire(mark.Pane, quietDays*stream.PanesPerDay, fewPosts)
			}
			s.sealed.Done()
		case window.Counted:
		case window.Idle:
			select {
			case <-shard.Bell():
			case <-s.quit:
				return
			}
		}
	}
}

func (w *swellWriter) Count(run stream.Run) error {
	o := window.Observation{Pane: run.Pane, Kind: term.Hashtag, Platform: 1}
	for i := range run.Len() {
		key := run.Key(i)
		o.ID, o.Key, o.Display = w.s.scope.ID(key), key, key
		if w.authors {
			o.Author = run.Author(i)
		}
		w.producer.Observe(&o)
	}
	return nil
}

func (w *swellWriter) Seal(pane int64) error {
	if w.first {
		w.s.sealed.Add(len(w.s.core.Shards()))
		w.s.last = pane
	}
	w.producer.Seal(&window.Mark{Pane: pane})
	return nil
}

func (s *swell) Writers() []Writer { return s.writers }
func (s *swell) BorrowsKeys() bool { return false }

// Drain waits until every shard has reached the last mark. From then on the owners
// sleep, and the caller may read the shards.
func (s *swell) Drain() error {
	s.sealed.Wait()
	return nil
}

// Top ranks by the posts of 72 hours that the table holds, which a pass over it
// gives. For those that may be among the first k it then adds what the doorkeeper
// knows from before they were tracked.
func (s *swell) Top(k int) ([]stream.Count, error) {
	type place struct {
		shard *window.Shard
		slot  int
	}
	rough := top[place]{k: 2 * k}
	for _, shard := range s.core.Shards() {
		for slot := range shard.Slots() {
			rough.offer(place{shard, slot}, shard.Recent(slot, s.last, windowHours))
		}
	}
	t := top[string]{k: k}
	for _, r := range rough.least {
		info := r.what.shard.Info(r.what.slot)
		t.offer(info.Key, r.what.shard.Lookup(info.ID, s.last).Posts)
	}
	return sortedTop(&t), nil
}

func (s *swell) Lookup(key string) (uint64, error) {
	id := s.scope.ID(key)
	return s.core.ShardOf(id).Lookup(id, s.last).Posts, nil
}

// Tick reads all terms that got posts in the last pane, as the detector does when
// the pane is closed, and returns how many there were.
func (s *swell) Tick() (terms int) {
	series := s.cfg.NewSeries()
	for _, shard := range s.core.Shards() {
		for _, slot := range shard.Touched(s.last) {
			if shard.Recent(int(slot), s.last, detectorHours) > 0 {
				shard.Read(int(slot), s.last, series)
				terms++
			}
		}
	}
	return terms
}

// detectorHours is how many hours the detector's longest window can touch.
const detectorHours = 9

func (s *swell) Close() error {
	close(s.quit)
	s.owners.Wait()
	return s.core.Close()
}
