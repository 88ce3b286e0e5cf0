package wikipedia

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
	Projects       []string          `toml:"projects"` // "en.wikipedia"
	Every          scrapers.Duration `toml:"every"`    // between two tries while a day's list is not there
	Skip           []string          `toml:"skip"`     // titles, or prefixes with their colon
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Projects: []string{"en.wikipedia", "de.wikipedia", "es.wikipedia", "fr.wikipedia", "ja.wikipedia", "pt.wikipedia"},
		Every:    scrapers.Duration(time.Hour), Skip: []string{}, RequestsPerDay: 200,
		Base: "https://wikimedia.org/api/rest_v1",
	}
}

func (c *Config) check() error {
	if err := chart.CheckNames(name, "projects", c.Projects, ".-"); err != nil {
		return err
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Projects), c.Every, c.RequestsPerDay)
}
