package window_test

import (
	"math/rand/v2"
	"testing"

	"github.com/swell-radar/swell/engine/window"
)

// flood is a stream of terms that nobody uses again after a few times.
type flood struct {
	name    string
	repeats int // uses of every term
	apart   int // observations from one use of a term to its next
	size    int // observations
}

// term returns the number of the term that the i-th observation is of.
func (f flood) term(i int) int {
	block := i / (f.apart * f.repeats)
	return firstWave + block*f.apart + i%f.apart
}

const (
	warmTerms = 500
	newcomer  = warmTerms
	firstWave = 1_000_000
)

// A flood runs over a small table while 500 terms are in regular use and a
// newcomer slowly rises among them: no term in use is lost, and the newcomer
// comes in and is counted exactly from then on.
func TestFloods(t *testing.T) {
	t.Parallel()
	for _, f := range []flood{
		{"singletons", 1, 1, 2_000_000},
		{"pairs at once", 2, 1, 300_000},
		{"pairs a pane apart", 2, 5_000, 300_000},
		// Whoever knows how admission and eviction work, but not the seed, uses
		// every term just often enough to be let in, and as soon as the one before
		// may have been thrown out.
		{"threes at once", 3, 1, 300_000},
		{"threes in the rhythm of eviction", 3, 100, 300_000},
		{"fours in the rhythm of eviction", 4, 8, 300_000},
		{"fours a table apart", 4, 4_000, 300_000},
	} {
		t.Run(f.name, func(t *testing.T) { withstand(t, f) })
	}
}

func withstand(t *testing.T, f flood) {
	const (
		panes    = 120
		floodsAt = 20 // the flood's first pane: the terms in use are warm by then
		risesAt  = 40 // the newcomer's first pane; every ten panes it has one post more
	)
	cfg := window.Config{Shards: 1, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults()
	core := open(t, cfg, 1)
	defer core.Close()
	p, s := core.Producers()[0], core.Shards()[0]
	start := cfg.PaneOf(epoch)
	rng := rand.New(rand.NewPCG(9, uint64(f.repeats)<<32|uint64(f.apart)))
	m := newTruth(cfg)
	fed := 0
	observe := func(n int, pane int64) {
		fed++
		o := word(n, uint64(fed))
		o.Pane = pane
		p.Observe(&o)
		if n <= newcomer {
			m.add(&o)
		}
		if rng.IntN(256) == 0 {
			p.Flush()
		}
		drain(core)
	}
	for n := range warmTerms {
		observe(n, start)
	}
	waves, admitted := 0, int64(0)
	for pane := start; pane < start+panes; pane++ {
		perPane := f.size / min(slowdown, 4) / (panes - floodsAt)
		rise := int(pane-start-risesAt)/10 + 1
		for i := range perPane {
			if pane-start >= floodsAt {
				observe(f.term(waves), pane)
				waves++
			}
			if i%(perPane/warmTerms) == 0 && rng.IntN(4) > 0 {
				observe(i/(perPane/warmTerms)%warmTerms, pane)
			}
			if pane-start >= risesAt && i%(perPane/rise) == 0 {
				observe(newcomer, pane)
			}
		}
		p.Seal(&window.Mark{Pane: pane})
		drain(core)
		o := word(newcomer, 0)
		if _, ok := s.Find(o.ID); ok && admitted == 0 {
			admitted = pane
		} else if !ok && admitted != 0 {
			t.Fatalf("the newcomer came in pane %d and was lost in pane %d", admitted-start, pane-start)
		}
	}

	last := start + panes - 1
	lost, inexact := 0, 0
	for n := range warmTerms {
		o := word(n, 0)
		switch c := s.Lookup(o.ID, last); {
		case !c.Tracked || c.Since != start:
			lost++
		case !c.Exact() || c.Posts != m.window(m.terms[o.ID], last):
			inexact++
		}
	}
	if lost > 0 || inexact > 0 {
		t.Errorf("of %d terms in use %d were lost, %d are not exact", warmTerms, lost, inexact)
	}
	t.Logf("the newcomer came in after %d panes; %+v", admitted-start-risesAt, s.Stats())
	if admitted == 0 {
		t.Fatal("the newcomer never came in")
	}
	id := word(newcomer, 0).ID
	got, _, _ := read(core, id, last)
	for i, n := range got.Posts {
		pane := last - int64(len(got.Posts)-1-i)
		if want := m.terms[id].posts[pane]; pane >= got.Count.Since && n != want {
			t.Errorf("pane %d: the newcomer has %d posts, want %d", pane-start, n, want)
		}
	}
	if c, want := got.Count, m.window(m.terms[id], last); want > c.Posts || want < c.Posts-c.Over {
		t.Errorf("the newcomer has %d posts, published %+v", want, c)
	}
}
