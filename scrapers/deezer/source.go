package deezer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "deezer"

// Source reads the configured charts and playlists.
type Source struct {
	c   Config
	net *fetch.Client
}

// New returns the source. The error names the key that cannot be used, its value and the way out.
func New(c Config, net *fetch.Client) (*Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Source{c: c, net: net}, nil
}

// Redaction says where people are named: nowhere, artists are what the lists are about.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each list is a part: "chart/0", "playlist/1109890291".
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	add := func(list, region string) {
		p := chart.Poll{
			List: chart.List{Platform: name, Name: list, Region: region}, Net: s.net, Decode: decode,
			Request: fetch.Request{
				URL:    fmt.Sprintf("%s/%s/tracks?limit=%d&index=0", strings.TrimSuffix(s.c.Base, "/"), list, s.c.Tracks),
				Accept: []string{"application/json", "text/json", "*+json"}, MaxBytes: 4 << 20, API: true,
			},
		}
		targets = append(targets, poll.Target{Name: list, Every: time.Duration(s.c.Every), Poll: p.Ask})
	}
	for _, genre := range s.c.Genres {
		add(fmt.Sprintf("chart/%d", genre), "")
	}
	for _, playlist := range s.c.Playlists {
		m := playlistForm.FindStringSubmatch(playlist)
		add("playlist/"+m[2], m[1])
	}
	return poll.Run(ctx, h, 1, targets)
}
