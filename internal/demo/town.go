package demo

import (
	"net/http"
	"strings"
	"time"

	"github.com/swell-radar/swell/scrapers/all"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// town is where the sites of a world are built.
type town struct {
	*life
	config *all.Config
	past   time.Duration
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
		buildBluesky, buildWikipedia,
	}
}

// buildBluesky builds the one site that replays the past.
func buildBluesky(t *town) {
	jetstream := scrapetest.NewJetstream(t.posts(bluesky, 0, 1), t.now)
	jetstream.Keep = t.past + slack
	c := &t.config.Bluesky
	c.On, c.Hosts, c.Fill, c.MaxAge = true, nil, t.past, t.past+time.Hour
	t.build(bluesky, jetstream, nil, func(url string) {
		c.Hosts = append(c.Hosts, "ws"+strings.TrimPrefix(url, "http"))
	})
}
