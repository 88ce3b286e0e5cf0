package window_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/window"
)

// life is a core's life of sparse use: bursts of posts of a few terms between
// silences of all lengths.
type life struct {
	cfg       window.Config
	producers int
	bursts    int
	leap      int64 // silences of more panes are closed by one mark
	longest   time.Duration
	restart   int // one restart in so many marks
	seed      uint64
	salt      uint64 // of the authors' hashes
}

// live compares a core with the exact model at random marks of a life, restarted
// now and then or not, and returns what it said of the authors.
func (l life) live(t failer, restarts bool) (said []crowd) {
	cfg := l.cfg.WithDefaults()
	rng := rand.New(rand.NewPCG(l.seed, 3))
	chance, retiring := rand.New(rand.NewPCG(l.seed, 4)), rand.New(rand.NewPCG(l.seed, 5))
	p := newPlayer(t, cfg, l.producers, l.seed)
	defer p.close()
	p.leap, p.flush = l.leap, 20
	m := newTruth(cfg)
	exact := setting{producers: l.producers}.ordered(cfg)
	checks := 0
	p.sealed = func(pane int64) {
		if restarts && chance.IntN(l.restart) == 0 {
			p.restart()
		}
		if retiring.IntN(200) == 0 {
			maxQuiet, fewest := 28*m.day(), uint32(1+retiring.IntN(8))
			for _, s := range p.core.Shards() {
				s.Retire(pane, maxQuiet, fewest)
			}
			m.retire(pane, maxQuiet, fewest)
		}
		if checks > 0 {
			m.agreePane(t, p.core, pane, exact)
		}
		if checks > 0 && chance.IntN(4) == 0 {
			checks--
			m.agree(t, p.core, pane, exact)
		}
	}
	at := epoch
	for range l.bursts {
		at += l.silence(rng).Microseconds()
		if cfg.Allowed() > cfg.Pane {
			at = max(at, p.newest*cfg.Pane.Microseconds()) // see setting.ordered
		}
		l.burst(rng, p, m, at)
		checks = 4
		if rng.IntN(3) > 0 {
			continue
		}
		p.closeThrough(p.newest)
		if restarts && chance.IntN(2) == 0 {
			p.restart()
		}
		m.agree(t, p.core, p.newest, exact)
		for _, n := range []int{0, 1} {
			if term := m.terms[word(n, 0).ID]; term != nil {
				crowds := m.crowds(t, p.core, term, p.newest)
				said = append(said, crowds[:]...)
			}
		}
		at = max(at, (p.newest+1)*cfg.Pane.Microseconds())
	}
	return said
}

// silence returns a length of time from minutes to months; the internal clocks
// of a core run round after some of them: a day of panes, stamps of 255 hours,
// 2,048 and 16,384 panes.
func (l life) silence(rng *rand.Rand) time.Duration {
	day, pane := 24*time.Hour, l.cfg.Pane
	if pane == 0 {
		pane = 10 * time.Minute
	}
	base := []time.Duration{
		0, 0, time.Minute, 9 * time.Minute, pane, time.Hour, 6 * time.Hour, day - pane, day, 3 * day,
		255 * time.Hour, 2 * 255 * time.Hour, 2048 * pane, 16384 * pane, 30 * day, 120 * day,
	}[rng.IntN(16)]
	if base > l.longest {
		base %= l.longest
	}
	return max(base+time.Duration(rng.IntN(5)-2)*pane, 0) + time.Duration(rng.Int64N(int64(pane)))
}

// burst delivers a few posts that were made in an hour at most, in order of time.
func (l life) burst(rng *rand.Rand, p *player, m *truth, at int64) {
	var posts []post
	length := []time.Duration{p.cfg.Pane / 2, 3 * p.cfg.Pane, time.Hour}[rng.IntN(3)].Microseconds()
	for range 1 + rng.IntN(12) {
		posts = append(posts, randomPost(rng, rng.IntN(6), at+rng.Int64N(length)))
	}
	if rng.IntN(6) == 0 {
		for range rng.IntN(150) {
			posts = append(posts, randomPost(rng, 0, at+rng.Int64N(length)))
		}
	}
	for _, o := range shuffled(posts, window.Config{Lateness: -1}, rng) {
		o = o.salted(l.salt)
		o.at = max(o.at, (p.closed+1)*p.cfg.Pane.Microseconds())
		p.feed(&o)
		m.add(&o.Observation)
	}
}

