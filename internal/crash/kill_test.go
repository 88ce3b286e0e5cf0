//go:build unix

package crash

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// killsALife is how many kills one data directory goes through, at most.
const killsALife = 32

// A server that is killed at random moments, starts included, ends like one that
// ran through: the same state to the last bit.
func TestKilledServerEndsLikeAnUnbrokenOne(t *testing.T) {
	t.Parallel()
	rng := random(t)
	kills := 0
	for n := 0; kills < *roundsFlag; n++ {
		dir := t.TempDir()
		all := deliveries(posts(t, rng.Uint64(), 1, 0.02), 12+rng.IntN(15), "p")
		through, killed := filepath.Join(dir, "through"), filepath.Join(dir, "killed")
		unbroken(t, through, all)
		l := life{t: t, rng: rng, dir: killed, all: all, aim: min(killsALife, *roundsFlag)}
		l.live()
		endAlike(t, killed, through, all)
		kills += l.kills
		t.Logf("life %d: %d deliveries, %d kills, %d of them while starting, %d of deliveries on their way", n, len(all), l.kills, l.starting, l.cut)
	}
}

// life is one data directory on its way through kills, with one producer that has one
// delivery on its way at a time.
type life struct {
	t                    *testing.T
	rng                  *rand.Rand
	dir                  string
	all                  []*delivery
	aim                  int // kills, about
	next                 int // delivery that was not answered for yet
	kills, starting, cut int
}

func (l *life) live() {
	for l.next < len(l.all) {
		p := begin(l.t, l.dir, launch{})
		if l.rng.IntN(4) == 0 {
			p.killAfter(time.Duration(l.rng.IntN(300)) * time.Millisecond)
			l.starting++
		} else {
			p.await()
			p.mustServe()
			if !l.feed(p, 1+l.rng.IntN(2*len(l.all)/l.aim)) {
				l.t.Fatalf("delivery %d is not answered by a program that nobody killed\n%s", l.next+1, tailOf(p.log.String(), 40))
			}
			p.killAfter(time.Duration(l.rng.IntN(25_000)) * time.Microsecond)
			if !l.feed(p, len(l.all)) {
				l.cut++
			}
		}
		if p.wait() != -1 {
			l.t.Fatalf("it ended by itself with %v", p.cmd.ProcessState)
		}
		p.noPanic()
		p.noBroken()
		l.kills++
	}
}

// feed sends up to n deliveries, some of which were answered for before once more. It
// returns false if the program is gone before.
func (l *life) feed(p *process, n int) bool {
	for ; n > 0 && l.next < len(l.all); n-- {
		if l.next > 0 && l.rng.IntN(20) == 0 {
			again := l.all[l.rng.IntN(l.next)]
			if o := p.send(again); o.status != 0 && !o.accepted() {
				l.t.Fatalf("delivery %d sent again: %v", again.seq, o)
			}
		}
		switch o := p.send(l.all[l.next]); {
		case o.accepted():
			l.next++
		case o.status == 0:
			return false
		default:
			l.t.Fatalf("delivery %d: %v", l.all[l.next].seq, o)
		}
	}
	return true
}

// Several producers send at once to a server that is killed again and again, each what
// was not answered for once more, some of what was, and not in the order of its time.
// Each delivery is counted once.
func TestManyProducersAreCountedOnce(t *testing.T) {
	t.Parallel()
	rng := random(t)
	const producers = 4
	recs := posts(t, rng.Uint64(), 1, 0.04)
	lots := make([][]*delivery, producers)
	for i, piece := range slices.Collect(slices.Chunk(recs, 20)) {
		lot := &lots[i%producers]
		*lot = append(*lot, newDelivery(fmt.Sprint("p", i%producers), uint64(len(*lot)+1), piece))
	}
	c := newCrowd(t, filepath.Join(t.TempDir(), "data"), lots, rng)
	c.run(min(12, 4+*roundsFlag/8))
	all := slices.Concat(lots...)
	end := closing(all, 1)
	p := serveOn(t, c.dir, c.launch()).mustServe()
	p.mustAccept(end)
	newModel(append(all, end)...).agrees(p, 60)
	p.stop()
	t.Logf("%d deliveries, %d kills, %d sent again though answered for, %d out of order", len(all), c.kills, c.again.Load(), c.disordered.Load())
}
