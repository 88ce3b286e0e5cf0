package mastodon

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "mastodon" // of the source and of its platform

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

// Redaction says where people are named: in the account of a status, in whom it mentions, in what
// they write, and in the addresses of all that.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{
		JSON: []string{
			"account", "acct", "username", "display_name", "note", "url", "uri", "avatar", "avatar_static", "header", "header_static",
			"content", "spoiler_text", "mentions", "fields", "in_reply_to_id", "in_reply_to_account_id", "application", "text",
			"author_name", "author_url", "authors", "html", "description", "contact", "email",
		},
		Text: []string{`/users/([\w.-]+)`},
	}
}

// perInstance is how many parts are asked at the same time for each instance there is, so that one that is slow does not
// hold up the others.
const perInstance = 2

// Run implements [scrapers.Source]. The parts are the timeline of each instance, by its host, its trends
// (HOST/trends) and its tag timelines (HOST/tags/TAG…).
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	for _, in := range s.c.Instances {
		targets = append(targets, s.targets(&instance{c: &s.c, net: s.net, base: base(in), host: host(in)})...)
	}
	return poll.Run(ctx, h, min(perInstance*len(s.c.Instances), 16), targets)
}

// targets returns the parts of an instance.
func (s *Source) targets(in *instance) []poll.Target {
	var out []poll.Target
	if s.c.Timeline != timelineNone {
		out = append(out, poll.Target{Name: in.host, Every: time.Duration(s.c.Every), Poll: in.public().poll})
	}
	if s.c.Trends {
		out = append(out, poll.Target{Name: in.host + "/trends", Every: time.Duration(s.c.TrendsEvery), Poll: in.trends})
	}
	for tags := s.c.Tags; len(tags) > 0; {
		n := min(tagsAtOnce, len(tags))
		out = append(out, poll.Target{
			Name: in.host + "/tags/" + strings.Join(tags[:n], "+"), Every: time.Duration(s.c.TagsEvery), Poll: in.tagged(tags[:n]).poll,
		})
		tags = tags[n:]
	}
	return out
}

// tagsAtOnce is how many hashtags a tag timeline takes: the one in its path, and any of four others.
const tagsAtOnce = 5

// public returns the timeline of the instance that is configured.
func (in *instance) public() *timeline {
	tl := &timeline{in: in, path: "/api/v1/timelines/public", query: url.Values{}, feeds: "live_feeds", local: in.c.Timeline == timelineLocal}
	if !tl.local {
		tl.overlap = time.Duration(in.c.Overlap)
	}
	return tl
}

// tagged returns the timeline of some hashtags.
func (in *instance) tagged(tags []string) *timeline {
	return &timeline{
		in: in, path: "/api/v1/timelines/tag/" + url.PathEscape(tags[0]), query: url.Values{"any[]": tags[1:]}, feeds: "hashtag_feeds",
		overlap: time.Duration(in.c.Overlap),
	}
}
