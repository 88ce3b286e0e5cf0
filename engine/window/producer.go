package window

import "math/bits"

// Producer folds the observations of one goroutine and routes them to the
// shards.
//
// Concurrency: one goroutine at a time. [Producer.Observe] allocates nothing and
// takes no lock; it waits only when a shard has fallen behind by all the batches
// there are.
type Producer struct {
	ways  []way
	shift uint
	bell  bell // rung by shards when they give a batch back
}

// way is the pair of rings between a producer and a shard. What is not in a ring
// belongs to the producer.
type way struct {
	full, free *ring
	filling    *Batch
	spare      [batchesPerWay]*Batch // the first `spares` are empty ones at hand
	spares     int
	shard      *Shard
}

func newProducer(shards []*Shard) *Producer {
	p := &Producer{
		ways:  make([]way, len(shards)),
		shift: uint(64 - bits.Len(uint(len(shards)-1))),
		bell:  newBell(),
	}
	for i, s := range shards {
		w := &p.ways[i]
		w.full, w.free, w.shard = newRing(batchesPerWay), newRing(batchesPerWay), s
		w.filling = newBatch()
		for range batchesPerWay - 1 {
			w.free.push(newBatch())
		}
		s.lanes = append(s.lanes, lane{full: w.full, free: w.free, producer: p.bell})
	}
	return p
}

// Observe counts one use of a term. The strings of o are not kept.
func (p *Producer) Observe(o *Observation) {
	w := &p.ways[uint64(o.ID)>>p.shift]
	if !w.filling.add(o) {
		p.send(w)
		w.filling.add(o)
	}
}

// Flush sends what has been folded so far, so that shards count it soon.
func (p *Producer) Flush() {
	for i := range p.ways {
		if w := &p.ways[i]; len(w.filling.entries) > 0 {
			p.send(w)
		}
	}
}

// Seal sends mark to every shard behind everything observed before. Marks must
// carry ascending panes, and every producer of a core must seal every pane that
// one of them seals.
func (p *Producer) Seal(mark *Mark) {
	for i := range p.ways {
		w := &p.ways[i]
		w.filling.mark = mark
		p.send(w)
	}
}

// send hands the filling batch over and takes an empty one, waiting for the
// shard if there is none.
func (p *Producer) send(w *way) {
	// There are as many slots as batches on this way, so this push finds room.
	w.full.push(w.filling)
	w.shard.bell.ring()
	for !w.refill() {
		<-p.bell
	}
}

// refill takes the empty batch that came back last, which is the likeliest to be
// in the cache still, or reports false if none is back.
func (w *way) refill() bool {
	for b := w.free.pop(); b != nil; b = w.free.pop() {
		w.spare[w.spares] = b
		w.spares++
	}
	if w.spares == 0 {
		return false
	}
	w.spares--
	w.filling = w.spare[w.spares]
	return true
}
