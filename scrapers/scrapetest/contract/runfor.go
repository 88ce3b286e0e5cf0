package contract

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// RunFor has a source run for so long by the host's clock, which stands still then. A source that
// ends by itself fails the test.
func (h *Host) RunFor(t testing.TB, s scrapers.Source, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := h.stopAt(long)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, h) }()
	for deadline := time.Now().Add(soon); h.Now().Before(end); time.Sleep(500 * time.Microsecond) {
		select {
		case err := <-done:
			t.Fatalf("the source has ended by itself: %v", err)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("the source did not get past %s", h.Now())
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v of a context that was cancelled", err)
	}
}

// stopAt has the clock stand still after so long, and returns when that is.
func (h *Host) stopAt(long time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.end = h.now.Add(long)
	return h.end
}

// sleepsOn reports whether a sleep goes beyond the end of the clock, which it sets to it then.
func (h *Host) sleepsOn(d time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.end.IsZero() || !h.now.Add(d).After(h.end) {
		return false
	}
	h.now = h.end
	return true
}
