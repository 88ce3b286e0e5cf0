package shazam

import (
	"context"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "shazam"

// Source reads the configured charts.
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

// Redaction says where people are named: nowhere, artists are what the charts are about.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each chart is a part.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, list := range s.c.Charts {
		p := chart.Poll{
			List: chart.List{Platform: name, Name: list}, Net: s.net, Decode: decode,
			Request: fetch.Request{
				URL:    strings.TrimSuffix(s.c.Base, "/") + "/" + list,
				Accept: []string{"text/csv", "text/plain", "application/csv", "application/octet-stream"}, MaxBytes: 1 << 20,
			},
		}
		targets = append(targets, poll.Target{Name: list, Every: time.Duration(s.c.Every), Poll: p.Ask})
	}
	return poll.Run(ctx, h, 1, targets)
}
