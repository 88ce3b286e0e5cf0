package poll

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// host keeps what it is told, by the clock of the bubble that it runs in.
type host struct {
	refuse func(scrapers.Delivery) error // nil: accept everything

	mu        sync.Mutex
	rand      *rand.Rand
	cursors   map[string][]byte
	walls     *scrapers.Walls
	delivered []scrapers.Delivery
	reports   []report
}

type report struct {
	part string
	err  error
	at   time.Time
}

func newHost(seed uint64) *host {
	walls, _ := scrapers.NewWalls("test", nil, time.Now) // there is no shelf to be read
	return &host{rand: rand.New(rand.NewPCG(seed, 7)), cursors: map[string][]byte{}, walls: walls}
}

func (h *host) Cursor(part string) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cursors[part]
}

func (h *host) Deliver(ctx context.Context, d scrapers.Delivery) error {
	if h.refuse != nil {
		if err := h.refuse(d); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delivered = append(h.delivered, d)
	if len(d.Cursor) > 0 {
		h.cursors[d.Part] = append([]byte(nil), d.Cursor...)
	}
	h.reports = append(h.reports, report{d.Part, nil, time.Now()})
	return h.walls.Note(d.Part, nil)
}

func (h *host) Report(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reports = append(h.reports, report{part, err, time.Now()})
	_ = h.walls.Note(part, err) // nothing is kept: it cannot fail
}

func (h *host) Wall(part string) *scrapers.Trouble { return h.walls.Of(part) }

func (h *host) Now() time.Time { return time.Now().UTC() }

func (h *host) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (h *host) Jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Duration(h.rand.Int64N(int64(d) + 1))
}

func (h *host) told() []report {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]report(nil), h.reports...)
}
