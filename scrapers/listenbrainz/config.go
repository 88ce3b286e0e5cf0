package listenbrainz

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
	Ranges         []string          `toml:"ranges"`     // "this_week"
	Recordings     int               `toml:"recordings"` // of each range, at most 100
	Every          scrapers.Duration `toml:"every"`      // between two polls of a range
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Ranges: []string{"this_week"}, Recordings: mostRecordings, Every: scrapers.Duration(2 * time.Hour),
		RequestsPerDay: 100, Base: "https://api.listenbrainz.org",
	}
}

// mostRecordings is the most that one request gives.
const mostRecordings = 100

// The ranges that ListenBrainz has: those that are under way, whose listens only grow until the
// next one begins, and the others.
var (
	running = []string{"this_week", "this_month", "this_year", "all_time"}
	others  = []string{"week", "month", "quarter", "year", "half_yearly"}
)

func (c *Config) check() error {
	for i, r := range c.Ranges {
		if known := slices.Concat(running, others); !slices.Contains(known, r) || slices.Contains(c.Ranges[:i], r) {
			return fmt.Errorf("[sources.%s] ranges has %q: give each once, of %v", name, r, known)
		}
	}
	if c.Recordings < 1 || c.Recordings > mostRecordings {
		return fmt.Errorf("[sources.%s] recordings = %d: give 1 to %d", name, c.Recordings, mostRecordings)
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Ranges), c.Every, c.RequestsPerDay)
}
