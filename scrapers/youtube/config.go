package youtube

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
	Channels       []string          `toml:"channels"`  // IDs
	Playlists      []string          `toml:"playlists"` // IDs
	Every          scrapers.Duration `toml:"every"`
	FeedReader     bool              `toml:"feed_reader"` // robots.txt is not asked
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Channels: []string{}, Playlists: []string{}, Every: scrapers.Duration(15 * time.Minute), FeedReader: true,
		RequestsPerDay: 20_000, Base: "https://www.youtube.com",
	}
}

// check returns what is wrong with the settings.
func (c *Config) check() error {
	if err := chart.CheckNames(name, "channels", c.Channels, "_-"); err != nil {
		return err
	}
	if err := chart.CheckNames(name, "playlists", c.Playlists, "_-"); err != nil {
		return err
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Channels)+len(c.Playlists), c.Every, c.RequestsPerDay)
}
