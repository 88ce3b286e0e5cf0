package journal

import (
	"context"
	"fmt"
	"sync"
)

// pool keeps what appends need, for the next ones. Its zero value is ready.
type pool struct{ encoders, waiting sync.Pool }

func (p *pool) encoder() *encoder {
	if e, ok := p.encoders.Get().(*encoder); ok {
		return e
	}
	return &encoder{}
}

func (p *pool) take() *waiting {
	if w, ok := p.waiting.Get().(*waiting); ok {
		w.state.Store(isQueued)
		return w
	}
	return &waiting{answer: make(chan answer, 1)}
}

// keepBytes is the largest buffer that is kept for later.
const keepBytes = 4 << 20

func (p *pool) put(w *waiting) {
	if cap(w.frame) <= keepBytes {
		p.waiting.Put(w)
	}
}

func (p *pool) putEncoder(e *encoder) {
	if cap(e.raw) <= keepBytes {
		p.encoders.Put(e)
	}
}

// Append stores the batch and returns its place once it is on the disk; b.Ingest is
// then its stamp. Any number of goroutines may append; batches that come while an
// entry is being stored are the next entry together. Each takes the memory of its
// encoded batch while it waits.
//
// On an error nothing was accepted, except with [ErrInDoubt]: then it is not known.
// A context that ends gives that error only when the batch was already on its way.
// With a server out of reach, Append waits until it is back or the context ends.
func (j *Journal) Append(ctx context.Context, b *Batch) (Place, error) {
	if err := j.ended(); err != nil {
		return Place{}, err
	}
	if err := ctx.Err(); err != nil {
		return Place{}, err
	}
	w := j.pool.take()
	enc := j.pool.encoder()
	var err error
	w.frame, err = enc.appendFrame(w.frame[:0], b)
	j.pool.putEncoder(enc)
	if err != nil {
		j.pool.put(w)
		return Place{}, err
	}
	if most := j.links.now().payload() - entryHead - entryTail; len(w.frame) > most {
		err := tooLarge("%d records take %d KiB, compressed, and an entry has room for %d KiB; send them in parts",
			len(b.Records), len(w.frame)>>10, most>>10)
		j.pool.put(w)
		return Place{}, err
	}
	if !j.queue.put(w) {
		return Place{}, j.ended()
	}
	select {
	case a := <-w.answer:
		return j.answered(b, w, a)
	case <-ctx.Done():
		if w.state.CompareAndSwap(isQueued, isGivenUp) {
			return Place{}, ctx.Err()
		}
		w.state.Store(isGivenUp)
	}
	select {
	case a := <-w.answer:
		return j.answered(b, w, a)
	default:
		return Place{}, fmt.Errorf("%w: %w", ErrInDoubt, ctx.Err())
	}
}

func (j *Journal) answered(b *Batch, w *waiting, a answer) (Place, error) {
	j.pool.put(w)
	if a.err != nil {
		return Place{}, a.err
	}
	b.Ingest = a.ingest
	return a.place, nil
}
