package deezer

import (
	_ "embed"
	"fmt"
	"regexp"
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
	Genres         []int             `toml:"genres"`    // 0: all
	Playlists      []string          `toml:"playlists"` // "FR:1109890291"
	Tracks         int               `toml:"tracks"`    // of each list, at most 100
	Every          scrapers.Duration `toml:"every"`     // between two polls of a list
	RequestsPerDay int               `toml:"requests_per_day"`
	Base           string            `toml:"base"`
}

// Default returns the settings that [Sample] shows.
func Default() Config {
	return Config{
		Genres: []int{0}, Playlists: []string{}, Tracks: mostTracks,
		Every: scrapers.Duration(time.Hour), RequestsPerDay: 300, Base: "https://api.deezer.com",
	}
}

// mostTracks is the most that one request gives.
const mostTracks = 100

var playlistForm = regexp.MustCompile(`^([A-Z]{2})?:([0-9]{1,20})$`)

func (c *Config) check() error {
	for i, g := range c.Genres {
		if g < 0 || slices.Contains(c.Genres[:i], g) {
			return fmt.Errorf("[sources.%s] genres has %d: give each of Deezer's numbers once, 0 for all", name, g)
		}
	}
	for i, p := range c.Playlists {
		if !playlistForm.MatchString(p) || slices.Contains(c.Playlists[:i], p) {
			return fmt.Errorf("[sources.%s] playlists has %q: write each once, as in \"FR:1109890291\" or \":1109890291\"", name, p)
		}
	}
	if c.Tracks < 1 || c.Tracks > mostTracks {
		return fmt.Errorf("[sources.%s] tracks = %d: give 1 to %d", name, c.Tracks, mostTracks)
	}
	if err := chart.CheckBase(name, "base", c.Base); err != nil {
		return err
	}
	return chart.Check(name, len(c.Genres)+len(c.Playlists), c.Every, c.RequestsPerDay)
}
