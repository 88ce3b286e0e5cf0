package demo

import (
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/feed"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// town is where the sites of a world are built.
type town struct {
	*life
	config *all.Config
	houses []house
}

// house is a site that has no address yet.
type house struct {
	name    string
	handler http.Handler
	trouble scrapetest.Failure // or nil
	move    func(url string)   // has the configuration name its address
}

func (t *town) build(name string, h http.Handler, trouble scrapetest.Failure, move func(url string)) {
	t.houses = append(t.houses, house{name, h, trouble, move})
}

// builders build the sites, and switch on the sources that read them: one function for each.
func builders() []func(*town) {
	return []func(*town){
		buildBluesky, buildNostr, buildMastodon, buildYouTube, buildReddit, buildFeeds,
		buildMisskey, buildGoogleTrends, buildWikipedia, buildTikTok,
		buildApple, buildDeezer, buildShazam, buildListenBrainz,
	}
}

// buildBluesky builds the one site that replays the past.
func buildBluesky(t *town) {
	jetstream := scrapetest.NewJetstream(t.posts(bluesky, 0, 1), t.now)
	jetstream.Keep = t.past + slack
	c := &t.config.Bluesky
	c.On, c.Hosts, c.Fill, c.MaxAge = true, nil, scrapers.Duration(t.past), scrapers.Duration(t.past+time.Hour)
	t.build(bluesky, jetstream, nil, func(url string) {
		c.Hosts = append(c.Hosts, "ws"+strings.TrimPrefix(url, "http"))
	})
}

// buildNostr builds a relay that has everything, one that has half of it, and one for members.
func buildNostr(t *town) {
	closed := scrapetest.NewNostr(nobody, t.now)
	closed.Refuse = "auth-required: only members may read here"
	c := &t.config.Nostr
	c.On, c.Relays, c.Fill = true, nil, scrapers.Duration(10*time.Minute) // what is older would come too late to be counted
	move := func(url string) { c.Relays = append(c.Relays, "ws"+strings.TrimPrefix(url, "http")) }
	t.build("nostr, large", scrapetest.NewNostr(t.posts(nostr, 0, 1), t.now), nil, move)
	t.build("nostr, small", scrapetest.NewNostr(t.posts(nostr, 1, 2), t.now), nil, move)
	t.build("nostr, for members", closed, nil, move)
}

// buildMastodon builds two instances that everybody may read, and one that shows nothing to
// strangers.
func buildMastodon(t *town) {
	trends := t.chart(rules{site: mastodon, platforms: []string{mastodon}, rising: true, total: ofDay})
	c := &t.config.Mastodon
	c.On, c.Instances, c.Every, c.TrendsEvery, c.RequestsPerDay = true, nil, scrapers.Duration(10*time.Second), often, 0
	move := func(url string) { c.Instances = append(c.Instances, url) }
	t.build("mastodon, large", scrapetest.NewMastodon(t.posts(mastodon, 0, 2), trends, t.now), nil, move)
	t.build("mastodon, small", scrapetest.NewMastodon(t.posts(mastodon, 1, 2), nil, t.now), nil, move)
	t.build("mastodon, for members", scrapetest.NewMastodon(nobody, nil, t.now), scrapetest.Unauthorized(), move)
}

func buildYouTube(t *town) {
	c := &t.config.YouTube
	c.On, c.Channels, c.Every = true, []string{"UCmadeup"}, often
	t.build(youtube, scrapetest.NewYouTube(t.posts(youtube, 0, 1), t.now), nil, func(url string) { c.Base = url })
}

// buildReddit builds a site that is overloaded now and then.
func buildReddit(t *town) {
	c := &t.config.Reddit
	c.On, c.Subreddits, c.Every = true, []string{"madeup"}, often
	t.build(reddit, scrapetest.NewReddit(t.posts(reddit, 0, 1), t.now), t.spells(2*time.Hour, 15*time.Minute, scrapetest.Unavailable("300")), func(url string) { c.Base = url })
}

// buildFeeds builds two papers, one of which asks for patience now and then, and one that was given up.
func buildFeeds(t *town) {
	c := &t.config.Feed
	c.On, c.Every, c.Feeds = true, often, nil
	read := func(path string) func(string) {
		return func(url string) { c.Feeds = append(c.Feeds, feed.Feed{URL: url + path}) }
	}
	t.build("a paper", scrapetest.NewFeed(t.posts(web, 0, 2), t.now), nil, read("/feed.xml"))
	t.build("a busy paper", scrapetest.NewFeed(t.posts(web, 1, 2), t.now), t.spells(30*time.Minute, 10*time.Minute, scrapetest.TooMany("240")), read("/atom.xml"))
	t.build("a paper of old", scrapetest.NewFeed(nobody, t.now), scrapetest.Gone(), read("/feed.xml"))
}

// nobody writes.
func nobody(_, _ time.Time) []scrapetest.Post { return nil }
