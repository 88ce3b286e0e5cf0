package e2e_test

import "testing"

// The first look at the ranking costs little: page, style sheet and scripts, as they come over the wire.
func TestWeight(t *testing.T) {
	s := up(t, made)
	b := open(t, s.base, look{})
	b.visit("/")
	b.until("the page", "document.readyState === 'complete'")
	b.mu.Lock()
	total, count := 0.0, 0
	for _, r := range b.requests {
		n, whole := b.bytes[r.RequestID]
		if whole {
			total, count = total+n, count+1
			t.Logf("%7.0f bytes: %s", n, r.Request.URL)
		}
	}
	b.mu.Unlock()
	t.Logf("%d requests, %.1f KB", count, total/1000)
	if total > 100_000 || total == 0 {
		t.Errorf("the first ranking takes %.1f KB, want 100 at most", total/1000)
	}
	if count > 20 {
		t.Errorf("the first ranking takes %d requests", count)
	}
	if took := eval[float64](b, "performance.getEntriesByType('navigation')[0].responseEnd"); took > 0 {
		t.Logf("the page was there after %.0f ms, painted after %.0f ms", took, eval[float64](b, "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"))
	}
	b.clean("the first look")
}
