package nostr

import (
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// A relay that has refused is asked after a restart when it would have been without one.
func TestARefusalStandsOverRestarts(t *testing.T) {
	h := contract.NewHost(began, 1)
	site := open(t, scrapetest.NewNostr(few, h.Now))
	name := strings.TrimPrefix(site.URL, "http://")
	h.Report(name, &scrapers.Trouble{State: scrapers.Blocked, Why: "blocked: no", After: 5 * time.Hour})
	if err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return len(site.Seen()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if waited := h.Now().Sub(began); waited < 5*time.Hour {
		t.Errorf("it is asked after %v", waited)
	}
}
