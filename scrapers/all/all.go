package all

import (
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/apple"
	"github.com/swell-radar/swell/scrapers/bluesky"
	"github.com/swell-radar/swell/scrapers/deezer"
	"github.com/swell-radar/swell/scrapers/feed"
	"github.com/swell-radar/swell/scrapers/fetch"
	"github.com/swell-radar/swell/scrapers/googletrends"
	"github.com/swell-radar/swell/scrapers/listenbrainz"
	"github.com/swell-radar/swell/scrapers/mastodon"
	"github.com/swell-radar/swell/scrapers/misskey"
	"github.com/swell-radar/swell/scrapers/nostr"
	"github.com/swell-radar/swell/scrapers/reddit"
	"github.com/swell-radar/swell/scrapers/shazam"
	"github.com/swell-radar/swell/scrapers/tiktok"
	"github.com/swell-radar/swell/scrapers/wikipedia"
	"github.com/swell-radar/swell/scrapers/youtube"
)

// Kind is a built-in source.
type Kind struct {
	Name      string // also of its table in a configuration, and of its page in docs/sources
	Replays   bool   // see [scrapers.Job]
	Sample    string // its table of a configuration, with the defaults
	Redaction scrapers.Redaction

	// On reports whether the configuration asks for it; PerDay is how many requests a day it may make, 0: no bound.
	On     func(*Config) bool
	PerDay func(*Config) int
	// Platforms are those that are seen through it.
	Platforms func(*Config) []string
	// New makes it. Its error names the setting that is wrong.
	New func(*Config, *fetch.Client) (scrapers.Source, error)
}

// Kinds returns all of them, in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{
		kind("bluesky", bluesky.Sample, bluesky.Redaction(), only("bluesky"), func(c *Config) (bluesky.Config, bool, int) {
			return c.Bluesky, c.Bluesky.On, c.Bluesky.RequestsPerDay
		}, bluesky.New),
		kind("mastodon", mastodon.Sample, mastodon.Redaction(), only("mastodon"), func(c *Config) (mastodon.Config, bool, int) {
			return c.Mastodon, c.Mastodon.On, c.Mastodon.RequestsPerDay
		}, mastodon.New),
		kind("nostr", nostr.Sample, nostr.Redaction(), only("nostr"), func(c *Config) (nostr.Config, bool, int) {
			return c.Nostr, c.Nostr.On, c.Nostr.RequestsPerDay
		}, nostr.New),
		kind("misskey", misskey.Sample, misskey.Redaction(), only("misskey"), func(c *Config) (misskey.Config, bool, int) {
			return c.Misskey, c.Misskey.On, c.Misskey.RequestsPerDay
		}, misskey.New),
		kind("youtube", youtube.Sample, youtube.Redaction(), only("youtube"), func(c *Config) (youtube.Config, bool, int) {
			return c.YouTube, c.YouTube.On, c.YouTube.RequestsPerDay
		}, youtube.New),
		kind("feed", feed.Sample, feed.Redaction(), func(c *Config) []string { return c.Feed.Platforms() }, func(c *Config) (feed.Config, bool, int) {
			return c.Feed, c.Feed.On, c.Feed.RequestsPerDay
		}, feed.New),
		kind("reddit", reddit.Sample, reddit.Redaction(), only("reddit"), func(c *Config) (reddit.Config, bool, int) {
			return c.Reddit, c.Reddit.On, c.Reddit.RequestsPerDay
		}, reddit.New),
		kind("googletrends", googletrends.Sample, googletrends.Redaction(), only("google"), func(c *Config) (googletrends.Config, bool, int) {
			return c.GoogleTrends, c.GoogleTrends.On, c.GoogleTrends.RequestsPerDay
		}, googletrends.New),
		kind("wikipedia", wikipedia.Sample, wikipedia.Redaction(), only("wikipedia"), func(c *Config) (wikipedia.Config, bool, int) {
			return c.Wikipedia, c.Wikipedia.On, c.Wikipedia.RequestsPerDay
		}, wikipedia.New),
		kind("apple", apple.Sample, apple.Redaction(), only("apple"), func(c *Config) (apple.Config, bool, int) {
			return c.Apple, c.Apple.On, c.Apple.RequestsPerDay
		}, apple.New),
		kind("deezer", deezer.Sample, deezer.Redaction(), only("deezer"), func(c *Config) (deezer.Config, bool, int) {
			return c.Deezer, c.Deezer.On, c.Deezer.RequestsPerDay
		}, deezer.New),
		kind("shazam", shazam.Sample, shazam.Redaction(), only("shazam"), func(c *Config) (shazam.Config, bool, int) {
			return c.Shazam, c.Shazam.On, c.Shazam.RequestsPerDay
		}, shazam.New),
		kind("listenbrainz", listenbrainz.Sample, listenbrainz.Redaction(), only("listenbrainz"), func(c *Config) (listenbrainz.Config, bool, int) {
			return c.ListenBrainz, c.ListenBrainz.On, c.ListenBrainz.RequestsPerDay
		}, listenbrainz.New),
		kind("tiktok", tiktok.Sample, tiktok.Redaction(), only("tiktok"), func(c *Config) (tiktok.Config, bool, int) {
			return c.TikTok, c.TikTok.On, c.TikTok.RequestsPerDay
		}, tiktok.New),
	}
}

// only is the platforms of a source that sees one.
func only(platform string) func(*Config) []string {
	return func(*Config) []string { return []string{platform} }
}

// kind makes a Kind of a source whose settings, and whether and how often it is to ask, are at a place of Config.
func kind[C any, S scrapers.Source](
	name, sample string, r scrapers.Redaction, platforms func(*Config) []string,
	at func(*Config) (own C, on bool, perDay int), make func(C, *fetch.Client) (S, error),
) Kind {
	return Kind{
		Name: name, Sample: sample, Redaction: r, Platforms: platforms, Replays: name == "bluesky",
		On:     func(c *Config) bool { _, on, _ := at(c); return on },
		PerDay: func(c *Config) int { _, _, n := at(c); return n },
		New: func(c *Config, net *fetch.Client) (scrapers.Source, error) {
			own, _, _ := at(c)
			return make(own, net)
		},
	}
}
