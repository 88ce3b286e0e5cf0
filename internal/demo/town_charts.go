package demo

import (
	"slices"
	"time"

	"github.com/swell-radar/swell/bench/workload"
	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/term"
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

// buildGoogleTrends builds a search engine where people look for what they have just heard of.
func buildGoogleTrends(t *town) {
	searches := t.chart(rules{site: "google", lang: "en", words: true, rising: true, total: ofDay, each: 400})
	c := &t.config.GoogleTrends
	c.On, c.Every = true, often
	t.build("google", scrapetest.NewGoogleTrends(searches, t.now), nil, func(url string) { c.Base = url })
}

// tikTokTags is how many hashtags have their page read: one page takes half a minute.
const tikTokTags = 4

// buildTikTok builds the pages of some hashtags, and lists that ask for a human now and then.
func buildTikTok(t *town) {
	tags := t.chart(rules{site: tiktok, platforms: []string{tiktok}, keys: true, slow: true, places: 500, each: 20_000})
	sounds := t.chart(rules{site: tiktok, platforms: []string{tiktok}, sounds: true, slow: true, each: 20_000})
	site := scrapetest.NewTikTok(func(at time.Time) []scrapetest.Row { return slices.Concat(tags(at), sounds(at)) }, t.now)
	c := &t.config.TikTok
	c.On, c.AcceptTerms, c.Every, c.RequestsPerDay = true, true, scrapers.Duration(15*time.Minute), 0
	c.Tags, c.CreativeCenter = t.planted(tiktok, tikTokTags), []string{"hashtag", "music"}
	t.build(tiktok, site, nil, func(url string) { c.Host = url })
	t.build("tiktok, lists", site, t.spells(8*time.Hour, time.Hour, scrapetest.Captcha()), func(url string) { c.AdsHost = url })
}

// planted returns hashtags that are trends on a platform when the world is opened: the newest of those that were at
// their height within the day before.
func (l *life) planted(platform string, most int) (tags []string) {
	for _, p := range slices.Backward(l.gen.Truth()) {
		since := opening.Sub(p.Peak)
		if p.Platform == platform && p.Type == workload.Trend && p.Term.Kind == term.Hashtag && since > time.Hour && since < 24*time.Hour && len(tags) < most {
			tags = append(tags, p.Term.Key)
		}
	}
	return tags
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
