package window_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine/window"
)

// With room enough thin posts are counted exactly, hour by hour, whatever the
// order of arrival, and over a restart.
func TestThinPostsByHour(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 1))
	var posts []post
	for at := epoch; at < epoch+9*3600e6; at += rng.Int64N(9e6 * slowdown) {
		o := post{word(int(rng.ExpFloat64()*40), rng.Uint64N(5000)+1), at}
		o.Thin = rng.IntN(4) == 0
		posts = append(posts, o)
	}
	for _, lateness := range []time.Duration{-1, 10 * time.Minute, 90 * time.Minute} {
		for _, s := range []setting{
			{shards: 1, producers: 1}, {shards: 4, producers: 1, flush: 3, shuffle: true, seed: 1}, {shards: 2, producers: 3, shuffle: true, seed: 2},
		} {
			t.Run(fmt.Sprint(lateness, s), func(t *testing.T) {
				cfg := window.Config{Lateness: lateness, Shards: s.shards, Memory: 32 << 20}.WithDefaults()
				playThin(t, cfg, s, posts)
			})
		}
	}
}

func playThin(t *testing.T, cfg window.Config, s setting, posts []post) {
	if s.shuffle {
		posts = shuffled(posts, cfg, rand.New(rand.NewPCG(s.seed, 2)))
	}
	p := newPlayer(t, cfg, s.producers, s.seed)
	defer func() { p.close() }()
	p.flush = s.flush
	m := newTruth(cfg)
	p.sealed = func(pane int64) {
		m.agreePane(t, p.core, pane, false)
		for _, want := range m.terms {
			shard := p.core.ShardOf(want.ID)
			slot, _ := shard.Find(want.ID)
			if _, thin := m.lately(want, pane); shard.Thin(slot, pane) != thin {
				t.Fatalf("%s: %d thin posts up to pane %d, want %d", want.Key, shard.Thin(slot, pane), pane, thin)
			}
		}
		if pane%11 == 0 {
			p.restart()
		}
	}
	for i := range posts {
		p.feed(&posts[i])
		m.add(&posts[i].Observation)
	}
	p.closeThrough(p.newest)
}

// A term may have more thin posts than an entry of a batch or a counter holds, and
// a platform too.
func TestManyThinPosts(t *testing.T) {
	t.Parallel()
	const posts = 2*math.MaxUint16 + 100
	p := newPlayer(t, window.Config{Shards: 1, Memory: 4 << 20}.WithDefaults(), 1, 1)
	defer p.close()
	o := post{word(0, 0), epoch}
	o.Thin = true
	for range posts {
		p.feed(&o)
	}
	p.closeThrough(p.newest)
	shard := p.core.Shards()[0]
	slot, _ := shard.Find(o.ID)
	if n := shard.Thin(slot, p.newest); n != posts {
		t.Errorf("%d of %d posts are thin", n, posts)
	}
	if v := shard.Volumes(p.newest)[o.Platform]; v.Thin != posts {
		t.Errorf("%d of %d posts of the platform are thin", v.Thin, posts)
	}
}

func TestThinAllocatesNothing(t *testing.T) {
	p := newPlayer(t, window.Config{Shards: 1, Memory: 4 << 20}.WithDefaults(), 1, 1)
	defer p.close()
	o := post{word(0, 1), epoch}
	o.Thin = true
	p.feed(&o)
	p.closeThrough(p.newest)
	shard := p.core.Shards()[0]
	slot, _ := shard.Find(o.ID)
	if n := testing.AllocsPerRun(100, func() { shard.Thin(slot, p.newest) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
