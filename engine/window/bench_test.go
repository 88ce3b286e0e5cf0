package window

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// zipfStream returns observations of a skewed stream, two to the eighteenth of
// them over 32 panes.
func zipfStream() []Observation {
	rng := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(rng, 1.1, 1, 1<<21)
	obs := make([]Observation, 1<<18)
	for i := range obs {
		obs[i] = observation(int(zipf.Uint64()), rng.Uint64N(1<<20)+1, firstPane+int64(i>>13))
	}
	return obs
}

// One goroutine folds, counts and seals: the work of producer and shards together.
func BenchmarkIngest(b *testing.B) {
	obs := zipfStream()
	for _, withAuthors := range []bool{false, true} {
		b.Run(fmt.Sprintf("authors=%v", withAuthors), func(b *testing.B) {
			core := newCore(b, Config{Memory: 64 << 20}, 1)
			p := core.Producers()[0]
			i, round := 0, int64(0)
			b.ReportAllocs()
			for b.Loop() {
				o := obs[i]
				o.Pane += round
				if !withAuthors {
					o.Author = 0
				}
				p.Observe(&o)
				if i++; i%4096 == 0 {
					drain(core)
				}
				if i == len(obs) {
					i = 0
					round += 32
					p.Seal(&Mark{Pane: o.Pane})
					drain(core)
				}
			}
		})
	}
}

// filled returns a shard that tracks so many terms, all of them used in the last of
// 80 panes, a tenth of them much.
func filled(b *testing.B, terms int) (*Shard, int64) {
	core := newCore(b, Config{Shards: 1, Memory: 512 << 20}, 1)
	p := core.Producers()[0]
	last := int64(firstPane + 79)
	for pane := int64(firstPane); pane <= last; pane += 79 {
		for w := range terms {
			uses := 1
			if w%10 == 0 {
				uses = 40
			}
			for u := range uses {
				o := observation(w, uint64(w*100+u+1), pane)
				p.Observe(&o)
			}
			if w%64 == 0 {
				drain(core)
			}
		}
	}
	p.Seal(&Mark{Pane: last})
	drain(core)
	if st := core.Shards()[0].Stats(); st.Tracked != terms {
		b.Fatalf("%d terms are tracked, not %d", st.Tracked, terms)
	}
	return core.Shards()[0], last
}

// What an owner does at the end of a pane before the detector looks: find the terms
// that were used, and read what they had.
func BenchmarkTick(b *testing.B) {
	const terms = 100_000
	s, pane := filled(b, terms)
	out := s.cfg.NewSeries()
	total := uint64(0)
	for b.Loop() {
		touched := s.Touched(pane)
		if len(touched) != terms {
			b.Fatalf("%d terms touched", len(touched))
		}
		for _, slot := range touched {
			total += s.Recent(int(slot), pane, 9)
			s.Read(int(slot), pane, out)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/tick")
}

// All that one question about one term reads.
func BenchmarkQuery(b *testing.B) {
	s, pane := filled(b, 20_000)
	out := s.cfg.NewSeries()
	for w, name := range []string{"rings", "log"} {
		b.Run(name, func(b *testing.B) {
			id := observation(w, 1, pane).ID
			for b.Loop() {
				s.Lookup(id, pane)
				slot, _ := s.Find(id)
				s.Info(slot)
				s.Read(slot, pane, out)
				s.Authors(slot, pane, 1)
				s.Authors(slot, pane, 24)
				s.Authors(slot, pane, Hours)
			}
		})
	}
	b.Run("untracked", func(b *testing.B) {
		id := observation(1<<30, 1, pane).ID
		for b.Loop() {
			s.Lookup(id, pane)
			s.DoorkeeperBound()
		}
	})
}
