package reddit

import (
	_ "embed"
	"fmt"
	"slices"
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
	Subreddits     []string          `toml:"subreddits"` // names
	Sort           string            `toml:"sort"`       // "new", "hot", "rising" or "top"
	Every          scrapers.Duration `toml:"every"`
	FeedReader     bool              `toml:"feed_reader"` // robots.txt is not asked
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Subreddits: []string{}, Sort: "new", Every: scrapers.Duration(5 * time.Minute), RequestsPerDay: 5000,
		Base: "https://www.reddit.com",
	}
}

// check returns what is wrong with the settings.
func (c *Config) check() error {
	if err := chart.CheckNames(name, "subreddits", c.Subreddits, "_"); err != nil {
		return err
	}
	if !slices.Contains([]string{"new", "hot", "rising", "top"}, c.Sort) {
		return fmt.Errorf("[sources.%s] sort = %q: it is \"new\", \"hot\", \"rising\" or \"top\"", name, c.Sort)
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Subreddits), c.Every, c.RequestsPerDay)
}
