package window_test

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine/window"
)

var cutSeeds = flag.Int("cut.seeds", 48, "streams that TestCutIsTheMoment makes up")

// cutter takes cuts of a core's shards on the way, and holds them against what the
// shards were at the marks.
type cutter struct {
	*player
	seed    uint64
	rng     *rand.Rand
	shards  []*cutShard
	running bool
	failed  bool // the last one: the next has to be full
	taken   int
	deltas  int
	words   int // the vocabulary moves on
	before  int // posts at the mark before
}

// cutShard is what is stored of a shard.
type cutShard struct {
	*window.Shard
	head  []byte
	cuts  [][]byte // newest last
	part  []byte   // of the cut that is under way
	whole []byte   // at its mark
}

func newCutter(p *player, seed uint64, rng *rand.Rand) *cutter {
	c := &cutter{player: p, seed: seed, rng: rng, failed: true}
	for _, s := range p.core.Shards() {
		c.shards = append(c.shards, &cutShard{Shard: s})
	}
	return c
}

// begin begins a cut at a mark.
func (c *cutter) begin() {
	full := c.failed || c.rng.IntN(6) == 0
	for _, s := range c.shards {
		s.part, s.whole = nil, s.AppendBinary(nil)
		s.head = s.BeginCut(nil, full)
		if full {
			s.cuts = nil
		} else {
			c.deltas++
		}
	}
	c.running, c.failed = true, false
}

// work saves some cells, or all.
func (c *cutter) work(all bool) {
	if !c.running {
		return
	}
	more := false
	for _, s := range c.shards {
		set := s.Cut()
		for set.Step(1+c.rng.IntN(20_000)) && all {
		}
		more = more || set.Pending()
		for piece := set.Next(); piece != nil; piece = set.Next() {
			s.part = append(s.part, piece...)
			set.Take()
		}
	}
	if !more {
		c.end()
	}
}

// end compares what was saved with what there was.
func (c *cutter) end() {
	c.t.Helper()
	c.running = false
	c.taken++
	again := open(c.t, c.cfg, len(c.core.Producers()))
	defer again.Close()
	for i, s := range c.shards {
		s.cuts = append(s.cuts, s.part)
		r := again.Shards()[i]
		if err := r.RestoreHead(s.head); err != nil {
			c.t.Fatal(err)
		}
		for n := range s.cuts {
			if err := r.RestoreCells(bytes.NewReader(s.cuts[len(s.cuts)-1-n])); err != nil {
				c.t.Fatal(err)
			}
		}
		if err := r.EndRestore(); err != nil {
			c.t.Fatal(err)
		}
		if !bytes.Equal(r.AppendBinary(nil), s.whole) {
			c.t.Fatalf("seed %d, shard %d: cut %d, %d parts, is not what the shard was", c.seed, i, c.taken, len(s.cuts))
		}
	}
}

// mark is called behind a pane's mark.
func (c *cutter) mark(pane int64) {
	if c.fed == c.before && c.rng.IntN(20) > 0 {
		return // one of the many panes of a silence
	}
	c.before = c.fed
	if c.running && c.rng.IntN(4) == 0 {
		c.work(true)
	}
	if c.rng.IntN(100) == 0 {
		for _, s := range c.shards {
			s.Retire(pane, int64(c.rng.IntN(4000)), uint32(c.rng.IntN(8)))
		}
	}
	if c.running || c.rng.IntN(15) > 0 {
		return
	}
	if c.begin(); c.rng.IntN(8) == 0 {
		for _, s := range c.shards {
			s.Cut().Step(1 + c.rng.IntN(50_000))
			s.Cut().Abort()
		}
		c.running, c.failed = false, true
	}
}

