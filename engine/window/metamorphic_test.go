package window_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// setting is what must not change any count.
type setting struct {
	shards, producers, flush int
	shuffle                  bool
	seed                     uint64
}

func (s setting) String() string {
	return fmt.Sprintf("%d shards, %d producers, one flush in %d posts, shuffled: %v, seed %d", s.shards, s.producers, s.flush, s.shuffle, s.seed)
}

func drawSetting(t *rapid.T, name string) setting {
	return setting{
		shards:    rapid.SampledFrom([]int{1, 2, 4, 8}).Draw(t, name+" shards"),
		producers: rapid.IntRange(1, 3).Draw(t, name+" producers"),
		flush:     rapid.SampledFrom([]int{0, 2, 30, 500}).Draw(t, name+" flush"),
		shuffle:   rapid.Bool().Draw(t, name+" shuffle"),
		seed:      rapid.Uint64().Draw(t, name+" seed"),
	}
}

// ordered reports whether posts reach the shards in an order for which fresh
// authors are promised to be exact: within two adjacent panes any order is. A
// longer lateness keeps more panes open, and several producers deliver as much
// out of order as that allows.
func (s setting) ordered(cfg window.Config) bool {
	return cfg.Allowed() <= cfg.Pane || s.producers == 1 && !s.shuffle
}

// Counts are a function of the set of posts: batches, shards, producers and the
// order of arrival within the lateness do not matter, for terms of every size.
func TestOnlyTheSetOfPostsMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := window.Config{
			Pane:     rapid.SampledFrom([]time.Duration{time.Minute, 10 * time.Minute, time.Hour}).Draw(t, "pane"),
			Lateness: rapid.SampledFrom([]time.Duration{-1, 10 * time.Minute, time.Hour}).Draw(t, "lateness"),
			Memory:   16 << 20, AuthorPrecision: 8,
		}
		cfg.Coarse = drawCoarse(t, cfg.Pane)
		posts := drawPosts(t, cfg)
		settings := []setting{{shards: 1, producers: 1}, drawSetting(t, "second"), drawSetting(t, "third")}
		persistently(t, func(t failer, salt uint64) {
			want := play(t, cfg, settings[0], posts, salt)
			for _, s := range settings[1:] {
				for id, g := range play(t, cfg, s, posts, salt) {
					if w := want[id]; g != w {
						t.Fatalf("authors: %v with %v, but %v with %v", w, settings[0], g, s)
					}
				}
			}
		})
	})
}

// drawCoarse draws a length of coarse panes that goes with a length of panes.
func drawCoarse(t *rapid.T, pane time.Duration) time.Duration {
	return rapid.SampledFrom([]time.Duration{0, max(pane, 10*time.Minute), 3 * pane, time.Hour, 4 * time.Hour, 24 * time.Hour}).Draw(t, "coarse")
}

// drawPosts makes up at most three days of posts in order of time: terms from one
// post to more than a 16-bit counter holds in a pane or in an hour, with a few
// authors who come again and many who do not.
func drawPosts(t *rapid.T, cfg window.Config) []post {
	sizes := rapid.SliceOfN(rapid.SampledFrom([]int{1, 2, 7, 8, 9, 31, 33, 70, 300}), 1, 12).Draw(t, "terms")
	bursts := rapid.IntRange(1, 12/min(slowdown, 3)).Draw(t, "bursts")
	huge := 0
	if rapid.IntRange(0, 10*slowdown-1).Draw(t, "with a huge term") == 9 {
		huge = rapid.SampledFrom([]int{30_000, math.MaxUint16 + 1, 80_000}).Draw(t, "huge")
	}
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	var posts []post
	at := epoch + rng.Int64N(3600e6)
	for burst := range bursts {
		length := []time.Duration{cfg.Pane / 3, 2 * cfg.Pane, time.Hour}[rng.IntN(3)].Microseconds()
		for n, size := range sizes {
			if rng.IntN(3) > 0 {
				for range 1 + rng.IntN(size) {
					posts = append(posts, randomPost(rng, n, at+rng.Int64N(length)))
				}
			}
		}
		if burst == bursts/2 {
			pane := at - at%cfg.Pane.Microseconds()
			spread := []time.Duration{cfg.Pane, time.Hour}[rng.IntN(2)].Microseconds()
			for range huge {
				o := post{word(len(sizes), 0), pane + rng.Int64N(spread)}
				if rng.IntN(64) == 0 {
					o.Author = person(rng.Uint64N(500) + 1)
				}
				posts = append(posts, o)
			}
		}
		if huge > 0 && burst > bursts/2 {
			posts = append(posts, randomPost(rng, len(sizes), at)) // what was huge ages
		}
		at += []time.Duration{cfg.Pane, time.Hour, 4 * time.Hour}[rng.IntN(3)].Microseconds() + rng.Int64N(3600e6)
	}
	return shuffled(posts, window.Config{Lateness: -1}, rng)
}

