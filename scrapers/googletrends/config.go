package googletrends

import (
	_ "embed"
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
	Geos           []string          `toml:"geos"` // ISO 3166
	Every          scrapers.Duration `toml:"every"`
	FeedReader     bool              `toml:"feed_reader"` // robots.txt is not asked
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{Geos: []string{"US"}, Every: scrapers.Duration(30 * time.Minute), RequestsPerDay: 1000, Base: "https://trends.google.com"}
}

// check returns what is wrong with the settings.
func (c *Config) check() error {
	if err := chart.CheckNames(name, "geos", c.Geos, "-"); err != nil {
		return err
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Geos), c.Every, c.RequestsPerDay)
}
