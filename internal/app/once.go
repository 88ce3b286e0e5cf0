package app

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/swell-radar/swell/internal/journal"
	"github.com/swell-radar/swell/internal/serve"
)

// once remembers deliveries by the names that their senders gave them. What counts a
// delivery once is the ledger, by the name that stands in the journal beside its records:
// there is no moment at which one is kept and the other not. This is so that senders hear
// the same answer again, and nothing is accepted that the ledger would take for a repeat
// although it is none. Any goroutine may call it.
type once struct {
	now func() time.Time

	mu     sync.Mutex
	newest int64 // time of the newest batch, in microseconds, as the journal stamps them
	known  map[[16]byte]*delivery
	order  []*delivery // those that are not under way, the oldest first
}

type delivery struct {
	journal.Once
	state  deliveryState
	ingest int64
}

type deliveryState uint8

const (
	underWay deliveryState = iota
	inDoubt                // it may be in the journal
	taken
)

// keepOnce is for how long a name is remembered here, by the journal's stamps, which never
// fall. The ledger's time is shorter: what is new here is new there.
const keepOnce = journal.KeepNames + 3600*1_000_000

func newOnce(l *journal.Ledger, now func() time.Time) *once {
	o := &once{now: now, known: map[[16]byte]*delivery{}}
	for t := range l.Named() {
		o.remember(&delivery{Once: t.Once, state: taken, ingest: max(t.Ingest, 1)})
	}
	return o
}

// begin has a delivery accepted by nobody else until [once.end], or says why it is not to
// be accepted. One without a name may be.
func (o *once) begin(d *serve.Once) error {
	if !d.Named() {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if was := o.known[d.Key]; was != nil {
		switch {
		case was.Body != d.Body:
			return serve.ErrKeyReused
		case was.state == underWay:
			return serve.ErrKeyBusy
		case was.state == taken:
			return &serve.AgainError{NotAfter: was.Clock, Taken: true}
		case was.Clock != d.NotAfter:
			return &serve.AgainError{NotAfter: was.Clock}
		}
		was.state = underWay
		return nil
	}
	if err := o.room(); err != nil {
		return err
	}
	o.known[d.Key] = &delivery{Once: journal.Once{Key: d.Key, Body: d.Body, Clock: d.NotAfter}}
	return nil
}

// end says what became of a delivery: err is what the journal said, and ingest its stamp.
func (o *once) end(d *serve.Once, ingest int64, err error) {
	if !d.Named() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.known[d.Key]
	switch {
	case was.state == taken: // the journal was read faster than this
	case err == nil:
		o.settle(was, taken, ingest)
	case errors.Is(err, serve.ErrInDoubt) || was.ingest != 0:
		o.settle(was, inDoubt, max(o.newest, 1))
	default:
		delete(o.known, d.Key)
	}
}

// note remembers a batch that was counted.
func (o *once) note(b *journal.Batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.newest = max(o.newest, b.Ingest)
	o.expire(o.newest)
	if !b.Once.Named() {
		return
	}
	was := o.known[b.Once.Key]
	if was == nil {
		o.remember(&delivery{Once: b.Once, state: taken, ingest: max(b.Ingest, 1)})
	} else if was.state != taken {
		was.Once = b.Once
		o.settle(was, taken, b.Ingest)
	}
}

// settle moves a delivery on. It is remembered from then on; one that was in doubt is in
// the order already.
func (o *once) settle(d *delivery, s deliveryState, ingest int64) {
	ordered := d.ingest != 0
	d.state, d.ingest = s, max(ingest, 1)
	o.newest = max(o.newest, ingest)
	if !ordered {
		o.order = append(o.order, d)
	}
}

func (o *once) remember(d *delivery) {
	o.known[d.Key] = d
	o.order = append(o.order, d)
	o.newest = max(o.newest, d.ingest)
}

// expire forgets deliveries that are too old at a time in microseconds.
func (o *once) expire(at int64) {
	for len(o.order) > 0 && o.order[0].ingest < at-keepOnce && o.order[0].state != underWay {
		delete(o.known, o.order[0].Key)
		o.order[0] = nil
		o.order = o.order[1:]
	}
}

// room makes room for one more, or says when there is.
func (o *once) room() error {
	if len(o.known) < journal.MaxNames {
		return nil
	}
	// Where nothing but such deliveries comes, no stamp tells how late it is.
	now := o.now().UnixMicro()
	if o.expire(now); len(o.known) < journal.MaxNames {
		return nil
	}
	until := "later"
	if len(o.order) > 0 {
		until = "at " + time.UnixMicro(o.order[0].ingest+keepOnce).UTC().Format(time.RFC3339)
	}
	return fmt.Errorf("%w: %d of the last day are remembered, and there is room again %s", serve.ErrTooManyKeys, len(o.known), until)
}