func randomPost(rng *rand.Rand, n int, at int64) post {
	people := []uint64{3, 40, 100_000}[rng.IntN(3)]
	o := post{word(n, rng.Uint64N(people)+1), at}
	if rng.IntN(10) == 0 {
		o.Author = 0
	}
	o.Repost = rng.IntN(3) == 0
	o.Thin = rng.IntN(4) == 0
	return o
}

// play runs the posts through a core, compares it with the exact model on the way
// and in the end, and returns what it says of the authors of each term, which may
// be an estimate.
func play(t failer, cfg window.Config, s setting, posts []post, salt uint64) map[term.ID][3]crowd {
	cfg.Shards = s.shards
	cfg = cfg.WithDefaults()
	rng := rand.New(rand.NewPCG(s.seed, 2))
	if s.shuffle {
		posts = shuffled(posts, cfg, rng)
	}
	p := newPlayer(t, cfg, s.producers, s.seed)
	defer p.close()
	p.flush = s.flush
	m := newTruth(cfg)
	p.sealed = func(pane int64) {
		m.agreePane(t, p.core, pane, s.ordered(cfg))
		if rng.IntN(8) == 0 {
			m.agree(t, p.core, pane, s.ordered(cfg))
		}
	}
	for i := range posts {
		o := posts[i].salted(salt)
		p.feed(&o)
		m.add(&o.Observation)
	}
	p.closeThrough(p.newest)
	m.agree(t, p.core, p.newest, s.ordered(cfg))
	out := map[term.ID][3]crowd{}
	for id, want := range m.terms {
		out[id] = m.crowds(t, p.core, want, p.newest)
	}
	return out
}

// A table of meetings that is far too small takes pairs for others all the time,
// in whatever order two panes come in: fresh authors may be overlooked then, but
// there never are more than posts, in no pane, coarse pane or volume.
func TestFreshAuthorsNeverOutnumberPosts(t *testing.T) {
	t.Parallel()
	cfg := window.Config{Shards: 1, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults()
	p := newPlayer(t, cfg, 2, 14)
	defer p.close()
	p.flush = 200
	most := func(what string, halves, posts uint64) {
		t.Helper()
		if halves > 2*posts {
			t.Fatalf("%s: %d halves of fresh authors in %d posts", what, halves, posts)
		}
	}
	p.sealed = func(pane int64) {
		for _, v := range p.core.Shards()[0].Volumes(pane) {
			most("volume", v.Fresh, v.Posts)
		}
		for n := range 300 {
			r, _, ok := read(p.core, word(n, 0).ID, pane)
			if !ok {
				continue
			}
			for i, halves := range r.Fresh {
				most("pane", uint64(halves), uint64(r.Posts[i]))
			}
			for i, halves := range r.CoarseFresh {
				most("coarse pane", uint64(halves), uint64(r.CoarsePosts[i]))
			}
		}
	}
	rng := rand.New(rand.NewPCG(14, 14))
	at, posts := epoch, make([]post, 0, 400_000/slowdown)
	for range cap(posts) {
		at += rng.Int64N(200_000)
		o := post{word(int(rng.ExpFloat64()*40), rng.Uint64N(uint64(cap(posts)))+1), at}
		o.Repost = rng.IntN(2) == 0
		posts = append(posts, o)
	}
	for _, o := range shuffled(posts, cfg, rng) {
		p.feed(&o)
	}
	p.closeThrough(p.newest)
}
