//go:build unix

package crash

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowd is several producers that send to one server at once. Each has its own lot
// of deliveries, sends them out of order, and again until they are answered for.
//
// No record is sent that could be late: nobody begins a delivery while another one
// waits whose oldest record is more than the lateness older than its newest.
type crowd struct {
	t        *testing.T
	dir      string
	lots     [][]*delivery
	rngs     []*rand.Rand
	rng      *rand.Rand
	lateness time.Duration

	kills             int
	again, disordered atomic.Int64

	mu      sync.Mutex
	moved   *sync.Cond
	server  *process // nil while there is none
	oldest  []int64  // by producer, of the deliveries that it has not been answered for
	stopped bool
}

func newCrowd(t *testing.T, dir string, lots [][]*delivery, rng *rand.Rand) *crowd {
	c := &crowd{t: t, dir: dir, lots: lots, rng: rng, lateness: time.Hour, oldest: make([]int64, len(lots))}
	c.moved = sync.NewCond(&c.mu)
	for i := range lots {
		c.rngs = append(c.rngs, rand.New(rand.NewPCG(rng.Uint64(), uint64(i))))
		c.oldest[i] = lots[i][0].first
	}
	return c
}

// run has the producers send everything while the server is killed so often.
func (c *crowd) run(kills int) {
	var producers sync.WaitGroup
	done := make(chan struct{})
	for i := range c.lots {
		producers.Go(func() { c.produce(i) })
	}
	go func() {
		producers.Wait()
		close(done)
	}()
	defer c.release()
	for {
		p := serveOn(c.t, c.dir, c.launch()).mustServe()
		c.set(p)
		var kill <-chan time.Time
		if c.kills < kills {
			kill = time.After(time.Duration(c.rng.IntN(400)) * time.Millisecond)
		}
		select {
		case <-done:
			c.set(nil)
			if c.t.Failed() {
				return
			}
			p.stop()
			return
		case <-kill:
			c.kills++
			c.set(nil)
			p.kill()
			p.noPanic()
			p.noBroken()
			p.noBroken()
		case <-p.ended:
			c.t.Fatalf("it ended by itself with %v", p.cmd.ProcessState)
		}
	}
}

// launch gives every term a place, so that all are counted exactly.
func (c *crowd) launch() launch { return launch{lateness: c.lateness, memory: "32MiB"} }

func (c *crowd) set(p *process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = p
	c.moved.Broadcast()
}

// release lets producers go that still wait.
func (c *crowd) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	c.moved.Broadcast()
}

// produce sends a lot, a few deliveries at a time in any order.
func (c *crowd) produce(who int) {
	lot, rng := c.lots[who], c.rngs[who]
	const few = 3
	for from := 0; from < len(lot); from += few {
		part := slices.Clone(lot[from:min(from+few, len(lot))])
		if part[len(part)-1].last-part[0].first <= c.lateness.Microseconds() {
			rng.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		}
		for i, d := range part {
			if d != lot[from+i] {
				c.disordered.Add(1)
			}
			if !c.deliver(who, d, part[i:]) {
				return
			}
		}
		if rng.IntN(7) == 0 {
			c.again.Add(1)
			if !c.deliver(who, lot[rng.IntN(from+len(part))], nil) {
				return
			}
		}
	}
	c.waitFor(who, nil)
}

// deliver sends a delivery until it is answered for. It returns false if the test ends
// before. What the producer has to send yet is named with it, nil if it was answered
// for before.
func (c *crowd) deliver(who int, d *delivery, left []*delivery) bool {
	if left != nil {
		c.waitFor(who, left)
	}
	for {
		c.mu.Lock()
		for left != nil && !c.stopped && !c.mayGo(who, d) {
			c.moved.Wait()
		}
		for !c.stopped && c.server == nil {
			c.moved.Wait()
		}
		p, stopped := c.server, c.stopped
		c.mu.Unlock()
		if stopped {
			return false
		}
		switch o := p.send(d); {
		case o.accepted():
			return true
		case o.status != 0:
			c.t.Errorf("delivery %d of %s: %v", d.seq, d.producer, o)
			c.release()
			return false
		}
	}
}

// waitFor notes what a producer has to send yet.
func (c *crowd) waitFor(who int, left []*delivery) {
	oldest := int64(math.MaxInt64)
	for _, d := range left {
		oldest = min(oldest, d.first)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.oldest[who] = oldest
	c.moved.Broadcast()
}

// mayGo says whether nothing that others send could be late by a delivery.
func (c *crowd) mayGo(who int, d *delivery) bool {
	for i, oldest := range c.oldest {
		if i != who && oldest < d.last-c.lateness.Microseconds() {
			return false
		}
	}
	return true
}
