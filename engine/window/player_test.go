package window_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/swell-radar/swell/engine/window"
)

// failer is what the helpers need of *testing.T, *testing.B and *rapid.T.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// attempt is a failer that notes a failure instead.
type attempt struct{ said string }

func (a *attempt) Helper()           {}
func (a *attempt) Fatal(args ...any) { a.Fatalf("%s", fmt.Sprint(args...)) }
func (a *attempt) Fatalf(f string, v ...any) {
	a.said = fmt.Sprintf(f, v...)
	panic(a)
}

// persistently fails when a check fails with each of three hashings of the
// authors. What a core remembers of a pair of a term and an author may be taken
// for another pair's, with a small chance that is published; a mistake does not
// depend on the hashes.
func persistently(t failer, check func(t failer, salt uint64)) {
	t.Helper()
	said := ""
	for salt := range uint64(3) {
		if said = try(check, salt); said == "" {
			return
		}
	}
	t.Fatal(said)
}

func try(check func(failer, uint64), salt uint64) (said string) {
	a := new(attempt)
	defer func() {
		if failed := recover(); failed == any(a) {
			said = a.said
		} else if failed != nil {
			panic(failed)
		}
	}()
	check(a, salt)
	return ""
}

func open(t failer, cfg window.Config, producers int) *window.Core {
	t.Helper()
	core, err := window.New(cfg, producers)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// drain lets all shards work on this goroutine until nothing is left to count.
func drain(core *window.Core) {
	for _, s := range core.Shards() {
		for what := window.Counted; what != window.Idle; {
			what, _ = s.Step()
		}
	}
}

// post is an observation at an event time in microseconds.
type post struct {
	window.Observation
	at int64
}

// salted returns the post with its author hashed once more.
func (o post) salted(salt uint64) post {
	if o.Author != 0 && salt != 0 {
		o.Author = person(o.Author ^ salt)
	}
	return o
}

// player feeds posts to a core as the engine does, on one goroutine: the newest
// post moves time, and panes are closed behind it by the allowed lateness.
type player struct {
	t      failer
	cfg    window.Config
	core   *window.Core
	rng    *rand.Rand
	flush  int // one flush in so many posts; 0: none between marks
	leap   int64
	closed int64
	newest int64 // pane
	fed    int
	sealed func(pane int64) // called at every mark, may be nil
}

// leapPanes is how many panes are closed one by one; a longer silence is closed
// by one mark.
const leapPanes = 200

func newPlayer(t failer, cfg window.Config, producers int, seed uint64) *player {
	t.Helper()
	return &player{
		t: t, cfg: cfg, core: open(t, cfg, producers), leap: leapPanes,
		rng: rand.New(rand.NewPCG(seed, 0x706c61796572)), closed: cfg.PaneOf(epoch) - 1,
	}
}

// feed counts a post; posts come in order of arrival.
func (p *player) feed(o *post) {
	p.closeThrough(p.cfg.PaneOf(o.at-p.cfg.Allowed().Microseconds()) - 1)
	if o.Pane = p.cfg.PaneOf(o.at); o.Pane <= p.closed {
		p.t.Fatalf("the test is wrong: a post for pane %d came after pane %d was closed", o.Pane, p.closed)
	}
	p.newest = max(p.newest, o.Pane)
	all := p.core.Producers()
	all[p.rng.IntN(len(all))].Observe(&o.Observation)
	p.fed++
	if p.flush > 0 && p.rng.IntN(p.flush) == 0 {
		all[p.rng.IntN(len(all))].Flush()
		drain(p.core)
	}
	// Often enough that a producer never waits for a shard, which nobody runs.
	if p.fed%64 == 0 {
		drain(p.core)
	}
}

// closeThrough closes panes up to the given one.
func (p *player) closeThrough(last int64) {
	if last-p.closed > p.leap {
		p.closed = last - 1
	}
	for p.closed < last {
		p.closed++
		p.seal(p.closed)
	}
}

func (p *player) seal(pane int64) {
	mark := &window.Mark{Pane: pane}
	drain(p.core)
	for _, producer := range p.core.Producers() {
		producer.Seal(mark)
		drain(p.core)
	}
	if p.sealed != nil {
		p.sealed(pane)
	}
}

// close gives the core's memory back.
func (p *player) close() {
	if err := p.core.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// restart carries the core's state over to a new core, as a run does that goes on
// from a snapshot. It belongs at a mark.
func (p *player) restart() {
	again := open(p.t, p.cfg, len(p.core.Producers()))
	for i, s := range p.core.Shards() {
		state := s.AppendBinary(nil)
		if err := again.Shards()[i].Restore(state); err != nil {
			p.t.Fatal(err)
		}
		if !bytes.Equal(again.Shards()[i].AppendBinary(nil), state) {
			p.t.Fatalf("shard %d is written differently after it was read", i)
		}
	}
	p.close()
	p.core = again
}

// shuffled returns the posts in another order of arrival: each is delayed by up to
// the allowed lateness.
func shuffled(posts []post, cfg window.Config, rng *rand.Rand) []post {
	type arrival struct {
		at   int64
		post int
	}
	lateness := cfg.Allowed().Microseconds()
	order := make([]arrival, len(posts))
	for i := range posts {
		delay := rng.Int64N(lateness + 1)
		switch rng.IntN(4) {
		case 0:
			delay = 0
		case 1:
			delay = lateness
		}
		order[i] = arrival{posts[i].at + delay, i}
	}
	slices.SortFunc(order, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.post, b.post)) })
	out := make([]post, len(posts))
	for i, a := range order {
		out[i] = posts[a.post]
	}
	return out
}
