package nostr

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

func TestRecent(t *testing.T) {
	r := newRecent[int, int](10)
	for i := range 1000 {
		r.put(i, i)
		r.put(i, i+1)
		for j := max(0, i-9); j <= i; j++ {
			if v, ok := r.get(j); !ok || v != j+1 {
				t.Fatalf("%d of the last ten up to %d is forgotten", j, i)
			}
		}
		if n := len(r.now) + len(r.past); n > 20 {
			t.Fatalf("%d are remembered", n)
		}
	}
}

func TestConfig(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                       func(*Config) {},
		"relays is empty":        func(c *Config) { c.Relays = nil },
		"the most is 50":         func(c *Config) { c.Relays = slices.Repeat(c.Relays, 13) },
		`"relay.damus.io" is no`: func(c *Config) { c.Relays = []string{"relay.damus.io"} },
		"names nos.lol twice":    func(c *Config) { c.Relays = []string{"wss://nos.lol", "wss://NOS.lol/"} },
		"fill is 25h0m0s":        func(c *Config) { c.Fill = scrapers.Duration(25 * time.Hour) },
		"max_age is 0s":          func(c *Config) { c.MaxAge = 0 },
		"late is 1s":             func(c *Config) { c.Late = scrapers.Duration(time.Second) },
		"silence is 1s":          func(c *Config) { c.Silence = scrapers.Duration(time.Second) },
		"per_author is -1":       func(c *Config) { c.PerAuthor = -1 },
		"requests_per_day is -1": func(c *Config) { c.RequestsPerDay = -1 },
	} {
		c := Default()
		change(&c)
		_, err := New(c, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "sources.nostr.") || !strings.Contains(err.Error(), want)) {
			t.Errorf("want %q, it says %v", want, err)
		}
	}
}
