package contract

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/term"
)

// Host is a [scrapers.Host] that keeps everything, with a clock that leaps to the end
// of every sleep. Safe for concurrent use.
type Host struct {
	// OnDeliver is called with every delivery before it is accepted; an error refuses it.
	// Set before the source runs.
	OnDeliver func(scrapers.Delivery) error

	mu      sync.Mutex
	now     time.Time
	rand    *rand.Rand
	cursors map[string][]byte
	records []term.Record
	items   int
	rejects []scrapers.Reject
	states  map[scrapers.State][]error
	parts   map[string]scrapers.State
}

var errRefused = errors.New("this delivery is refused")

// NewHost returns a host whose clock stands at now.
func NewHost(now time.Time, seed uint64) *Host {
	return &Host{
		now: now.UTC(), rand: rand.New(rand.NewPCG(seed, 1)), cursors: map[string][]byte{},
		states: map[scrapers.State][]error{}, parts: map[string]scrapers.State{},
	}
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
	return append([]byte(nil), h.cursors[part]...)
}

// Deliver implements [scrapers.Host].
func (h *Host) Deliver(ctx context.Context, d scrapers.Delivery) error {
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
	for i := range d.Records {
		h.records = append(h.records, d.Records[i])
		h.records[len(h.records)-1].Own()
	}
	if len(d.Cursor) > 0 {
		h.cursors[d.Part] = append([]byte(nil), d.Cursor...)
	}
	h.items += d.Items
	h.rejects = append(h.rejects, d.Rejected...)
	h.state(d.Part, nil)
	return nil
}

// Report implements [scrapers.Host].
func (h *Host) Report(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.state(part, err)
}

func (h *Host) state(part string, err error) {
	s := scrapers.StateOf(err)
	h.parts[part] = s
	h.states[s] = append(h.states[s], err)
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

// Records returns what was accepted so far, in order.
func (h *Host) Records() []term.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]term.Record(nil), h.records...)
}

// Rejects returns what the source could not understand.
func (h *Host) Rejects() []scrapers.Reject {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]scrapers.Reject(nil), h.rejects...)
}

// Reached returns the errors with which a state was reported, and whether it ever was.
func (h *Host) Reached(s scrapers.State) ([]error, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	errs, ok := h.states[s]
	return append([]error(nil), errs...), ok
}

// Part returns the state of a part as it was last reported.
func (h *Host) Part(name string) scrapers.State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parts[name]
}
