package misskey

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
	Instances      []string          `toml:"instances"` // host names, or addresses
	Every          scrapers.Duration `toml:"every"`
	RequestsPerDay int               `toml:"requests_per_day"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{Instances: []string{"misskey.io"}, Every: scrapers.Duration(10 * time.Minute), RequestsPerDay: 2000}
}

// check returns what is wrong with the settings.
func (c *Config) check() error {
	for i, in := range c.Instances {
		if err := chart.CheckBase(name, "instances", base(in)); err != nil {
			return err
		}
		if slices.ContainsFunc(c.Instances[:i], func(other string) bool { return host(other) == host(in) }) {
			return fmt.Errorf("[sources.%s] instances has %q twice: remove one", name, in)
		}
	}
	return chart.Check(name, len(c.Instances), c.Every, c.RequestsPerDay)
}

// base returns the address of an instance, without a slash at its end.
func base(instance string) string {
	if !strings.Contains(instance, "://") {
		instance = "https://" + instance
	}
	return strings.TrimRight(instance, "/")
}

// host returns the name of an instance: what its part is called by.
func host(instance string) string {
	_, rest, _ := strings.Cut(base(instance), "://")
	return strings.ToLower(rest)
}