// A cut is what the shard was at the mark, to the bit, whatever happens before it is
// saved: in a table that is too small for the stream, with floods, silences, terms
// that are forgotten, clocks that move on, and cuts that are given up.
func TestCutIsTheMoment(t *testing.T) {
	t.Parallel()
	taken, deltas, evicted, lost := 0, 0, uint64(0), uint64(0)
	for seed := range uint64(*cutSeeds / slowdown) {
		rng := rand.New(rand.NewPCG(seed, 3))
		cfg := window.Config{
			Memory: window.MinMemory, Shards: 1 + rng.IntN(2), AuthorPrecision: []uint8{6, 8, 10}[rng.IntN(3)],
			Lateness: []time.Duration{-1, 10 * time.Minute, 2 * time.Hour}[rng.IntN(3)],
		}.WithDefaults()
		p := newPlayer(t, cfg, 1, seed)
		p.flush = 40
		c := newCutter(p, seed, rng)
		p.sealed = c.mark
		at := epoch
		for range 1 + rng.IntN(8) {
			at = c.scene(at)
		}
		c.closeThrough(c.newest)
		c.work(true)
		for _, s := range c.shards {
			st := s.Stats()
			evicted += st.Evicted
			lost += st.AuthorsLost
		}
		taken, deltas = taken+c.taken, deltas+c.deltas
		p.close()
	}
	t.Logf("%d cuts, %d of shards in part; %d terms evicted, %d lost their authors", taken, deltas, evicted, lost)
	if deltas == 0 || evicted == 0 {
		t.Error("the test shows nothing")
	}
}

// scene feeds some posts of one sort from a time on, and returns the time after.
func (c *cutter) scene(at int64) int64 {
	rng := c.rng
	sort := rng.IntN(6)
	posts := 200 + rng.IntN(8000)
	step := int64(1e6 * (1 + rng.IntN(8)))
	c.words += rng.IntN(3000)
	for range posts {
		var o post
		switch sort {
		case 0: // a flood of terms that nobody uses again
			o = post{word(10_000+rng.IntN(1<<20), rng.Uint64N(50)+1), at}
		case 1: // a few terms of very many people
			o = post{word(rng.IntN(3), rng.Uint64N(1<<30)+1), at}
		case 2: // many terms that all want registers
			o = post{word(20+rng.IntN(300), rng.Uint64N(2000)+1), at}
		case 3: // a usual stream
			o = post{word(int(rng.ExpFloat64()*400), rng.Uint64N(5000)+1), at}
		default: // a stream with a new vocabulary
			o = post{word(c.words+rng.IntN(2500), rng.Uint64N(5000)+1), at}
		}
		o.Repost, o.Thin = rng.IntN(3) == 0, rng.IntN(4) == 0
		if rng.IntN(9) == 0 {
			o.Author = 0
		}
		if late := c.cfg.Allowed().Microseconds(); late > 0 && rng.IntN(5) == 0 {
			o.at -= rng.Int64N(late)
		}
		if c.cfg.PaneOf(o.at) > c.closed {
			c.feed(&o)
		}
		if rng.IntN(30) == 0 {
			c.work(false)
		}
		at += rng.Int64N(2 * step)
	}
	const hour = int64(3600e6)
	return at + []int64{0, hour, 5 * hour, 26 * hour, 80 * hour, 700 * hour}[rng.IntN(6)]
}

// FuzzRestoreCut reads any head and any cells without a panic; what is accepted is a
// shard that works.
func FuzzRestoreCut(f *testing.F) {
	cfg := window.Config{Memory: window.MinMemory, Shards: 1, AuthorPrecision: 6}.WithDefaults()
	p := newPlayer(f, cfg, 1, 1)
	for n := range 3000 {
		o := post{word(n%60, uint64(n%700)), epoch + int64(n)*1e6}
		p.feed(&o)
	}
	p.closeThrough(p.newest)
	s := p.core.Shards()[0]
	head := s.BeginCut(nil, true)
	var cells []byte
	for more := true; more; {
		more = s.Cut().Step(1 << 20)
		for piece := s.Cut().Next(); piece != nil; piece = s.Cut().Next() {
			cells = append(cells, piece...)
			s.Cut().Take()
		}
	}
	p.close()
	f.Add(head, cells)
	f.Add(head, cells[:len(cells)/2])
	f.Add(head[:len(head)/2], cells)
	f.Fuzz(func(t *testing.T, head, cells []byte) {
		p := newPlayer(t, cfg, 1, 1)
		defer p.close()
		s := p.core.Shards()[0]
		if s.RestoreHead(head) != nil || s.RestoreCells(bytes.NewReader(cells)) != nil || s.EndRestore() != nil {
			return
		}
		for slot := range s.Slots() {
			s.Authors(slot, p.closed, 24)
			s.Info(slot)
		}
		s.AppendBinary(nil)
	})
}
