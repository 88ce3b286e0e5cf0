package tiktok

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/poll"
)

const name = "tiktok"

// Source reads the configured pages.
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

// Redaction says where people are named: those who made a sound, and the creators of lists.
func Redaction() scrapers.Redaction {
	return scrapers.Redaction{JSON: []string{
		"authorName", "author", "nickname", "nickName", "nick_name", "uniqueId", "unique_id", "secUid", "sec_uid", "user_name",
		"signature", "creator", "creators", "authorId", "authorSecId", "authorUniqueId", "userUniqueId", "userId", "user_id", "userName",
		"shortId", "short_id", "tt_link", "ttLink", "tcm_link", "tcmLink", "avatarThumb", "avatarMedium", "avatarLarger", "avatarUrl", "avatar_url",
	}}
}

// page is one page that is asked for.
type page struct {
	name    string // within the source: "tag/booktok"
	address string
	read    func(p *fetch.Page) (reading, error)
}

// Run implements [scrapers.Source]. It has two parts, one for each host: "pages" and
// "creative-center".
func (s *Source) Run(ctx context.Context, h scrapers.Host) error {
	var targets []poll.Target
	add := func(part string, pages []page) {
		if len(pages) == 0 {
			return
		}
		r := &round{pages: pages, pace: time.Duration(s.c.Pace), net: s.net, host: h}
		every := max(time.Duration(s.c.Every)/time.Duration(len(pages)), r.pace)
		targets = append(targets, poll.Target{Name: part, Every: every, Poll: r.turn})
	}
	add("pages", s.pages())
	add("creative-center", s.lists())
	return poll.Run(ctx, h, 1, targets)
}

// pages returns those of hashtags and sounds.
func (s *Source) pages() []page {
	host := strings.TrimSuffix(s.c.Host, "/")
	var out []page
	for _, tag := range s.c.Tags {
		out = append(out, page{
			name: "tag/" + tag, address: host + "/tag/" + url.PathEscape(tag),
			read: func(p *fetch.Page) (reading, error) { return readTag(p, tag) },
		})
	}
	for _, id := range s.c.Sounds {
		out = append(out, page{
			name: "music/" + id, address: host + "/music/-" + id, // the words before the number are for people
			read: func(p *fetch.Page) (reading, error) { return readSound(p, id) },
		})
	}
	return out
}

// lists returns the pages of Creative Center.
func (s *Source) lists() []page {
	host := strings.TrimSuffix(s.c.AdsHost, "/")
	var out []page
	for _, list := range s.c.CreativeCenter {
		out = append(out, page{
			name: list, address: host + "/business/creativecenter/inspiration/popular/" + list + "/pc/en",
			read: func(p *fetch.Page) (reading, error) { return readList(p, list) },
		})
	}
	return out
}
