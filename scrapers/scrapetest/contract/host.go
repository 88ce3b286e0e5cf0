package contract

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/term"
)

// Host is a [scrapers.Host] that keeps everything, with a clock that leaps to the end
// of every sleep. It notes what breaks the rules of deliveries and reports. Safe for
// concurrent use.
type Host struct {
	// OnDeliver is called with every delivery before it is accepted; an error refuses it.
	// Set before the source runs.
	OnDeliver func(scrapers.Delivery) error

	fickle  atomic.Bool  // refuses deliveries, and accepts some without saying so
	stuck   atomic.Bool  // takes nothing in
	waiting atomic.Int64 // deliveries that wait for that

	begun time.Time

	mu      sync.Mutex
	now     time.Time
	end     time.Time // the clock stands still then; zero: never
	rand    *rand.Rand
	cursors map[string][]byte
	records []term.Record
	names   map[string]bool // of the records
	taken   int             // deliveries with records
	offered int             // of those, the ones that a fickle host was asked to take
	calls   int             // deliveries and reports
	items   int
	rejects []scrapers.Reject
	states  map[scrapers.State][]error
	parts   map[string]scrapers.State
	walls   *scrapers.Walls // used under mu
	faults  []string
}

var (
	errRefused = errors.New("this delivery is refused")
	errInDoubt = errors.New("nobody knows whether this delivery was accepted")
)

// NewHost returns a host whose clock stands at now.
func NewHost(now time.Time, seed uint64) *Host {
	h := &Host{
		begun: now.UTC(), now: now.UTC(), rand: rand.New(rand.NewPCG(seed, 1)), cursors: map[string][]byte{},
		names: map[string]bool{}, states: map[scrapers.State][]error{}, parts: map[string]scrapers.State{},
	}
	h.walls, _ = scrapers.NewWalls("test", nil, func() time.Time { return h.now }) // there is no shelf to be read
	return h
}

// Client returns a way to loopback sites that keeps the host's time, without a pace.
func (h *Host) Client(t testing.TB) *fetch.Client {
	t.Helper()
	f, err := fetch.New(h.FetchOptions())
	if err != nil {
		t.Fatal(err)
	}
	return f.Client("test", nil)
}

// Cursor implements [scrapers.Host].
func (h *Host) Cursor(part string) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.cursors[part])
}

// Deliver implements [scrapers.Host].
func (h *Host) Deliver(ctx context.Context, d scrapers.Delivery) error {
	if h.stuck.Load() {
		h.waiting.Add(1)
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if h.OnDeliver != nil {
		if err := h.OnDeliver(d); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inspect(&d)
	var doubt error
	if h.fickle.Load() && len(d.Records) > 0 {
		h.offered++
		switch h.offered % 3 {
		case 1:
			return errRefused
		case 2:
			doubt = errInDoubt
		}
	}
	for i := range d.Records {
		h.records = append(h.records, clone(&d.Records[i]))
		h.names[Name(&d.Records[i])] = true
		d.Records[i].Author = "" // as a host may
	}
	if len(d.Records) > 0 {
		h.taken++
	}
	if len(d.Cursor) > 0 {
		h.cursors[d.Part] = slices.Clone(d.Cursor)
	}
	h.items += d.Items
	h.rejects = append(h.rejects, d.Rejected...)
	h.state(d.Part, nil)
	return doubt
}

// clone returns a record that shares no memory with another.
func clone(rec *term.Record) term.Record {
	out := *rec
	out.Tags, out.Keywords = slices.Clone(rec.Tags), slices.Clone(rec.Keywords)
	out.Mentions, out.Links = slices.Clone(rec.Mentions), slices.Clone(rec.Links)
	out.Metrics = slices.Clone(rec.Metrics)
	if rec.Sound != nil {
		sound := *rec.Sound
		out.Sound = &sound
	}
	if rec.Gauge != nil {
		gauge := *rec.Gauge
		gauge.Values = slices.Clone(gauge.Values)
		out.Gauge = &gauge
	}
	out.Own()
	return out
}

// Report implements [scrapers.Host].
func (h *Host) Report(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inspectReport(part, err)
	h.state(part, err)
}

func (h *Host) state(part string, err error) {
	s := scrapers.StateOf(err)
	h.calls++
	h.parts[part] = s
	_ = h.walls.Note(part, err) // nothing is kept: it cannot fail
	if len(h.states[s]) < mostErrors {
		h.states[s] = append(h.states[s], err)
	}
}

// mostErrors is how many errors of a state are kept.
const mostErrors = 100

// Wall implements [scrapers.Host].
func (h *Host) Wall(part string) *scrapers.Trouble {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.walls.Of(part)
}

// Now implements [scrapers.Host].
func (h *Host) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Sleep implements [scrapers.Host]: it lets the clock leap, and others run.
func (h *Host) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Microsecond):
	}
	if h.sleepsOn(d) {
		<-ctx.Done()
		return ctx.Err()
	}
	h.Leap(d)
	return nil
}

// Leap sets the clock forward.
func (h *Host) Leap(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d > 0 {
		h.now = h.now.Add(d)
	}
}

// Jitter implements [scrapers.Host].
func (h *Host) Jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Duration(h.rand.Int64N(int64(d)))
}
