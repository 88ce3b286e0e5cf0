package tiktok

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

var now = time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)

const espresso = "7411103147315349520"

func trends(at time.Time) []scrapetest.Row {
	grown := at.Unix() / 60
	return []scrapetest.Row{
		{ID: "1600482361", Title: "booktok", Total: 310_200_000_000 + grown},
		{ID: "1600482362", Title: "夏コミ", Total: 5_000_000 + grown},
		{ID: espresso, Title: "Espresso", Artist: "Mara Quill", Total: 863_958_000 + grown},
	}
}

func config(base string) Config {
	c := Default()
	c.On, c.AcceptTerms, c.Host, c.AdsHost = true, true, base, base
	c.Tags, c.Sounds, c.CreativeCenter = []string{"booktok", "夏コミ"}, []string{espresso}, []string{"hashtag", "music"}
	return c
}

func source(t *testing.T, c Config, h *contract.Host) *Source {
	t.Helper()
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t *testing.T, h *contract.Host) *scrapetest.Site {
	t.Helper()
	site, err := scrapetest.Open(scrapetest.NewTikTok(trends, h.Now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	return site
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewTikTok(trends, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return source(t, config(base), h)
		},
		Want: []string{
			"tiktok tag-pages hashtag:booktok", "tiktok tag-pages hashtag:夏コミ", "tiktok sound-pages sound:id:tiktok:" + espresso,
			"tiktok creative-center/hashtag/us hashtag:booktok", "tiktok creative-center/music/us sound:id:tiktok:" + espresso,
		},
		Live: func(list string) bool { return strings.HasSuffix(list, "-pages") },
	})
}

// TestADay: every page is read about once an hour, pages are as far apart as the pace, and those without
// numbers are told as a word and never as zero.
func TestADay(t *testing.T) {
	h := contract.NewHost(now, 1)
	site := open(t, h)
	c := config(site.URL)
	c.CreativeCenter = []string{"hashtag"}
	h.RunFor(t, source(t, c, h), 24*time.Hour)
	reads := map[string]int{}
	for _, rec := range h.Records() {
		reads[contract.Name(&rec)]++
		for _, v := range rec.Gauge.Values {
			if v.Value <= 0 {
				t.Errorf("%s has %s = %v", contract.Name(&rec), v.Name, v.Value)
			}
		}
	}
	for name, n := range reads {
		if least := 12; !strings.Contains(name, "creative") && (n < least || n > 25) {
			t.Errorf("%s was read %d times in a day", name, n)
		} else if strings.Contains(name, "creative") && n != 2 {
			t.Errorf("%s, which is made once a day, was read %d times on two days", name, n)
		}
	}
	words, _ := h.Reached(scrapers.OK)
	told := false
	for _, w := range words {
		told = told || w != nil && strings.Contains(w.Error(), "no numbers in")
	}
	if !told {
		t.Error("nobody was told that some pages had no numbers in them")
	}
	for _, s := range []scrapers.State{scrapers.SchemaChanged, scrapers.Blocked, scrapers.Unreachable} {
		if errs, ok := h.Reached(s); ok {
			t.Errorf("it was in trouble: %v", errs[0])
		}
	}
	if n := len(site.Seen()); n > c.RequestsPerDay {
		t.Errorf("%d requests in a day", n)
	}
}

