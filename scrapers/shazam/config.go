package shazam

import (
	_ "embed"
	"fmt"
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
	AcceptTerms    bool              `toml:"accept_terms"` // see [Sample]
	Charts         []string          `toml:"charts"`       // "top-200/world"
	Every          scrapers.Duration `toml:"every"`        // between two polls of a chart
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Charts: []string{"top-200/world"}, Every: scrapers.Duration(6 * time.Hour), RequestsPerDay: 50,
		Base: "https://www.shazam.com/services/charts/csv",
	}
}

func (c *Config) check() error {
	if !c.AcceptTerms {
		return fmt.Errorf("[sources.%s] accept_terms = false: Shazam does not offer its files to programs; read its terms and set accept_terms = true, or on = false", name)
	}
	if err := chart.CheckNames(name, "charts", c.Charts, "/-"); err != nil {
		return err
	}
	for _, list := range c.Charts {
		if !strings.Contains(list, "/") || strings.HasPrefix(list, "/") || strings.HasSuffix(list, "/") || strings.Contains(list, "//") {
			return fmt.Errorf("[sources.%s] charts has %q: write it as in the address, \"top-200/world\"", name, list)
		}
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Charts), c.Every, c.RequestsPerDay)
}
