package mastodon

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/term"
)

// Sample is the section of the configuration with every key, its meaning and its default.
//
//go:embed sample.toml
var Sample string

// Config are the settings of the source.
type Config struct {
	On             bool              `toml:"on"`
	Instances      []string          `toml:"instances"` // host names, or addresses
	Timeline       string            `toml:"timeline"`  // "all", "local" or "none"
	Every          scrapers.Duration `toml:"every"`
	Pages          int               `toml:"pages"`   // most pages of 40 in one poll
	Overlap        scrapers.Duration `toml:"overlap"` // of two polls of "all"
	Tags           []string          `toml:"tags"`    // whose timelines are read
	TagsEvery      scrapers.Duration `toml:"tags_every"`
	Trends         bool              `toml:"trends"`
	TrendsEvery    scrapers.Duration `toml:"trends_every"`
	Bots           bool              `toml:"bots"`
	RequestsPerDay int               `toml:"requests_per_day"`
}

// What [Config.Timeline] may be.
const (
	timelineAll   = "all"
	timelineLocal = "local"
	timelineNone  = "none"
)

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Instances: []string{"mastodon.social", "mstdn.social", "mstdn.jp", "mas.to"},
		Timeline:  timelineLocal, Every: scrapers.Duration(30 * time.Second), Pages: 5, Overlap: scrapers.Duration(20 * time.Second),
		Tags: []string{}, TagsEvery: scrapers.Duration(2 * time.Minute),
		Trends: true, TrendsEvery: scrapers.Duration(15 * time.Minute),
		RequestsPerDay: 70_000,
	}
}

const (
	shortestEvery = 5 * time.Second // an instance takes 300 requests in five minutes
	mostPages     = 20
	mostOverlap   = 10 * time.Minute
)

// check returns what is wrong with the settings.
func (c *Config) check() error {
	if len(c.Instances) == 0 {
		return fmt.Errorf("[sources.%s] instances is empty: name one, as in \"mastodon.social\", or set on = false", name)
	}
	for i, in := range c.Instances {
		if err := chart.CheckBase(name, "instances", base(in)); err != nil {
			return err
		}
		if slices.ContainsFunc(c.Instances[:i], func(other string) bool { return host(other) == host(in) }) {
			return fmt.Errorf("[sources.%s] instances has %q twice: remove one", name, in)
		}
	}
	if !slices.Contains([]string{timelineAll, timelineLocal, timelineNone}, c.Timeline) {
		return fmt.Errorf("[sources.%s] timeline = %q: it is \"all\", \"local\" or \"none\"", name, c.Timeline)
	}
	if c.Timeline == timelineNone && len(c.Tags) == 0 && !c.Trends {
		return fmt.Errorf("[sources.%s] has nothing to read: choose a timeline, tags or trends, or set on = false", name)
	}
	for _, every := range []struct {
		key   string
		value scrapers.Duration
	}{{"every", c.Every}, {"tags_every", c.TagsEvery}, {"trends_every", c.TrendsEvery}} {
		if time.Duration(every.value) < shortestEvery {
			return fmt.Errorf("[sources.%s] %s = %q is too often: give %s or more", name, every.key, every.value, shortestEvery)
		}
	}
	switch {
	case c.Pages < 1 || c.Pages > mostPages:
		return fmt.Errorf("[sources.%s] pages = %d: give 1 to %d", name, c.Pages, mostPages)
	case c.Overlap < 0 || time.Duration(c.Overlap) > mostOverlap:
		return fmt.Errorf("[sources.%s] overlap = %q: give 0s to %s", name, c.Overlap, mostOverlap)
	case c.RequestsPerDay < 0:
		return fmt.Errorf("[sources.%s] requests_per_day = %d: give a positive number, or 0 for no bound", name, c.RequestsPerDay)
	}
	for _, tag := range c.Tags {
		if strings.HasPrefix(tag, "#") || term.KeyOf(term.Hashtag, tag) == "" || strings.ContainsAny(tag, " /?&+") || len(tag) > term.MaxKeyBytes {
			return fmt.Errorf("[sources.%s] tags has %q, which is no hashtag: write it without '#', as in \"booktok\"", name, tag)
		}
	}
	return nil
}

// base returns the address of an instance, without a slash at its end.
func base(instance string) string {
	if !strings.Contains(instance, "://") {
		instance = "https://" + instance
	}
	return strings.TrimRight(instance, "/")
}

// host returns the name of an instance: what its parts are called by.
func host(instance string) string {
	_, rest, _ := strings.Cut(base(instance), "://")
	return strings.ToLower(rest)
}
