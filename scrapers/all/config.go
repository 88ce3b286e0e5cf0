package all

import (
	"github.com/swell-radar/swell/scrapers/bluesky"
	"github.com/swell-radar/swell/scrapers/wikipedia"
)

// Config is the section of a configuration that is called sources: a table for each.
type Config struct {
	Bluesky   bluesky.Config   `toml:"bluesky"`
	Wikipedia wikipedia.Config `toml:"wikipedia"`
}

// Default returns the configuration of a file that says nothing of sources.
func Default() Config {
	return Config{
		Bluesky:   bluesky.Default(),
		Wikipedia: wikipedia.Default(),
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

[watch]
# Words and phrases that are counted wherever a post has them: brands, people, products.
keywords = []
`

// Keyless returns the configuration with those sources switched on that can be asked without an
// account and without saying who asks: interfaces meant for programs.
func (c Config) Keyless() Config {
	c.Bluesky.On = true
	return c
}
