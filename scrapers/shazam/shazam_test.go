package shazam

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

func songs(at time.Time) []scrapetest.Row {
	rows := []scrapetest.Row{
		{Title: "Paper Lanterns", Artist: "Mara Quill"}, {Title: "夜明けの歌", Artist: "青い鳥"},
		{Title: "Week of " + at.Format("2006-01-02"), Artist: "Various"}, {Title: "Mañana", Artist: "Los Nublados"},
	}
	for i := range 20 {
		rows = append(rows, scrapetest.Row{Title: "Song " + string(rune('A'+i)), Artist: "Ada"})
	}
	return rows
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewShazam(songs, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.On, c.AcceptTerms, c.Base, c.Charts = true, true, base, []string{"top-200/world", "top-50/germany/berlin"}
			s, err := New(c, h.Client(t))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		Want: []string{
			"shazam top-200/world sound:name:mara quill␟paper lanterns", "shazam top-200/world sound:name:los nublados␟mañana",
			"shazam top-50/germany/berlin sound:name:青い鳥␟夜明けの歌",
		},
		// Half of a file is a file with half of the rows: nothing in it tells.
		States: map[string][]scrapers.State{"cut": nil},
	})
}

// TestAFileWithoutADate: a chart that changes is read anew, whatever stands above it, and one that does not is not.
func TestAFileWithoutADate(t *testing.T) {
	h := contract.NewHost(now, 1)
	site, err := scrapetest.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		_, _ = fmt.Fprintf(w, "Shazam Top 200 World\n\nRank,Artist,Title\n1,Ada,Song %d\n2,Mara Quill,Paper Lanterns\n", h.Now().Unix()/86400) // a client that is gone needs no answer
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	c := Default()
	c.On, c.AcceptTerms, c.Base, c.Charts = true, true, site.URL, []string{"top-200/world"}
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	h.RunFor(t, s, 7*24*time.Hour)
	days := map[string]bool{}
	for _, rec := range h.Records() {
		days[rec.Gauge.Term.Key] = true
	}
	if n := len(h.Records()); n < 14 || n > 16 || len(days) < 8 {
		t.Errorf("%d readings of %d sounds in a week of days with two each, one of them new", n, len(days))
	}
}

// TestRepair: what was mangled is repaired, whatever it was, and what was not stays.
func TestRepair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("aé€ñ夜🙂’ Ã©â"))).Draw(t, "text")
		mangled := make([]rune, 0, len(s))
		for _, b := range []byte(s) {
			mangled = append(mangled, rune(b))
		}
		if got := repair(string(mangled)); got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
	})
	for _, s := range []string{"Beyoncé", "Mötley Crüe", "Sigur Rós", "naïve café", "夜明けの歌", "façade – ½ ©", "Ã", "â€", "100 °C", "P!nk"} {
		if got := repair(s); got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	}
	for mangled, s := range map[string]string{"BeyoncÃ©": "Beyoncé", "Itâ€™s": "It’s", "Ø¹Ù…Ø±": "عمر"} {
		if got := repair(mangled); got != s {
			t.Errorf("%q becomes %q, want %q", mangled, got, s)
		}
	}
}

func TestSettings(t *testing.T) {
	good := Default()
	good.AcceptTerms = true
	for says, change := range map[string]func(*Config){
		"accept_terms = false":   func(c *Config) { c.AcceptTerms = false },
		`charts has "world"`:     func(c *Config) { c.Charts = []string{"world"} },
		`charts has "top//x"`:    func(c *Config) { c.Charts = []string{"top//x"} },
		`charts has "../x"`:      func(c *Config) { c.Charts = []string{"../x"} },
		"names nothing":          func(c *Config) { c.Charts = nil },
		`base = "shazam.com"`:    func(c *Config) { c.Base = "shazam.com" },
		"requests_per_day = 3: ": func(c *Config) { c.RequestsPerDay = 3 },
	} {
		c := good
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want something with %q", err, says)
		}
	}
	if _, err := New(good, nil); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}
