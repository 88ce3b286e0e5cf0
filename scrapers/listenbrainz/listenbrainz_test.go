package listenbrainz

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

const lanterns = "0e7b1d3a-7c1f-4f58-9b9a-0a1b2c3d4e5f"

func recordings(at time.Time) []scrapetest.Row {
	return []scrapetest.Row{
		{ID: lanterns, Title: "Paper Lanterns", Artist: "Mara Quill", Total: 100 + 10*int64(at.Weekday())},
		{Title: "Mañana", Artist: "Los Nublados", Total: 5},
	}
}

func source(t *testing.T, base string, h *contract.Host, ranges ...string) *Source {
	t.Helper()
	c := Default()
	c.On, c.Base, c.Ranges = true, base, ranges
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewListenBrainz(recordings, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return source(t, base, h, "this_week", "week")
		},
		Want: []string{
			"listenbrainz sitewide/this_week sound:mbid:" + lanterns, "listenbrainz sitewide/this_week sound:name:los nublados␟mañana",
			"listenbrainz sitewide/week sound:mbid:" + lanterns,
		},
	})
}

// TestAWeek: each day's list is read once, an empty Monday morning is no trouble, and the
// total falls with the new week as ListenBrainz says it.
func TestAWeek(t *testing.T) {
	h := contract.NewHost(now, 1) // a Friday
	site, err := scrapetest.Open(scrapetest.NewListenBrainz(recordings, h.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	h.RunFor(t, source(t, site.URL, h, "this_week"), 4*24*time.Hour)
	var got []float64
	for _, rec := range h.Records() {
		if strings.HasSuffix(rec.Gauge.Term.Key, lanterns) {
			got = append(got, rec.Gauge.Values[0].Value)
		}
	}
	want := []float64{150, 160, 100, 110, 120} // Friday to Tuesday
	if len(got) != len(want) {
		t.Fatalf("listens were read as %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("listens were read as %v, want %v", got, want)
		}
	}
	if errs, ok := h.Reached(scrapers.SchemaChanged); ok {
		t.Errorf("it was in trouble: %v", errs)
	}
}

func TestSettings(t *testing.T) {
	for says, change := range map[string]func(*Config){
		`ranges has "today"`:     func(c *Config) { c.Ranges = []string{"today"} },
		`ranges has "week"`:      func(c *Config) { c.Ranges = []string{"week", "week"} },
		"names nothing":          func(c *Config) { c.Ranges = nil },
		"recordings = 0":         func(c *Config) { c.Recordings = 0 },
		`base = ""`:              func(c *Config) { c.Base = "" },
		"requests_per_day = 11:": func(c *Config) { c.RequestsPerDay = 11 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want something with %q", err, says)
		}
	}
	if _, err := New(Default(), nil); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}