func checkLife(t failer, l life) {
	t.Helper()
	persistently(t, func(t failer, salt uint64) {
		l.salt = salt
		whole, restarted := l.live(t, false), l.live(t, true)
		if !slices.Equal(whole, restarted) {
			t.Fatalf("a run without a restart says of the authors\n%v, with restarts\n%v", whole, restarted)
		}
	})
}

// Silences from minutes to months, restarts at any mark: every count stays exact.
func TestYearsOfSparseUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cfg := window.Config{
			Pane:     rapid.SampledFrom([]time.Duration{time.Minute, 10 * time.Minute, time.Hour}).Draw(t, "pane"),
			Lateness: rapid.SampledFrom([]time.Duration{-1, 10 * time.Minute, time.Hour}).Draw(t, "lateness"),
			Shards:   rapid.SampledFrom([]int{1, 2}).Draw(t, "shards"),
			Memory:   4 << 20, AuthorPrecision: 6,
		}
		cfg.Coarse = drawCoarse(t, cfg.Pane)
		checkLife(t, life{
			cfg:       cfg,
			producers: rapid.IntRange(1, 2).Draw(t, "producers"),
			bursts:    rapid.IntRange(1, 40/min(slowdown, 4)).Draw(t, "bursts"),
			leap:      rapid.SampledFrom([]int64{1, 20, 300}).Draw(t, "leap"),
			longest:   1000 * 24 * time.Hour,
			restart:   40,
			seed:      rapid.Uint64().Draw(t, "seed"),
		})
	})
}

// Every pane of a long time is closed by a mark of its own, so that what is done
// a little at every mark has gone round more than once: 2,048 panes and 255 hours
// several times, 16,384 panes once.
func TestEveryPaneOfALongTime(t *testing.T) {
	t.Parallel()
	for _, pane := range []time.Duration{time.Minute, 10 * time.Minute, time.Hour} {
		t.Run(pane.String(), func(t *testing.T) {
			l := life{
				cfg:       window.Config{Pane: pane, Shards: 1, Memory: 4 << 20, AuthorPrecision: 6},
				producers: 1, leap: 1 << 40, longest: 700 * pane, restart: 400, seed: uint64(pane),
			}
			for l.bursts = 1; ; l.bursts *= 2 {
				if l.lasts() > 20_000*pane/slowdown {
					break
				}
			}
			checkLife(t, l)
		})
	}
}

// lasts returns about how long a life takes.
func (l life) lasts() (sum time.Duration) {
	rng := rand.New(rand.NewPCG(l.seed, 6))
	for range l.bursts {
		sum += l.silence(rng)
	}
	return sum
}

// Panes, and the coarse panes they are added to as they age, stay exact whether
// their counts fit into 16 bits or not, and wherever they stop to fit.
func TestHugeTermsAge(t *testing.T) {
	t.Parallel()
	for _, coarse := range []time.Duration{10 * time.Minute, time.Hour, 24 * time.Hour} {
		t.Run(coarse.String(), func(t *testing.T) {
			cfg := window.Config{Shards: 1, Memory: 4 << 20, Coarse: coarse}.WithDefaults()
			p := newPlayer(t, cfg, 1, 15)
			defer p.close()
			m := newTruth(cfg)
			p.sealed = func(pane int64) {
				if pane%9 == 0 {
					m.agree(t, p.core, pane, true)
				}
			}
			feed := func(n, times int, pane int64) {
				for i := range times {
					author := uint64(0)
					if i < 40 { // more than a log holds
						author = uint64(i) + 1
					}
					o := post{word(n, author), (p.cfg.PaneOf(epoch) + pane) * cfg.Pane.Microseconds()}
					p.feed(&o)
					m.add(&o.Observation)
				}
			}
			for pane := range int64(90 * 6) {
				switch {
				case pane < 8:
					feed(1, 100, pane)
					feed(2, 8_192, pane) // the eighth fills a coarse pane up, and one post more does not fit
					feed(3, 14_000, pane)
				case pane < 10:
					feed(4, math.MaxUint16, pane)
					feed(5, math.MaxUint16+1, pane)
				}
				for n := range 6 {
					if pane%int64(7+n) == 0 {
						feed(n, 1, pane)
					}
				}
			}
			p.closeThrough(p.newest)
			m.agree(t, p.core, p.newest, true)
		})
	}
}
