package deezer

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

func tracks(at time.Time) []scrapetest.Row {
	return []scrapetest.Row{
		{ID: "3135556", Title: "Paper Lanterns", Artist: "Mara Quill", Total: 900_000 + at.Unix()/3600%1000},
		{ID: "3135558", Title: "夜明けの歌", Artist: "青い鳥", Total: 800_000},
	}
}

func TestContract(t *testing.T) {
	contract.Test(t, contract.Subject{
		Now:  now,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewDeezer(tracks, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.On, c.Base, c.Playlists = true, base, []string{"FR:1109890291"}
			s, err := New(c, h.Client(t))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		Want: []string{
			"deezer chart/0 sound:id:deezer:3135556", "deezer chart/0 sound:id:deezer:3135558", "deezer playlist/1109890291 sound:id:deezer:3135556",
		},
	})
}

func TestSettings(t *testing.T) {
	for says, change := range map[string]func(*Config){
		"genres has -1":         func(c *Config) { c.Genres = []int{-1} },
		"genres has 5":          func(c *Config) { c.Genres = []int{5, 5} },
		`playlists has "fr:1"`:  func(c *Config) { c.Playlists = []string{"fr:1"} },
		"tracks = 101":          func(c *Config) { c.Tracks = 101 },
		"names nothing":         func(c *Config) { c.Genres = nil },
		`base = "api.deezer"`:   func(c *Config) { c.Base = "api.deezer" },
		"requests_per_day = 23": func(c *Config) { c.RequestsPerDay = 23 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v; want something with %q", err, says)
		}
	}
	if _, err := New(Default(), nil); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}
