package googletrends

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const (
	name     = "googletrends" // of the source
	platform = "google"
)

// Source reads the lists of the configured countries.
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

// Redaction says where people are named: nowhere but where the public searches for them.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each country is a part, by its code.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, geo := range s.c.Geos {
		p := chart.Poll{
			List: listOf(geo), Net: s.net, Decode: decode,
			Request: fetch.Request{
				URL:    strings.TrimRight(s.c.Base, "/") + "/trending/rss?" + url.Values{"geo": {geo}}.Encode(),
				Accept: []string{"*+xml", "application/xml", "text/xml"}, MaxBytes: 4 << 20, API: s.c.FeedReader,
			},
		}
		targets = append(targets, poll.Target{Name: geo, Every: time.Duration(s.c.Every), Poll: p.Ask})
	}
	return poll.Run(ctx, h, 1, targets)
}

// listOf returns the list of a country.
func listOf(geo string) chart.List {
	return chart.List{Platform: platform, Name: "trending/" + strings.ToLower(geo), Region: strings.ToUpper(geo)}
}
