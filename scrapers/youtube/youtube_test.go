package youtube

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func read(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	r := entries.Reader{Every: 15 * time.Minute, Record: record}
	d, err := r.Read(body, poll.Turn{Now: now, Last: now.Add(-15 * time.Minute)})
	return d.Records, d.Rejected, err
}

func TestCases(t *testing.T) { contract.Cases(t, folder, *update, read) }

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read("", body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
	})
}

// uploads has a video every ten minutes; IDs come again, so that each is there sooner or later.
func uploads(from, to time.Time) []scrapetest.Post {
	const pause = 10 * time.Minute
	var out []scrapetest.Post
	for at := from.Truncate(pause); at.Before(to); at = at.Add(pause) {
		if !at.Before(from) {
			out = append(out, scrapetest.Post{At: at, ID: fmt.Sprint("video", at.Unix()/600%6), Author: "kitchen", Text: "noodles again #cooking", Tags: []string{"Shorts"}})
		}
	}
	return out
}

func TestContract(t *testing.T) {
	var want []string
	for i := range 6 {
		want = append(want, fmt.Sprintf("youtube video%d", i))
	}
	contract.Test(t, contract.Subject{
		Now: now, Want: want,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewYouTube(uploads, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.Channels, c.Base = []string{"UCkitchen"}, base
			s, err := New(c, h.Client(t))
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	})
}

func TestSettingsSayTheWayOut(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                       func(*Config) {},
		"names nothing":          func(c *Config) { c.Channels = nil },
		`channels has "https://`: func(c *Config) { c.Channels = []string{"https://www.youtube.com/@kitchen"} },
		`playlists has "PL1" tw`: func(c *Config) { c.Playlists = []string{"PL1", "PL1"} },
		`base = "youtube"`:       func(c *Config) { c.Base = "youtube" },
		`every = "1s"`:           func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		"requests_per_day = 10":  func(c *Config) { c.RequestsPerDay = 10 },
	} {
		c := Default()
		c.Channels = []string{"UCkitchen"}
		change(&c)
		if _, err := New(c, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}
