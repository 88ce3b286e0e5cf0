package listenbrainz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "listenbrainz"

// Source reads the lists of the configured ranges.
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

// Redaction says where people are named: nowhere, the lists are of all listeners together.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each range is a part.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, span := range s.c.Ranges {
		p := chart.Poll{
			List: chart.List{Platform: name, Name: "sitewide/" + span}, Net: s.net,
			Request: fetch.Request{
				URL:    fmt.Sprintf("%s/1/stats/sitewide/recordings?range=%s&count=%d&offset=0", strings.TrimSuffix(s.c.Base, "/"), span, s.c.Recordings),
				Accept: []string{"application/json", "*+json"}, MaxBytes: 4 << 20, API: true,
			},
			Decode: func(body []byte) (chart.Page, error) { return decode(body, slices.Contains(running, span)) },
		}
		targets = append(targets, poll.Target{Name: span, Every: time.Duration(s.c.Every), Poll: p.Ask})
	}
	return poll.Run(ctx, h, 1, targets)
}
