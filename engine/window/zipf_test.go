package window_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/term"
)

// zipf draws ranks 0 to n-1 with weights 1/(rank+1)^s for any s > 0; the one of
// math/rand needs s > 1. It inverts the cumulative distribution.
type zipf []float64

func newZipf(n int, s float64) zipf {
	z, sum := make(zipf, n), 0.0
	for i := range z {
		sum += math.Pow(float64(i+1), -s)
		z[i] = sum
	}
	for i := range z {
		z[i] /= sum
	}
	return z
}

func (z zipf) draw(rng *rand.Rand) int {
	i, _ := slices.BinarySearch(z, rng.Float64())
	return min(i, len(z)-1)
}

// The published bounds hold on streams of every skew, in a table so small that
// most terms are never in it, over more time than the window.
func TestBoundsOnZipf(t *testing.T) {
	t.Parallel()
	for _, s := range []float64{0.9, 1.1, 1.4} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			const posts, hours = 1_000_000 / slowdown, 100
			stream := newDrift(s, 200_000/slowdown, posts, hours)
			p := newPlayer(t, window.Config{Shards: 2, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults(), 1, 11)
			defer p.close()
			p.flush = 300
			b := bounds{player: p}
			for i := range posts {
				o := stream.post(i)
				b.feed(&o)
			}
			b.check(t)
		})
	}
}

// drift is a stream of evenly spaced posts over a vocabulary that drifts: every
// hour 20 terms fall out of use.
type drift struct {
	ranks        zipf
	rng          *rand.Rand
	words        []window.Observation // by number, made when first used
	posts, hours int
}

func newDrift(s float64, terms, posts, hours int) *drift {
	return &drift{
		ranks: newZipf(terms, s), rng: rand.New(rand.NewPCG(11, math.Float64bits(s))),
		words: make([]window.Observation, terms+hours*20), posts: posts, hours: hours,
	}
}

func (d *drift) post(i int) post {
	n := d.ranks.draw(d.rng) + i*d.hours/d.posts*20
	if d.words[n].ID == 0 {
		d.words[n] = word(n, 0)
	}
	o := post{d.words[n], epoch + int64(i)*(int64(d.hours)*3600e6/int64(d.posts))}
	o.Author = person(d.rng.Uint64N(200_000) + 1)
	return o
}

// A core that was written down and read back again and again is, in the end, the
// same to the last bit as one that was not, admission and eviction included.
func TestRestartsChangeNothing(t *testing.T) {
	t.Parallel()
	const posts, hours = 200_000 / slowdown, 90
	run := func(restarts bool) (states [][]byte) {
		stream := newDrift(1.1, 100_000/slowdown, posts, hours)
		p := newPlayer(t, window.Config{Shards: 2, Memory: 4 << 20, AuthorPrecision: 6}.WithDefaults(), 1, 16)
		defer p.close()
		p.sealed = func(pane int64) {
			if restarts && pane%50 == 0 {
				p.restart()
			}
		}
		for i := range posts {
			o := stream.post(i)
			p.feed(&o)
		}
		p.closeThrough(p.newest)
		for _, s := range p.core.Shards() {
			states = append(states, s.AppendBinary(nil))
		}
		return states
	}
	for i, state := range run(true) {
		if want := run(false)[i]; !bytes.Equal(state, want) {
			t.Errorf("shard %d: %d bytes after restarts, %d without, and they differ", i, len(state), len(want))
		}
	}
}

// bounds compares what is published of every term of a stream with the truth
// about it, within the window that ends with the newest post.
type bounds struct {
	*player
	stream []use
}

// use is a post, as far as the truth needs it.
type use struct {
	id     term.ID
	author uint64
	pane   int64
}

// feed counts a post unless it is late, as the engine does.
func (b *bounds) feed(o *post) {
	if b.cfg.PaneOf(o.at) <= b.closed {
		return
	}
	b.player.feed(o)
	b.stream = append(b.stream, use{o.ID, o.Author, o.Pane})
}

// check fails the test when more bounds are violated than [window.BoundDelta]
// allows, a count is too low, or distinct authors are further from the truth
// than their standard errors explain.
func (b *bounds) check(t *testing.T) {
	t.Helper()
	b.closeThrough(b.newest)
	from := windowStart(b.cfg, b.newest)
	uses := map[term.ID][]use{}
	for _, u := range b.stream {
		if _, ok := uses[u.id]; !ok || u.pane >= from {
			uses[u.id] = append(uses[u.id], u)
		}
	}
	var counts [3]tally
	var z deviations
	for id, of := range uses {
		if of[0].pane < from {
			of = of[1:] // was noted for its ID alone
		}
		s := b.core.ShardOf(id)
		c := s.Lookup(id, b.newest)
		kind := 0
		switch {
		case !c.Tracked:
		case c.Exact():
			kind = 2
		default:
			kind = 1
		}
		counts[kind].add(c, uint64(len(of)))
		if slot, ok := s.Find(id); ok {
			b.series(t, id, c.Since, of)
			for _, hours := range [...]int{1, 24, window.Hours} {
				start := (b.cfg.HourOf(b.newest) - int64(hours) + 1) * b.cfg.PanesPerHour()
				if c.Since > start && !c.Exact() {
					continue // authors from before the term was tracked are not known
				}
				n, stderr := s.Authors(slot, b.newest, hours)
				z.add(n, distinct(of, start), stderr)
			}
		}
	}
	for kind, name := range [...]string{"untracked", "tracked, with uses from before", "tracked from the first use"} {
		counts[kind].check(t, name)
	}
	z.check(t)
}

