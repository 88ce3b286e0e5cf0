package stream

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// Messages is a connection, as fetch.Stream is one.
type Messages interface {
	// Read returns the next message, valid until the next call.
	Read(ctx context.Context) (data []byte, binary bool, err error)
}

// Pump reads messages and delivers what is made of them. All but Take and Cursor may be left at
// zero. It may be run again and again, and keeps its memory between the runs.
type Pump struct {
	Part string // of the source's input: [scrapers.Delivery]

	// Take adds what a message holds to the batch. An error says that the connection is not
	// worth reading any more.
	Take func(b *Batch, data []byte, binary bool) error
	// Cursor makes a cursor of [Batch.Mark].
	Cursor func(mark int64) []byte

	Items   int           // of one delivery at most; 0: 2,000
	Every   time.Duration // the longest that an item waits for its delivery, if none is under way and [Batch.Hold] does not say so; 0: 250 ms
	Silence time.Duration // without a message after which the connection is given up; 0: never

	batches   []*Batch
	delivered int64     // the newest mark that was delivered
	noted     time.Time // when
}

// noteEvery is how often a mark is delivered that moves without items.
const noteEvery = 10 * time.Second

// rounds is how many batches there are.
const rounds = 3

// Refused is the error of a delivery that was not accepted: no trouble of the input, and the end
// of the source's run.
type Refused struct{ Err error }

// Error implements error.
func (e *Refused) Error() string { return fmt.Sprintf("not accepted: %v", e.Err) }

// Unwrap returns what the host said.
func (e *Refused) Unwrap() error { return e.Err }

// Run reads until the connection ends, is silent for too long or says what Take does not take,
// delivers what came before that, and returns why: a trouble of the connection. Its error
// is ctx's when that ended, and a [*Refused] when a delivery was not accepted; what was read is lost then,
// and no cursor has passed it.
func (p *Pump) Run(ctx context.Context, h scrapers.Host, in Messages) error {
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f := &flow{pump: p, host: h, in: in, free: make(chan *Batch, rounds), ready: make(chan *Batch, rounds)}
	for len(p.batches) < rounds {
		p.batches = append(p.batches, &Batch{})
	}
	for _, b := range p.batches {
		b.Reset()
		f.free <- b
	}
	f.filling = <-f.free

	var wg sync.WaitGroup
	ended := make(chan error, 1)
	wg.Go(func() { ended <- f.read(reading) })
	wg.Go(func() { f.keepTime(reading, stop) })
	err := f.deliver(ctx, reading, ended)
	stop(nil)
	wg.Wait()
	return err
}

// flow is one run of a pump.
type flow struct {
	pump *Pump
	host scrapers.Host
	in   Messages

	// Both have room for all batches: sending to them never waits.
	free, ready chan *Batch

	mu      sync.Mutex
	filling *Batch // guarded by mu

	// waiting is since when the reader waits for a message, in microseconds since 1970; 0: it does
	// not. The reader writes it.
	waiting atomic.Int64
}

func (f *flow) items() int {
	if f.pump.Items > 0 {
		return min(f.pump.Items, scrapers.MaxDelivery)
	}
	return 2000
}

func (f *flow) read(ctx context.Context) error {
	most := f.items()
	for {
		f.waiting.Store(f.host.Now().UnixMicro())
		data, binary, err := f.in.Read(ctx)
		f.waiting.Store(0)
		if err != nil {
			return err
		}
		f.mu.Lock()
		err = f.pump.Take(f.filling, data, binary)
		full := f.filling.full(most)
		f.mu.Unlock()
		if err != nil {
			return err
		}
		if full {
			select {
			case next := <-f.free:
				f.hand(next, true)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// hand passes the batch that was filled on, unless it has just been or is held, and fills next.
func (f *flow) hand(next *Batch, full bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.filling.empty() && f.filling.Mark == 0 || f.filling.Hold && !full {
		f.free <- next
		return
	}
	next.Mark = 0
	f.ready <- f.filling
	f.filling = next
}

// keepTime hands over what has waited long enough, and gives a silent connection up.
func (f *flow) keepTime(ctx context.Context, stop context.CancelCauseFunc) {
	every := f.pump.Every
	if every <= 0 {
		every = 250 * time.Millisecond
	}
	for f.host.Sleep(ctx, every) == nil {
		if since := f.waiting.Load(); since != 0 && f.pump.Silence > 0 {
			if quiet := f.host.Now().Sub(time.UnixMicro(since)); quiet > f.pump.Silence {
				stop(scrapers.NewTrouble(scrapers.Unreachable, "no message for %v", f.pump.Silence))
				return
			}
		}
		select {
		case next := <-f.free:
			f.hand(next, false)
		default: // what is being delivered comes first
		}
	}
}

// deliver hands batches to the host until the reader has ended, and then the rest.
func (f *flow) deliver(ctx, reading context.Context, ended <-chan error) error {
	for {
		select {
		case b := <-f.ready:
			if err := f.pass(ctx, b); err != nil {
				return err
			}
		case err := <-ended:
			f.mu.Lock()
			f.ready <- f.filling
			f.filling = &Batch{} // for the keeper of time, who may not have ended yet
			f.mu.Unlock()
			for len(f.ready) > 0 {
				if err := f.pass(ctx, <-f.ready); err != nil {
					return err
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if cause := context.Cause(reading); cause != nil {
				return cause
			}
			return err
		}
	}
}

// pass delivers one batch.
func (f *flow) pass(ctx context.Context, b *Batch) error {
	p, now := f.pump, f.host.Now()
	if b.empty() && (b.Mark == p.delivered || now.Sub(p.noted) < noteEvery) {
		b.Reset()
		f.free <- b
		return ctx.Err()
	}
	d := scrapers.Delivery{Part: p.Part, Records: b.Records(), Items: b.Items, Rejected: b.Rejected}
	if b.Mark != 0 && b.Mark != p.delivered {
		d.Cursor = p.Cursor(b.Mark)
	}
	if err := f.host.Deliver(ctx, d); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &Refused{err}
	}
	if b.Mark != 0 {
		p.delivered, p.noted = b.Mark, now
	}
	b.Reset()
	f.free <- b
	return nil
}
