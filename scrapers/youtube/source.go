package youtube

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "youtube" // of the source and of its platform

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

// Redaction says where people are named: as the author of a feed and of each video.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{XML: []string{"name", "uri", "author", "channelId"}, Text: []string{`\b(?:UC|yt:channel:)([\w-]{22})\b`, `youtube\.com/(?:c|user)/([\w.-]+)`}}
}

// Run implements [scrapers.Source]. Each channel and playlist is a part, by its ID.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	add := func(key, parameter string, ids []string) {
		for _, id := range ids {
			r := &entries.Reader{
				Net: s.net, URL: strings.TrimRight(s.c.Base, "/") + "/feeds/videos.xml?" + url.Values{parameter: {id}}.Encode(),
				Key: key + " of [sources." + name + "]", Every: time.Duration(s.c.Every), AsReader: s.c.FeedReader, Record: record,
			}
			targets = append(targets, poll.Target{Name: key + "/" + id, Every: r.Every, Poll: r.Ask})
		}
	}
	add("channels", "channel_id", s.c.Channels)
	add("playlists", "playlist_id", s.c.Playlists)
	return poll.Run(ctx, h, 1, targets)
}
