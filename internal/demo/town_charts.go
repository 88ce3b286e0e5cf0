package demo

import (
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// often is how often lists are asked for that are drawn anew every ten minutes.
const often = scrapers.Duration(5 * time.Minute)

// buildWikipedia builds an encyclopedia whose pages are about what is talked of.
func buildWikipedia(t *town) {
	pages := t.chart(rules{lang: "en", words: true, daily: true, slow: true, each: 700})
	c := &t.config.Wikipedia
	c.On, c.Projects = true, []string{"en.wikipedia"}
	t.build("wikipedia", scrapetest.NewWikipedia(pages, t.now), nil, func(url string) { c.Base = url })
}
