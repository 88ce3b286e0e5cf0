package apple

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
)

// Sample is the section of the configuration with every key, its meaning and its default.
//
//go:embed sample.toml
var Sample string

// Config are the settings of the source.
type Config struct {
	On             bool              `toml:"on"`
	Storefronts    []string          `toml:"storefronts"` // "us"
	Songs          int               `toml:"songs"`       // of each list: 10, 25, 50 or 100
	Every          scrapers.Duration `toml:"every"`       // between two polls of a list
	RequestsPerDay int               `toml:"requests_per_day"`
	Hosts          []string          `toml:"hosts"`
	Classic        string            `toml:"classic"` // the host of the older list, or empty
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Storefronts: []string{"us", "gb", "de", "fr", "jp", "br", "mx", "in"}, Songs: 100,
		Every: scrapers.Duration(2 * time.Hour), RequestsPerDay: 300,
		Hosts:   []string{"https://rss.marketingtools.apple.com", "https://rss.applemarketingtools.com"},
		Classic: "https://itunes.apple.com",
	}
}

func (c *Config) check() error {
	if err := chart.CheckNames(name, "storefronts", c.Storefronts, ""); err != nil {
		return err
	}
	for _, s := range c.Storefronts {
		if len(s) != 2 || s != strings.ToLower(s) {
			return fmt.Errorf("[sources.%s] storefronts has %q: give two small letters, as in \"us\"", name, s)
		}
	}
	if sizes := []int{10, 25, 50, 100}; !slices.Contains(sizes, c.Songs) {
		return fmt.Errorf("[sources.%s] songs = %d: Apple has lists of %v", name, c.Songs, sizes)
	}
	if len(c.Hosts) == 0 {
		return fmt.Errorf("[sources.%s] hosts is empty: name the host of the lists, as in %q", name, Default().Hosts[0])
	}
	for _, h := range c.Hosts {
		if err := chart.CheckBase(name, "hosts", h); err != nil {
			return err
		}
	}
	if c.Classic != "" {
		if err := chart.CheckBase(name, "classic", c.Classic); err != nil {
			return err
		}
	}
	return chart.Check(name, len(c.Storefronts), c.Every, c.RequestsPerDay)
}
