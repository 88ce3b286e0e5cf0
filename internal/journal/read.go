package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Reader returns the entries of a journal in the order of their numbers. It
// belongs to one goroutine at a time; a journal may have any number of readers.
type Reader struct {
	j     *Journal
	next  uint64
	queue []fetched
	taken int // of queue
	entry Entry
	dec   decoder
}

// Read returns a reader of the entries from a number on. It fails with a
// [GapError] where they are no longer kept, and with [ErrBehind] where the journal
// ends before the one in front of it.
func (j *Journal) Read(ctx context.Context, from uint64) (*Reader, error) {
	first, next, err := j.Bounds(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case from < first:
		return nil, &GapError{From: from, To: first - 1}
	case from > next:
		return nil, behind(from, next)
	}
	j.tail.seen(next - 1)
	return &Reader{j: j, next: from}, nil
}

func behind(from, next uint64) error {
	return fmt.Errorf("%w: entry %d was asked for, the next one will be %d; the snapshot belongs to another journal, or entries are lost: restore both from one backup",
		ErrBehind, from, next)
}

// pollEvery is how often a reader asks an outside server whether another process
// has appended. What this process appends it knows at once.
const pollEvery = 100 * time.Millisecond

// Next returns the next entry, verified, and waits until there is one. It and
// its batches are valid until the next call.
//
// A gap is an [ErrGap], an entry that does not verify an [ErrDamaged]; nothing is
// passed over, and the same call fails again. While the server is out of reach it waits.
func (r *Reader) Next(ctx context.Context) (*Entry, error) {
	for r.taken == len(r.queue) {
		if err := r.fill(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.j.ended(); err != nil {
		return nil, err
	}
	got := r.queue[r.taken]
	if got.number == r.next {
		r.queue[r.taken] = fetched{}
		r.taken++
	} else {
		raw, err := r.hole(ctx, got.number)
		if err != nil {
			return nil, err
		}
		got = fetched{r.next, raw}
	}
	if err := r.entry.open(got.number, got.raw, &r.dec); err != nil {
		r.queue, r.taken = r.queue[:0], 0
		return nil, err
	}
	r.next++
	return &r.entry, nil
}

// Place returns where the entry begins that Next returns next.
func (r *Reader) Place() Place { return Place{Entry: r.next} }

// fill waits for the next entries and fetches some.
func (r *Reader) fill(ctx context.Context) error {
	if err := r.await(ctx); err != nil {
		return err
	}
	r.queue, r.taken = r.queue[:0], 0
	var err error
	r.queue, err = r.j.fetch(ctx, r.next, r.queue)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.j.ended() != nil:
		return r.j.ended()
	case err != nil:
		// Of a file that it cannot read the server may say nothing at all.
		r.j.opts.Log.Debug("the journal's server did not answer a reader", "entry", r.next, "error", err)
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
		return r.missing(ctx)
	case len(r.queue) > 0:
		r.j.tail.seen(r.queue[len(r.queue)-1].number)
		return nil
	}
	return r.missing(ctx)
}

// await returns once an entry is there to be read, or may be.
func (r *Reader) await(ctx context.Context) error {
	next, changed := r.j.tail.wait()
	if r.next < next {
		return ctx.Err()
	}
	var poll <-chan time.Time
	if r.j.opts.Dir == "" {
		timer := time.NewTimer(pollEvery)
		defer timer.Stop()
		poll = timer.C
	}
	select {
	case <-changed:
	case <-poll:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.j.failed:
	case <-r.j.life.Done():
	}
	return r.j.ended()
}

// missing is called when nothing came from the next entry on, and asks for that
// one alone. That there is none is as it should be at the end of the journal;
// elsewhere they are gone.
func (r *Reader) missing(ctx context.Context) error {
	next, _ := r.j.tail.wait()
	if r.next >= next {
		return nil
	}
	raw, err := r.j.get(ctx, r.next)
	switch {
	case err == nil:
		r.queue = append(r.queue, fetched{r.next, raw})
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.Is(err, errNotFound):
		return pause(ctx, pollEvery)
	}
	return &GapError{From: r.next, To: next - 1}
}

// hole is called when the server gave a later entry than the next. Another server
// of a cluster may still have it.
func (r *Reader) hole(ctx context.Context, got uint64) ([]byte, error) {
	if got < r.next {
		return nil, damaged(r.next, "the server gave entry %d", got)
	}
	raw, err := r.j.get(ctx, r.next)
	if errors.Is(err, errNotFound) {
		return nil, &GapError{From: r.next, To: got - 1}
	}
	return raw, err
}