// paced is a fetcher's clock beside a list of when pages were asked for.
func askedAt(h *contract.Host, at *[]time.Time) func(now func() time.Time) http.Handler {
	return func(now func() time.Time) http.Handler {
		next := scrapetest.NewTikTok(trends, now)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/robots.txt" {
				*at = append(*at, h.Now())
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TestPace: no two pages are asked for within the pace, across restarts and refusals too.
func TestPace(t *testing.T) {
	h := contract.NewHost(now, 1)
	var at []time.Time
	site, err := scrapetest.Open(askedAt(h, &at)(h.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	c := config(site.URL)
	c.CreativeCenter, c.Every = nil, scrapers.Duration(2*time.Minute)
	c.RequestsPerDay = 0
	for range 5 {
		h.RunFor(t, source(t, c, h), 20*time.Minute)
	}
	if len(at) < 50 {
		t.Fatalf("%d pages in 100 minutes", len(at))
	}
	for i := 1; i < len(at); i++ {
		if d := at[i].Sub(at[i-1]); d < leastPace-time.Second {
			t.Errorf("two pages %s apart", d)
		}
	}
}

// TestRefusals: a captcha stops everything for hours, longer each time, over restarts; nothing is
// asked meanwhile, and one page that comes ends it.
func TestRefusals(t *testing.T) {
	for what, refusal := range map[string]scrapetest.Failure{
		"a page":  scrapetest.Captcha(),
		"JSON":    scrapetest.Body("application/json", `{"code":"10000","type":"verify","subtype":"slide"}`),
		"nothing": scrapetest.Body("text/html", ""),
		"403":     scrapetest.Forbidden(),
	} {
		t.Run(what, func(t *testing.T) {
			h := contract.NewHost(now, 1)
			site := open(t, h)
			site.Always(refusal)
			c := config(site.URL)
			c.CreativeCenter = nil
			for hour := 0; hour < 14*24; hour += 7 { // restarted every seven hours
				h.RunFor(t, source(t, c, h), 7*time.Hour)
				if state := h.Part("pages"); state != scrapers.Blocked {
					t.Fatalf("after %d hours of captchas the state is %s", hour, state)
				}
			}
			// 2+4+8+16 hours, then a day each, and half as much at random.
			if n := len(site.Seen()); n < 10 || n > 18 {
				t.Errorf("%d requests in two weeks of captchas", n)
			}
			if len(h.Records()) > 0 || len(h.Rejects()) > 0 {
				t.Error("something came out of a captcha")
			}
			site.Always(nil)
			h.RunFor(t, source(t, c, h), 48*time.Hour)
			if state := h.Part("pages"); state != scrapers.OK || len(h.Records()) < 50 {
				t.Errorf("two days later the state is %s, and there are %d records", state, len(h.Records()))
			}
		})
	}
}

// TestDry: a dozen answers in a row without numbers are a trouble, and none of them a zero.
func TestDry(t *testing.T) {
	h := contract.NewHost(now, 1)
	site := open(t, h)
	site.Always(scrapetest.Body("text/html", `<!DOCTYPE html><html><head><title>TikTok</title></head><body><div id="app"></div></body></html>`))
	c := config(site.URL)
	c.CreativeCenter = nil
	h.RunFor(t, source(t, c, h), 24*time.Hour)
	errs, ok := h.Reached(scrapers.SchemaChanged)
	if !ok || !strings.Contains(errs[0].Error(), "none of the last 12 answers") {
		t.Errorf("it says %v", errs)
	}
	if len(h.Records()) > 0 {
		t.Error("records came out of nothing")
	}
	site.Always(nil)
	h.RunFor(t, source(t, c, h), 24*time.Hour)
	if h.Part("pages") != scrapers.OK || len(h.Records()) == 0 {
		t.Errorf("a day later the state is %s", h.Part("pages"))
	}
}

// TestAMissingPage costs itself alone.
func TestAMissingPage(t *testing.T) {
	h := contract.NewHost(now, 1)
	site := open(t, h)
	c := config(site.URL)
	c.CreativeCenter, c.Tags = nil, []string{"nosuchtag", "booktok"}
	site.Script(scrapetest.NotFound(), nil, scrapetest.Gone(), nil, scrapetest.NotFound())
	h.RunFor(t, source(t, c, h), 12*time.Hour)
	if len(h.Rejects()) < 10 || h.Part("pages") != scrapers.OK {
		t.Errorf("%d rejected, state %s", len(h.Rejects()), h.Part("pages"))
	}
	if len(h.Records()) < 10 {
		t.Errorf("%d records of the other pages", len(h.Records()))
	}
}

func TestSettings(t *testing.T) {
	for says, change := range map[string]func(*Config){
		"accept_terms = false":                 func(c *Config) { c.AcceptTerms = false },
		`tags has "#a"`:                        func(c *Config) { c.Tags = []string{"#a"} },
		`tags has "A"`:                         func(c *Config) { c.Tags = []string{"a", "A"} },
		`sounds has "x"`:                       func(c *Config) { c.Sounds = []string{"x"} },
		`creative_center has "video"`:          func(c *Config) { c.CreativeCenter = []string{"video"} },
		`pace = "10s"`:                         func(c *Config) { c.Pace = scrapers.Duration(10 * time.Second) },
		`host = "tiktok.com"`:                  func(c *Config) { c.Host = "tiktok.com" },
		`ads_host = ""`:                        func(c *Config) { c.AdsHost = "" },
		"names nothing":                        func(c *Config) { c.Tags, c.Sounds, c.CreativeCenter = nil, nil, nil },
		"requests_per_day = 100":               func(c *Config) { c.RequestsPerDay = 100 },
		`3 pages with pace = "30s" take 1m30s`: func(c *Config) { c.Every = scrapers.Duration(time.Minute) },
	} {
		c := config("https://www.tiktok.com")
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want something with %q", err, says)
		}
	}
	if _, err := New(config("https://www.tiktok.com"), nil); err != nil {
		t.Errorf("good settings are refused: %v", err)
	}
}
