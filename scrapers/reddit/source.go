package reddit

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "reddit" // of the source and of its platform

// Source reads the configured subreddits.
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

// Redaction says where people are named: as authors, and in the contents of posts, which name
// and link them.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{XML: []string{"name", "uri", "author", "content"}, Text: []string{`\b(?:u|user)/([\w-]{3,20})`}}
}

// Run implements [scrapers.Source]. Each subreddit is a part, as r/NAME.
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, sub := range s.c.Subreddits {
		r := &entries.Reader{
			Net: s.net, URL: s.address(sub), Key: "subreddits of [sources." + name + "]",
			Every: time.Duration(s.c.Every), AsReader: s.c.FeedReader, Record: record,
		}
		targets = append(targets, poll.Target{
			Name: "r/" + sub, Every: r.Every,
			Poll: func(ctx context.Context, t poll.Turn) (scrapers.Delivery, error) {
				d, err := r.Ask(ctx, t)
				return d, s.explained(err)
			},
		})
	}
	return poll.Run(ctx, h, 1, targets)
}

func (s *Source) address(sub string) string {
	address := strings.TrimRight(s.c.Base, "/") + "/r/" + sub + "/" + s.c.Sort + "/.rss?limit=100"
	if s.c.Sort == "top" {
		address += "&t=day"
	}
	return address
}

// explained says of a refusal what can be done about it.
func (s *Source) explained(err error) error {
	var t *scrapers.Trouble
	if !errors.As(err, &t) || t.State != scrapers.Blocked {
		return err
	}
	told := *t
	if s.c.FeedReader {
		told.Why += "; Reddit has closed its data to programs step by step, and may have closed its feeds: ask less often, from elsewhere, or leave it off"
	} else {
		told.Why += "; set feed_reader = true in [sources." + name + "] to read the feeds that you named as a feed reader does, or leave it off"
	}
	return &told
}
