package window

import (
	"testing"

	"github.com/swell-radar/swell/sketch"
	"pgregory.net/rapid"
)

// A term counted in two parts has the authors of both, whether a part keeps them in
// a log, a set or registers.
func TestAuthorsOfPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{Shards: 1, Memory: 4 << 20, AuthorPrecision: rapid.SampledFrom([]uint8{6, 8, 10}).Draw(t, "precision")}.WithDefaults()
		whole, parts := newCore(t, cfg, 1), [2]*Core{newCore(t, cfg, 1), newCore(t, cfg, 1)}
		most := rapid.SampledFrom([]uint64{5, 30, 400}).Draw(t, "authors")
		posts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Observation {
			return observation(1, rapid.Uint64Range(1, most).Draw(t, "author"), firstPane+rapid.Int64Range(0, 400).Draw(t, "pane"))
		}), 2, 600).Draw(t, "posts")
		last := int64(0)
		for i := range posts {
			last = max(last, posts[i].Pane)
			whole.Producers()[0].Observe(&posts[i])
			parts[i%2].Producers()[0].Observe(&posts[i])
			for _, c := range []*Core{whole, parts[i%2]} {
				c.Producers()[0].Flush()
				drain(c)
			}
		}
		into := func(cores ...*Core) uint64 {
			cells := make([]uint64, sketch.RegistersWords(MergePrecision))
			r := sketch.RegistersOver(cells, MergePrecision)
			for _, c := range cores {
				s := c.Shards()[0]
				slot, ok := s.Find(posts[0].ID)
				if !ok {
					t.Fatal("the term is not tracked")
				}
				if err := s.AddAuthors(slot, r); err != nil {
					t.Fatal(err)
				}
			}
			n, _ := r.Estimate(cfg.HourOf(last), Hours)
			return n
		}
		if one, two := into(whole), into(parts[0], parts[1]); one != two {
			t.Fatalf("%d authors in one core, %d in two parts", one, two)
		}
	})
}
