package demo

import (
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/all"
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
		buildBluesky, buildMastodon,
		buildMisskey, buildWikipedia,
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

// buildMastodon builds two instances that everybody may read, and one that shows nothing to
// strangers.
func buildMastodon(t *town) {
	trends := t.chart(rules{site: mastodon, platforms: []string{mastodon}, rising: true, total: ofDay})
	c := &t.config.Mastodon
	c.On, c.Instances, c.Every, c.TrendsEvery = true, nil, scrapers.Duration(10*time.Second), often
	c.RequestsPerDay = 0
	move := func(url string) { c.Instances = append(c.Instances, url) }
	t.build("mastodon, large", scrapetest.NewMastodon(t.posts(mastodon, 0, 2), trends, t.now), nil, move)
	t.build("mastodon, small", scrapetest.NewMastodon(t.posts(mastodon, 1, 2), nil, t.now), nil, move)
	t.build("mastodon, for members", scrapetest.NewMastodon(nobody, nil, t.now), scrapetest.Unauthorized(), move)
}

// nobody writes.
func nobody(_, _ time.Time) []scrapetest.Post { return nil }
