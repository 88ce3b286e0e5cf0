package feed

import (
	"context"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/term"
)

const name = "feed"

// Source reads the configured feeds.
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

// Redaction says where people are named.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{
		JSON: []string{"author", "authors"},
		XML: []string{
			"author", "creator", "contributor", "managingEditor", "webMaster", "name", "email", "uri",
			"owner", "publisher", "credit", "person", "copyright", "rights",
		},
	}
}

// How many feeds are asked, and how many answers parsed, at once.
const (
	askedAtOnce  = 8
	parsedAtOnce = 2
)

// Run implements [scrapers.Source]. Each feed is a part, by its address.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	parsers := entries.NewParsers(parsedAtOnce)
	for i := range s.c.Feeds {
		f := &s.c.Feeds[i]
		r := &entries.Reader{
			Net: s.net, URL: f.URL, Key: "url of [[sources." + name + ".feeds]]", Every: s.c.every(f), AsReader: s.c.FeedReader,
			Parsers: parsers,
			Record:  func(from *entries.Feed, e *entries.Entry) (term.Record, error) { return record(f, from, e) },
		}
		targets = append(targets, poll.Target{Name: part(f.URL), Every: r.Every, Poll: r.Ask})
	}
	return poll.Run(ctx, h, min(len(targets), askedAtOnce), targets)
}

// part returns what a feed is called: its address. What may be a secret of it is a hash that tells
// it from others.
func part(address string) string {
	plain := shown(address)
	if plain == address {
		return plain
	}
	return plain + " " + hashed(address)[len(hashPrefix):][:8]
}
