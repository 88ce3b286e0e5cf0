package feed

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/term"
)

// Sample is the section of the configuration with every key, its meaning and its default.
//
//go:embed sample.toml
var Sample string

// Config are the settings of the source.
type Config struct {
	On             bool              `toml:"on"`
	Every          scrapers.Duration `toml:"every"`
	FeedReader     bool              `toml:"feed_reader"` // robots.txt is not asked
	RequestsPerDay int               `toml:"requests_per_day"`
	Feeds          []Feed            `toml:"feeds,omitempty"`
}

// Feed is one feed.
type Feed struct {
	URL      string            `toml:"url"`
	Platform string            `toml:"platform"` // "": "web"
	Every    scrapers.Duration `toml:"every"`    // 0: that of the source
	Lang     string            `toml:"lang"`     // BCP 47, where the feed does not say it
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{Every: scrapers.Duration(15 * time.Minute), FeedReader: true, RequestsPerDay: 20_000}
}

// shortest is the least time between two polls of a feed.
const shortest = time.Minute

// check returns what is wrong with the settings.
func (c *Config) check() error {
	if len(c.Feeds) == 0 {
		return fmt.Errorf("[sources.%s] names no feed: add a [[sources.%s.feeds]] with its url, or set on = false", name, name)
	}
	if time.Duration(c.Every) < shortest {
		return fmt.Errorf("[sources.%s] every = %q is too often: give %s or more", name, c.Every, shortest)
	}
	if c.RequestsPerDay < 0 {
		return fmt.Errorf("[sources.%s] requests_per_day = %d: give a positive number, or 0 for no bound", name, c.RequestsPerDay)
	}
	need := 0
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if err := f.check(); err != nil {
			return err
		}
		if slices.ContainsFunc(c.Feeds[:i], func(other Feed) bool { return other.URL == f.URL }) {
			return fmt.Errorf("[[sources.%s.feeds]] has url = %q twice: remove one", name, shown(f.URL))
		}
		need += int(24 * time.Hour / c.every(f))
	}
	if c.RequestsPerDay > 0 && need > c.RequestsPerDay {
		return fmt.Errorf("[sources.%s] the %d feeds are %d requests a day, and requests_per_day = %d: raise it or every, or name fewer feeds", name, len(c.Feeds), need, c.RequestsPerDay)
	}
	return nil
}

func (f *Feed) check() error {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(f.URL) > term.MaxFieldBytes {
		return fmt.Errorf("[[sources.%s.feeds]] url = %q is no address of a feed: write it as https://blog.example/feed.xml", name, shown(f.URL))
	}
	if f.Every != 0 && time.Duration(f.Every) < shortest {
		return fmt.Errorf("[[sources.%s.feeds]] every = %q is too often: give %s or more", name, f.Every, shortest)
	}
	bad := strings.IndexFunc(f.Platform, func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.' || r == '_' || r == '-')
	})
	if bad >= 0 || len(f.Platform) > term.MaxPlatformBytes {
		return fmt.Errorf("[[sources.%s.feeds]] platform = %q: it may hold letters a-z, digits, '.', '_' and '-'", name, f.Platform)
	}
	if len(f.Lang) > 64 {
		return fmt.Errorf("[[sources.%s.feeds]] lang = %q is no language: write it as \"en\" or \"pt-BR\"", name, f.Lang)
	}
	return nil
}

// every returns the time between two polls of a feed.
func (c *Config) every(f *Feed) time.Duration {
	if f.Every != 0 {
		return time.Duration(f.Every)
	}
	return time.Duration(c.Every)
}

// platform returns what the feed's entries are counted under.
func (f *Feed) platform() string {
	if f.Platform == "" {
		return "web"
	}
	return f.Platform
}

// shown returns an address without what may be a secret: who asks, and its query.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(no address)"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
