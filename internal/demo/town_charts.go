package demo

import (
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// often is how often lists are asked for that are drawn every ten minutes.
const often = scrapers.Duration(5 * time.Minute)

// buildMisskey builds an instance whose trends are read, and one that is down.
func buildMisskey(t *town) {
	trends := t.chart(rules{site: misskey, platforms: []string{misskey}, rising: true, total: ofHour})
	c := &t.config.Misskey
	c.On, c.Instances, c.Every = true, nil, often
	move := func(url string) { c.Instances = append(c.Instances, url) }
	t.build(misskey, scrapetest.NewMisskey(trends, t.now), nil, move)
	t.build("misskey, down", scrapetest.NewMisskey(trends, t.now), scrapetest.Unavailable(""), move)
}

// buildWikipedia builds an encyclopedia whose pages are about what is talked of.
func buildWikipedia(t *town) {
	pages := t.chart(rules{site: "wikipedia", lang: "en", words: true, total: ofDay, slow: true, each: 700})
	c := &t.config.Wikipedia
	c.On, c.Projects = true, []string{"en.wikipedia"}
	t.build("wikipedia", scrapetest.NewWikipedia(pages, t.now), nil, func(url string) { c.Base = url })
}

// songs are the rules of a chart of published songs.
func songs(site string) rules {
	return rules{site: site, platforms: []string{tiktok}, sounds: true, published: true}
}

func buildApple(t *town) {
	r := songs("apple")
	r.slow = true
	c := &t.config.Apple
	c.On, c.Storefronts, c.Songs, c.Classic = true, []string{"us", "gb"}, 50, ""
	t.build("apple", scrapetest.NewApple(t.chart(r), t.now), nil, func(url string) { c.Hosts = []string{url} })
}

// buildDeezer builds a chart that asks for patience now and then.
func buildDeezer(t *town) {
	r := songs("deezer")
	r.each = 900
	c := &t.config.Deezer
	c.On, c.Every, c.RequestsPerDay = true, often, 600
	t.build("deezer", scrapetest.NewDeezer(t.chart(r), t.now), t.spells(time.Hour, 10*time.Minute, scrapetest.TooMany("300")), func(url string) { c.Base = url })
}

func buildShazam(t *town) {
	r := songs("shazam")
	r.slow = true
	c := &t.config.Shazam
	c.On, c.AcceptTerms = true, true
	t.build("shazam", scrapetest.NewShazam(t.chart(r), t.now), nil, func(url string) { c.Base = url })
}

func buildListenBrainz(t *town) {
	r := songs("listenbrainz")
	r.slow, r.uuid, r.total, r.each = true, true, ofWeek, 3
	c := &t.config.ListenBrainz
	c.On = true
	t.build("listenbrainz", scrapetest.NewListenBrainz(t.chart(r), t.now), nil, func(url string) { c.Base = url })
}
