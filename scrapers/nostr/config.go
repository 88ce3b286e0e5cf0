package nostr

import (
	_ "embed"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// Sample is the source's section of the configuration, every key with a comment and its default.
//
//go:embed sample.toml
var Sample string

// Config are the settings of the source.
type Config struct {
	On             bool              `toml:"on"`
	RequestsPerDay int               `toml:"requests_per_day"` // connections, of all relays; 0: without bound
	Relays         []string          `toml:"relays"`           // addresses: ws or wss
	Fill           scrapers.Duration `toml:"fill"`             // how far back a first run begins
	MaxAge         scrapers.Duration `toml:"max_age"`          // how far back a later run goes on from
	Late           scrapers.Duration `toml:"late"`             // how old a note may be that comes as a new one
	PerAuthor      int               `toml:"per_author"`       // notes a minute that are counted; 0: without bound
	Silence        scrapers.Duration `toml:"silence"`          // without a message: the connection is given up
}

// Default returns the settings that a configuration without this section has.
func Default() Config {
	return Config{
		RequestsPerDay: 2000,
		Relays: []string{
			"wss://relay.damus.io",
			"wss://nos.lol",
			"wss://relay.primal.net",
			"wss://relay.snort.social",
		},
		MaxAge:    scrapers.Duration(10 * time.Minute),
		Late:      scrapers.Duration(10 * time.Minute),
		PerAuthor: 10,
		Silence:   scrapers.Duration(10 * time.Minute),
	}
}

// mostRelays bounds the connections that are open at once.
const mostRelays = 50

// relay is one part of the input.
type relay struct {
	name, address string // "relay.damus.io"; with scheme
}

func (c *Config) relays() ([]relay, error) {
	switch n := len(c.Relays); {
	case n == 0:
		return nil, fmt.Errorf("sources.nostr.relays is empty: name a relay, or set on = false")
	case n > mostRelays:
		return nil, fmt.Errorf("sources.nostr.relays names %d relays, the most is %d: the large ones have nearly everything", n, mostRelays)
	}
	var relays []relay
	met := map[string]bool{}
	for _, text := range c.Relays {
		u, err := url.Parse(text)
		if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("sources.nostr.relays: %q is no address of a relay: write it as \"wss://relay.damus.io\"", text)
		}
		name := strings.ToLower(u.Host) + strings.TrimSuffix(u.Path, "/")
		if met[name] {
			return nil, fmt.Errorf("sources.nostr.relays names %s twice: leave one out", name)
		}
		met[name] = true
		relays = append(relays, relay{name: name, address: u.String()})
	}
	return relays, nil
}

func (c *Config) check() error {
	for _, d := range []struct {
		key         string
		value       scrapers.Duration
		least, most time.Duration
	}{
		{"fill", c.Fill, 0, 24 * time.Hour},
		{"max_age", c.MaxAge, time.Minute, 72 * time.Hour},
		{"late", c.Late, time.Minute, 24 * time.Hour},
		{"silence", c.Silence, 5 * time.Second, 24 * time.Hour},
	} {
		if v := time.Duration(d.value); v < d.least || v > d.most {
			return fmt.Errorf("sources.nostr.%s is %v: it may be from %v to %v", d.key, v, d.least, d.most)
		}
	}
	switch {
	case c.PerAuthor < 0:
		return fmt.Errorf("sources.nostr.per_author is %d: it may not be negative; 0 is without bound", c.PerAuthor)
	case c.RequestsPerDay < 0:
		return fmt.Errorf("sources.nostr.requests_per_day is %d: it may not be negative; 0 is without bound", c.RequestsPerDay)
	}
	return nil
}
