package googletrends

import (
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func read(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	p, err := decode(body)
	records, rejected := listOf("US").Records(now, p.Rows)
	return records, append(p.Rejected, rejected...), err
}

func TestCases(t *testing.T) { contract.Cases(t, folder, *update, read) }

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read("", body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
	})
}

func TestLowerBound(t *testing.T) {
	for s, want := range map[string]float64{
		"200,000+": 200_000, "50K+": 50_000, "50k": 50_000, "2M+": 2e6, "1.5M+": 1.5e6, "1천+": 1000, "5만+": 50_000, "2万+": 20_000, "1.000+": 1000, "1 000+": 1000,
		"10\u00a0000+": 10_000, "1,234,567": 1_234_567, "2,5 tys.+": 2500, "5 Mio.+": 5e6, "20 mil+": 20_000, "10 тыс.+": 10_000, "1 लाख+": 100_000, "١٠٠٬٠٠٠+": 100_000,
		"٥ آلاف+": 5000, "100+": 100, "0+": 0, "500 N+": 500_000, "1'000+": 1000, " 20+ ": 20,
	} {
		if got, ok := lowerBound(s); !ok || got != want {
			t.Errorf("%q is %v, %t; want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "+", "K+", "many", "5 gazillion+", "1,2,3", "-5", "1..000", "99999999999999999999", "12,34,567", "1e9", "½"} {
		if got, ok := lowerBound(s); ok {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func FuzzLowerBound(f *testing.F) {
	for _, s := range []string{"200,000+", "50K+", "1천+", "2,5 tys.+", "١٠٠٬٠٠٠+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := lowerBound(s)
		if n < 0 || n > 1e12 || n != n || !ok && n != 0 {
			t.Errorf("%q is %v, %t", s, n, ok)
		}
	})
}

// searches grow by the hour.
func searches(at time.Time) []scrapetest.Row {
	return []scrapetest.Row{{Title: "first snow", Total: 1000 * (at.Unix() / 3600 % 97)}, {Title: "return to office", Total: 23_456}, {Title: "no number"}}
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewGoogleTrends(searches, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.Geos, c.Base = []string{"US", "GB"}, base
			s, err := New(c, h.Client(t))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		Want: []string{"google trending/us keyword:first snow", "google trending/us keyword:no number", "google trending/gb keyword:return to office"},
	})
}

func TestSettingsSayTheWayOut(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                     func(*Config) {},
		"names nothing":        func(c *Config) { c.Geos = nil },
		`geos has "U S"`:       func(c *Config) { c.Geos = []string{"U S"} },
		`base = "google"`:      func(c *Config) { c.Base = "google" },
		`every = "1s"`:         func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		"requests_per_day = 1": func(c *Config) { c.RequestsPerDay = 1 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}