// series compares the posts of a term pane by pane and coarse pane by coarse pane, as far as
// they lie behind its admission. Whatever used its memory before has left no trace.
func (b *bounds) series(t *testing.T, id term.ID, since int64, of []use) {
	t.Helper()
	got, _, _ := read(b.core, id, b.newest)
	panes, coarse := map[int64]uint32{}, map[int64]uint32{}
	for _, u := range of {
		panes[u.pane]++
		coarse[b.cfg.CoarseOf(u.pane)]++
	}
	for i, n := range got.Posts {
		if p := b.newest - int64(len(got.Posts)-1-i); p >= since && n != panes[p] {
			t.Fatalf("%d posts in pane %d, want %d; tracked since %d", n, p, panes[p], since)
		}
	}
	for i, n := range got.CoarsePosts {
		c := b.cfg.CoarseOf(b.newest) - int64(len(got.CoarsePosts)-1-i)
		if c*b.cfg.PanesPerCoarse() >= since && n != coarse[c] {
			t.Fatalf("%d posts in coarse pane %d, want %d; tracked since %d", n, c, coarse[c], since)
		}
	}
}

func distinct(of []use, start int64) uint64 {
	seen := map[uint64]struct{}{}
	for _, u := range of {
		if u.pane >= start && u.author != 0 {
			seen[u.author] = struct{}{}
		}
	}
	return uint64(len(seen))
}

// tally sums up how published counts relate to the truth.
type tally struct {
	terms, low, violated, atLeast int
	over                          float64 // sum of Over
	off                           float64 // sum of what counts are too high by
}

func (c *tally) add(got window.Count, want uint64) {
	c.terms++
	if got.AtLeast {
		c.atLeast++
	}
	switch {
	case want > got.Posts && !got.AtLeast:
		c.low++
	case want < got.Posts-got.Over:
		c.violated++
	}
	c.over += float64(got.Over)
	c.off += max(float64(got.Posts)-float64(want), 0)
}

func (c *tally) check(t *testing.T, what string) {
	t.Helper()
	if c.terms == 0 {
		return
	}
	n := float64(c.terms)
	t.Logf("%s: %d terms, %.2f too high and at most %.2f on average, %d beyond the bound, %d open upwards",
		what, c.terms, c.off/n, c.over/n, c.violated, c.atLeast)
	if c.low > 0 {
		t.Errorf("%s: %d of %d counts are too low", what, c.low, c.terms)
	}
	// Five standard deviations of a binomial distribution.
	if most := n*window.BoundDelta + 5*math.Sqrt(n*window.BoundDelta); float64(c.violated) > most {
		t.Errorf("%s: %d of %d bounds do not hold, at most %.0f may", what, c.violated, c.terms, most)
	}
}

// deviations collects the errors of estimates in units of their standard errors.
type deviations struct {
	exact, estimated, beyond, wrong int
	least, most                     int // lower bounds, and those that are far too high
	squares, worst                  float64
}

func (d *deviations) add(got, want uint64, stderr float64) {
	if stderr == 0 {
		d.exact++
		if got != want {
			d.wrong++
		}
		return
	}
	if stderr >= 1 {
		d.least++
		if got > want+want/10 {
			d.most++
		}
		return
	}
	if want == 0 {
		return
	}
	d.estimated++
	// Numbers are whole: half a person is no error.
	off := max(math.Abs(float64(got)-float64(want))-0.5, 0)
	z := off / (stderr * float64(want))
	d.squares += z * z
	d.worst = max(d.worst, z)
	if z > 3 {
		d.beyond++
	}
}

func (d *deviations) check(t *testing.T) {
	t.Helper()
	n := float64(max(d.estimated, 1))
	rms := math.Sqrt(d.squares / n)
	t.Logf("authors: %d exact; %d lower bounds; %d estimated, off by %.2f standard errors (rms), %.2f at most, %d beyond three", d.exact, d.least, d.estimated, rms, d.worst, d.beyond)
	if d.wrong > 0 {
		t.Errorf("%d of %d author counts that are called exact are not", d.wrong, d.exact)
	}
	if d.most > 0 {
		t.Errorf("%d of %d author counts that are called lower bounds are more than a tenth too high", d.most, d.least)
	}
	if d.estimated < 100 {
		return
	}
	if rms > 1.15 {
		t.Errorf("author counts are off by %.2f standard errors (rms)", rms)
	}
	if share := float64(d.beyond) / n; share > 0.01 {
		t.Errorf("%d of %d author counts are beyond three standard errors", d.beyond, d.estimated)
	}
}
