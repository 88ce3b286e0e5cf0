package all

import (
	"github.com/swell-radar/swell/scrapers/apple"
	"github.com/swell-radar/swell/scrapers/bluesky"
	"github.com/swell-radar/swell/scrapers/deezer"
	"github.com/swell-radar/swell/scrapers/feed"
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

// Config is the section of a configuration that is called sources: a table for each.
type Config struct {
	Bluesky      bluesky.Config      `toml:"bluesky"`
	Mastodon     mastodon.Config     `toml:"mastodon"`
	Nostr        nostr.Config        `toml:"nostr"`
	Misskey      misskey.Config      `toml:"misskey"`
	YouTube      youtube.Config      `toml:"youtube"`
	Feed         feed.Config         `toml:"feed"`
	Reddit       reddit.Config       `toml:"reddit"`
	GoogleTrends googletrends.Config `toml:"googletrends"`
	Wikipedia    wikipedia.Config    `toml:"wikipedia"`
	Apple        apple.Config        `toml:"apple"`
	Deezer       deezer.Config       `toml:"deezer"`
	Shazam       shazam.Config       `toml:"shazam"`
	ListenBrainz listenbrainz.Config `toml:"listenbrainz"`
	TikTok       tiktok.Config       `toml:"tiktok"`
}

// Default returns the configuration of a file that says nothing of sources.
func Default() Config {
	return Config{
		Bluesky: bluesky.Default(), Mastodon: mastodon.Default(), Nostr: nostr.Default(), Misskey: misskey.Default(),
		YouTube: youtube.Default(), Feed: feed.Default(), Reddit: reddit.Default(), GoogleTrends: googletrends.Default(),
		Wikipedia: wikipedia.Default(), Apple: apple.Default(), Deezer: deezer.Default(), Shazam: shazam.Default(),
		ListenBrainz: listenbrainz.Default(), TikTok: tiktok.Default(),
	}
}

// Head is what stands before the sources in a configuration: a sample of its other sections.
const Head = `# Swell's configuration. Every key has a default, which is what stands here.

[fetch]
# An address under which whoever runs this Swell can be reached, as in
# "https://example.org/about" or "mailto:you@example.org". It is part of every
# request; without it no page is scraped, and only interfaces meant for programs are asked.
contact = ""
# A proxy for all requests (http, https, socks5), or "$NAME" for the environment variable that has it.
proxy = ""
# Let addresses of this machine and of private networks be asked, at any port: for an instance or a relay of your own.
private = false

[watch]
# Words and phrases that are counted wherever a post has them: brands, people, products.
keywords = []
`

// Keyless returns the configuration with those sources switched on that can be asked without an
// account and without saying who asks: interfaces meant for programs.
func (c Config) Keyless() Config {
	c.Bluesky.On = true
	c.Mastodon.On = true
	c.Misskey.On = true
	c.Apple.On = true
	c.Deezer.On = true
	c.ListenBrainz.On = true
	return c
}
