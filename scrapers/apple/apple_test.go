package apple

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

func songs(at time.Time) []scrapetest.Row {
	rows := []scrapetest.Row{
		{ID: "1753052118", Title: "Paper Lanterns", Artist: "Mara Quill"},
		{ID: "1760000002", Title: "夜明けの歌", Artist: "青い鳥"},
	}
	return append(rows, scrapetest.Row{ID: at.Format("20060102"), Title: "Song of the day", Artist: "Various"})
}

// closed is an address at which nobody answers.
const closed = "http://127.0.0.1:9"

func source(t *testing.T, h *contract.Host, classic string, hosts ...string) *Source {
	t.Helper()
	c := Default()
	c.On, c.Storefronts, c.Hosts, c.Classic = true, []string{"us", "jp"}, hosts, classic
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewApple(songs, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return source(t, h, base, base)
		},
		Want: []string{
			"apple most-played/us sound:id:apple:1753052118", "apple most-played/us sound:id:apple:1760000002",
			"apple most-played/jp sound:id:apple:1753052118",
		},
	})
}

// TestStandIns: the second host gives the same list, the store another one, and nobody is asked under
// another name who does not want to be asked.
func TestStandIns(t *testing.T) {
	lists := func(h *contract.Host) string {
		var out []string
		for _, rec := range h.Records() {
			list, _, _ := strings.Cut(rec.Gauge.List, "/")
			if len(out) == 0 || out[len(out)-1] != list {
				out = append(out, list)
			}
		}
		return strings.Join(out, " ")
	}
	open := func(h *contract.Host) *scrapetest.Site {
		site, err := scrapetest.Open(scrapetest.NewApple(songs, h.Now))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = site.Close() })
		return site
	}
	h := contract.NewHost(now, 1)
	h.RunFor(t, source(t, h, closed, closed, open(h).URL), 24*time.Hour)
	if got := lists(h); got != "most-played" {
		t.Errorf("the second host gives %q", got)
	}
	h = contract.NewHost(now, 1)
	h.RunFor(t, source(t, h, open(h).URL, closed, closed), 24*time.Hour)
	if got := lists(h); got != "top-songs" {
		t.Errorf("the store gives %q", got)
	}
	h = contract.NewHost(now, 1)
	first, second := open(h), open(h)
	first.Always(scrapetest.TooMany("3600"))
	h.RunFor(t, source(t, h, second.URL, first.URL, second.URL), 24*time.Hour)
	if n := len(second.Seen()); n > 0 {
		t.Errorf("%d requests under another name to a host that said 429", n)
	}
}

// TestAVersionIsReadOnce: a list that is made once a day is delivered once a day.
func TestAVersionIsReadOnce(t *testing.T) {
	h := contract.NewHost(now, 1)
	site, err := scrapetest.Open(scrapetest.NewApple(songs, h.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	h.RunFor(t, source(t, h, "", site.URL), 3*24*time.Hour)
	got := map[string]int{}
	for _, rec := range h.Records() {
		if strings.HasSuffix(rec.Gauge.List, "/us") && rec.Gauge.Values[0].Value == 3 {
			got[rec.Gauge.Term.Key]++
		}
	}
	for key, n := range got {
		if n != 1 {
			t.Errorf("%s was delivered %d times", key, n)
		}
	}
	if len(got) < 3 || len(got) > 4 {
		t.Errorf("%d versions in three days", len(got))
	}
}

func TestSettings(t *testing.T) {
	for says, change := range map[string]func(*Config){
		`storefronts has "usa"`: func(c *Config) { c.Storefronts = []string{"usa"} },
		"songs = 30":            func(c *Config) { c.Songs = 30 },
		"hosts is empty":        func(c *Config) { c.Hosts = nil },
		`hosts = "apple"`:       func(c *Config) { c.Hosts = []string{"apple"} },
		`classic = "ftp://x"`:   func(c *Config) { c.Classic = "ftp://x" },
		"requests_per_day = 1":  func(c *Config) { c.RequestsPerDay = 1 },
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
