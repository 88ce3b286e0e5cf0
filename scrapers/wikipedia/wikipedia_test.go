package wikipedia

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// pages is a chart of which the last page is another one every day.
func pages(at time.Time) []scrapetest.Row {
	rows := []scrapetest.Row{{Title: "Lake Vostok", Total: 5000}, {Title: "Bodensee", Total: 400}}
	return append(rows, scrapetest.Row{Title: "Day " + at.Format("2006-01-02"), Total: 30})
}

func source(t *testing.T, base string, h *contract.Host, projects ...string) *Source {
	t.Helper()
	c := Default()
	c.On, c.Base, c.Projects = true, base, projects
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewWikipedia(pages, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return source(t, base, h, "en.wikipedia", "de.wikipedia")
		},
		Want: []string{
			"wikipedia top/en.wikipedia keyword:lake vostok", "wikipedia top/en.wikipedia keyword:bodensee",
			"wikipedia top/de.wikipedia keyword:lake vostok",
		},
	})
}

// TestADayIsReadOnce: over three days each list is delivered once, however often it was
// asked for, and that it is not there in the morning is no trouble.
func TestADayIsReadOnce(t *testing.T) {
	h := contract.NewHost(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC), 1)
	site, err := scrapetest.Open(scrapetest.NewWikipedia(pages, h.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	h.RunFor(t, source(t, site.URL, h, "en.wikipedia"), 3*24*time.Hour)
	days := map[string]int{}
	for _, rec := range h.Records() {
		if key := rec.Gauge.Term.Key; strings.HasPrefix(key, "day ") {
			days[key]++
		}
	}
	if got := fmt.Sprint(days); got != "map[day 2026-11-19:1 day 2026-11-20:1 day 2026-11-21:1 day 2026-11-22:1]" {
		t.Errorf("lists were read so often: %s", got)
	}
	for s := range scrapers.Ended {
		if errs, ok := h.Reached(s); ok && s != scrapers.OK {
			t.Errorf("it was in trouble: %v", errs)
		}
	}
	if n := len(site.Seen()); n > 3*24+2 {
		t.Errorf("%d requests in three days", n)
	}
}

// TestOldListsMissing: where the list of the day before is missing too, something is wrong.
func TestOldListsMissing(t *testing.T) {
	h := contract.NewHost(now, 1)
	site, err := scrapetest.Open(http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	h.RunFor(t, source(t, site.URL, h, "xx.wikipedia"), 2*time.Hour)
	if _, told := h.Reached(scrapers.Unreachable); !told {
		t.Error("nobody was told")
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]func(*Config){
		`projects has "en.wikipedia/x"`: func(c *Config) { c.Projects = []string{"en.wikipedia/x"} },
		"names nothing to ask for":      func(c *Config) { c.Projects = nil },
		"requests_per_day = 10":         func(c *Config) { c.RequestsPerDay = 10 },
		`base = "wikimedia.org"`:        func(c *Config) { c.Base = "wikimedia.org" },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v; want something with %q", err, name)
		}
	}
}
