package misskey

import (
	"context"
	"net/http"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/chart"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "misskey" // of the source and of its platform

// Source reads the configured instances.
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

// Redaction says where people are named: nowhere, the answers are about hashtags.
func Redaction() scrapers.Redaction { return scrapers.Redaction{} }

// Run implements [scrapers.Source]. Each instance is a part, by its host.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, in := range s.c.Instances {
		p := chart.Poll{
			List: listOf(host(in)), Net: s.net, Decode: decode,
			Request: fetch.Request{
				URL: base(in) + "/api/hashtags/trend", Method: http.MethodPost, Body: []byte("{}"),
				Header: http.Header{"Content-Type": {"application/json"}}, Accept: []string{"application/json"}, MaxBytes: 1 << 20, API: true,
			},
		}
		targets = append(targets, poll.Target{Name: host(in), Every: time.Duration(s.c.Every), Poll: p.Ask})
	}
	return poll.Run(ctx, h, min(len(targets), 4), targets)
}

// listOf returns the list of an instance.
func listOf(host string) chart.List {
	return chart.List{Platform: name, Name: "hashtags/trend/" + host}
}
