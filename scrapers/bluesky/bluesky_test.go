package bluesky

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
)

// began is when the tests begin.
var began = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// few are twenty posts in the half hour before the tests, and one every two seconds from then on.
func few(from, to time.Time) []scrapetest.Post {
	var posts []scrapetest.Post
	for i := range 20 {
		at := began.Add(-30*time.Minute + time.Duration(i)*time.Minute)
		if !at.Before(from) && at.Before(to) {
			posts = append(posts, scrapetest.Post{At: at, ID: fmt.Sprintf("3k%d", i), Author: "ada", Lang: "en", Text: "look, a #comet"})
		}
	}
	if to.Before(began) {
		return posts
	}
	if from.Before(began) {
		from = began
	}
	return append(posts, scrapetest.Crowd(0.5, 1)(from, to)...)
}

// wsHost returns the address of a site as a host of the configuration.
func wsHost(base string) string { return "ws" + strings.TrimPrefix(base, "http") }

// testConfig asks the sites at the addresses for everything since an hour before the tests.
func testConfig(bases ...string) Config {
	c := Default()
	c.Hosts = nil
	for _, base := range bases {
		c.Hosts = append(c.Hosts, wsHost(base))
	}
	c.Fill, c.Silence = scrapers.Duration(12*time.Hour), scrapers.Duration(time.Hour)
	return c
}

func testSource(t testing.TB, c Config, h *contract.Host) *Source {
	t.Helper()
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("bluesky did:plc:ada/3k%d", i))
	}
	for _, p := range few(began, began.Add(time.Minute)) {
		want = append(want, "bluesky did:plc:"+p.Author+"/"+p.ID)
	}
	contract.Test(t, contract.Subject{
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewJetstream(few, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return testSource(t, testConfig(base), h)
		},
		Now: began, Want: want, Stream: true,
	})
}
