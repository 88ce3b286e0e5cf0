package window_test

import (
	"testing"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// Watch lists that are mentioned for the first time in the middle of a flood, and seldom, are
// counted exactly: other terms with as many posts do not come in at all. A platform's volume
// is what it is without them.
func TestWatchListsAreCountedFromTheFirstMention(t *testing.T) {
	t.Parallel()
	cfg := window.Config{Shards: 1, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults()
	core := open(t, cfg, 1)
	defer core.Close()
	p, s := core.Producers()[0], core.Shards()[0]
	list := func(n int) window.Observation {
		o := word(n, 0)
		o.Kind, o.ID = term.Watch, term.ScopeOf(term.Watch, platforms[o.Platform]).ID(o.Key)
		return o
	}
	const lists, panes, flooding = 50, 60, 20_000
	start, fed := cfg.PaneOf(epoch), 0
	for pane := start; pane < start+panes; pane++ {
		for i := range flooding {
			fed++
			o := word(1000+fed/3, uint64(fed))
			o.Pane = pane
			p.Observe(&o)
			if i%100 == 0 {
				drain(core) // else the producer waits for the shard
			}
			if n := i / (flooding / lists); pane >= start+30 && pane%2 == 0 && i%(flooding/lists) == 0 {
				o := list(n)
				o.Pane, o.Author = pane, person(uint64(pane))
				p.Observe(&o)
			}
		}
		p.Seal(&window.Mark{Pane: pane})
		drain(core)
	}
	if st := s.Stats(); st.Tracked*4 < st.Capacity*3 || st.Evicted == 0 {
		t.Fatalf("the flood did not fill the table: %+v", st)
	}
	for n := range lists {
		if _, ok := s.Find(list(n).ID); !ok {
			t.Fatalf("list %d is not tracked", n)
		}
		got, _, _ := read(core, list(n).ID, start+panes-1)
		if c := got.Count; c.Posts != panes/4 || c.Over != 0 || !c.Tracked {
			t.Errorf("list %d: %+v, want %d posts", n, c, panes/4)
		}
	}
	s.Retire(start+panes-1+cfg.PanesPerHour()*80, 1<<20, 1000)
	if _, ok := s.Find(list(0).ID); !ok {
		t.Error("a list that is seldom mentioned was retired")
	}
	s.Retire(start+panes-1+cfg.PanesPerHour()*80, 100, 0)
	if _, ok := s.Find(list(0).ID); ok {
		t.Error("a list that nobody mentions any more was kept")
	}
}

func TestWatchListsAreNoVolume(t *testing.T) {
	volumes := func(kind term.Kind) window.Volume {
		cfg := window.Config{Shards: 1, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults()
		core := open(t, cfg, 1)
		defer core.Close()
		pane := cfg.PaneOf(epoch)
		for i := range 400 { // far enough for rings
			for _, kind := range []term.Kind{term.Hashtag, kind} {
				o := window.Observation{ID: term.ScopeOf(kind, "x").ID("a"), Kind: kind, Key: "a", Display: "a", Pane: pane + int64(i%3), Author: person(uint64(i % 90))}
				core.Producers()[0].Observe(&o)
				drain(core)
			}
		}
		core.Producers()[0].Seal(&window.Mark{Pane: pane})
		drain(core)
		return core.Shards()[0].Volumes(pane)[0]
	}
	one, both := volumes(term.Watch), volumes(term.Keyword)
	if one.Posts*2 != both.Posts || one.Fresh*2 != both.Fresh || one.Posts == 0 {
		t.Errorf("volume %+v beside a watch list, %+v beside a keyword", one, both)
	}
}
