package tiktok

import (
	_ "embed"
	"fmt"
	"regexp"
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
	AcceptTerms    bool              `toml:"accept_terms"` // see [Sample]
	Tags           []string          `toml:"tags"`         // without '#'
	Sounds         []string          `toml:"sounds"`       // their IDs
	CreativeCenter []string          `toml:"creative_center"`
	Every          scrapers.Duration `toml:"every"` // between two polls of a page
	Pace           scrapers.Duration `toml:"pace"`  // between two pages
	RequestsPerDay int               `toml:"requests_per_day"`
	Host           string            `toml:"host"`
	AdsHost        string            `toml:"ads_host"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Tags: []string{}, Sounds: []string{}, CreativeCenter: []string{},
		Every: scrapers.Duration(time.Hour), Pace: scrapers.Duration(leastPace), RequestsPerDay: 500,
		Host: "https://www.tiktok.com", AdsHost: "https://ads.tiktok.com",
	}
}

// leastPace is the least time between two pages.
const leastPace = 30 * time.Second

// The lists of Creative Center that are read.
const (
	listHashtag = "hashtag"
	listMusic   = "music"
)

var soundID = regexp.MustCompile(`^[0-9]{5,25}$`)

func (c *Config) check() error {
	if !c.AcceptTerms {
		return fmt.Errorf("[sources.%s] accept_terms = false: TikTok's terms forbid reading its pages by program; read them and set accept_terms = true, or on = false", name)
	}
	keys := map[string]bool{}
	for _, tag := range c.Tags {
		key := term.KeyOf(term.Hashtag, tag)
		if key == "" || strings.ContainsAny(tag, "#/?&% \t\r\n") || len(tag) > 200 || keys[key] {
			return fmt.Errorf("[sources.%s] tags has %q: give each once, without '#' and spaces", name, tag)
		}
		keys[key] = true
	}
	for i, id := range c.Sounds {
		if !soundID.MatchString(id) || slices.Contains(c.Sounds[:i], id) {
			return fmt.Errorf("[sources.%s] sounds has %q: give each once, by the number at the end of its page's address", name, id)
		}
	}
	for i, list := range c.CreativeCenter {
		if list != listHashtag && list != listMusic || slices.Contains(c.CreativeCenter[:i], list) {
			return fmt.Errorf("[sources.%s] creative_center has %q: it may hold %q and %q", name, list, listHashtag, listMusic)
		}
	}
	if err := chart.CheckBase(name, "host", c.Host); err != nil {
		return err
	}
	if err := chart.CheckBase(name, "ads_host", c.AdsHost); err != nil {
		return err
	}
	if time.Duration(c.Pace) < leastPace {
		return fmt.Errorf("[sources.%s] pace = %q is too fast: give %s or more", name, c.Pace, leastPace)
	}
	pages := len(c.Tags) + len(c.Sounds)
	if need := time.Duration(max(pages, len(c.CreativeCenter))) * time.Duration(c.Pace); need > time.Duration(c.Every) {
		return fmt.Errorf("[sources.%s] %d pages with pace = %q take %s, longer than every = %q: raise every, or name fewer pages", name, pages, c.Pace, need, c.Every)
	}
	return chart.Check(name, pages+len(c.CreativeCenter), c.Every, c.RequestsPerDay)
}
