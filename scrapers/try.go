package scrapers

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// Tried is what came of trying a source.
type Tried struct {
	Deliveries []Delivery   // with records that are the caller's
	Parts      []PartHealth // that were heard of
	Err        error        // with which the source ended by itself, or nil
}

// Well reports whether the source answered as it should.
func (t *Tried) Well() bool {
	return len(t.Deliveries) > 0 || slices.ContainsFunc(t.Parts, func(p PartHealth) bool { return p.State == OK })
}

// Try runs a source as one that has never run, until done says that this is enough, ctx ends,
// or the source does. Nothing of it is kept. done is called after every delivery and report.
func Try(ctx context.Context, s Source, now func() time.Time, done func(*Tried) bool) Tried {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &trial{now: now, done: done, cancel: cancel, parts: map[string]PartHealth{}}
	err := s.Run(ctx, h)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && !(ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		h.tried.Err = err
	}
	return h.tried
}

// trial is the [Host] of a source that is tried.
type trial struct {
	now    func() time.Time
	done   func(*Tried) bool
	cancel func()

	mu    sync.Mutex
	tried Tried
	parts map[string]PartHealth
}

// Cursor implements [Host].
func (*trial) Cursor(string) []byte { return nil }

// Deliver implements [Host].
func (h *trial) Deliver(ctx context.Context, d Delivery) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	records := d.Records
	d.Records = slices.Clone(records)
	for i := range d.Records {
		d.Records[i].Own()
	}
	d.Rejected = slices.Clone(d.Rejected)
	h.tried.Deliveries = append(h.tried.Deliveries, d)
	h.part(d.Part, nil)
	return nil
}

// Report implements [Host].
func (h *trial) Report(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.part(part, err)
}

func (h *trial) part(name string, err error) {
	p := PartHealth{Name: name, State: StateOf(err), Since: h.now().UTC()}
	if err != nil {
		p.Why = reason(err)
	}
	h.parts[name] = p
	h.tried.Parts = h.tried.Parts[:0]
	for _, name := range slices.Sorted(maps.Keys(h.parts)) {
		h.tried.Parts = append(h.tried.Parts, h.parts[name])
	}
	if h.done(&h.tried) {
		h.cancel()
	}
}

// Wall implements [Host].
func (*trial) Wall(string) *Trouble { return nil }

// Now implements [Host].
func (h *trial) Now() time.Time { return h.now().UTC() }

// Sleep implements [Host].
func (h *trial) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// Jitter implements [Host].
func (*trial) Jitter(d time.Duration) time.Duration { return d / 2 }
