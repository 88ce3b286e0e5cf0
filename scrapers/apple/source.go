package apple

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

const name = "apple"

// Source reads the lists of the configured storefronts.
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

// Run implements [scrapers.Source]. Each storefront is a part.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, front := range s.c.Storefronts {
		targets = append(targets, poll.Target{
			Name: front, Every: time.Duration(s.c.Every),
			Poll: func(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) { return s.ask(ctx, front, t) },
		})
	}
	return poll.Run(ctx, h, 1, targets)
}

// ask asks the hosts in turn until one answers. The trouble that is told is the first's:
// the others only stand in.
func (s *Source) ask(ctx context.Context, front string, t poll.Turn) (scrapers.Delivery, error) {
	var first error
	for _, p := range s.polls(front) {
		d, err := p.Ask(ctx, t)
		if err == nil || ctx.Err() != nil {
			return d, err
		}
		if first == nil {
			first = err
		}
		switch scrapers.StateOf(err) {
		case scrapers.Unreachable, scrapers.SchemaChanged:
		default:
			return d, first // whoever does not want to be asked is not asked under another name
		}
	}
	return scrapers.Delivery{}, first
}

func (s *Source) polls(front string) []chart.Poll {
	request := func(host, path string) fetch.Request {
		return fetch.Request{
			URL:    strings.TrimSuffix(host, "/") + path,
			Accept: []string{"application/json", "text/json", "text/javascript", "*+json"}, MaxBytes: 4 << 20, API: true,
		}
	}
	region := strings.ToUpper(front)
	var polls []chart.Poll
	for _, host := range s.c.Hosts {
		polls = append(polls, chart.Poll{
			List: chart.List{Platform: name, Name: "most-played/" + front, Region: region}, Net: s.net, Decode: decode,
			Request: request(host, fmt.Sprintf("/api/v2/%s/music/most-played/%d/songs.json", front, s.c.Songs)),
		})
	}
	if s.c.Classic != "" {
		polls = append(polls, chart.Poll{
			List: chart.List{Platform: name, Name: "top-songs/" + front, Region: region}, Net: s.net, Decode: decodeClassic,
			Request: request(s.c.Classic, fmt.Sprintf("/%s/rss/topsongs/limit=%d/json", front, s.c.Songs)),
		})
	}
	return polls
}
