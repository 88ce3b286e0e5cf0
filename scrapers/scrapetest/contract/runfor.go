package contract

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// RunFor has a source run for so long by the host's clock, and a little longer: what came
// after that is to be told by its time. A source that ends by itself fails the test.
func (h *Host) RunFor(t testing.TB, s scrapers.Source, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := h.Now().Add(long)
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
