package fetch

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
)

// The traps of traps_test.go that are about robots.txt.

const private = "User-agent: *\nDisallow: /private\n"

// robots.txt is ignored unless one asks for it.
func TestTrapRobotsIgnored(t *testing.T) {
	s := newSite(t, handlers{"/robots.txt": says("text/plain", private), "/private/a": says("text/html", "x"), "/public": says("text/html", "x")})
	c := newTry(t)
	for _, path := range []string{"/private/a", "/private/a?q=1", "/%70rivate/a"} {
		_, err := c.Page(t.Context(), Request{URL: s.URL + path})
		trouble := state(t, err, scrapers.Blocked)
		if !strings.Contains(trouble.Why, "/robots.txt") || !strings.Contains(trouble.Why, "Disallow: /private") {
			t.Errorf("does not name the rule: %v", err)
		}
		_, err = c.Get(t.Context(), Request{URL: s.URL + path})
		state(t, err, scrapers.Blocked)
	}
	if s.hits.Load() != 0 {
		t.Error("it was asked for what is disallowed")
	}
	if _, err := c.Page(t.Context(), Request{URL: s.URL + "/public"}); err != nil {
		t.Error(err)
	}
}

// A User-Agent that begins with anything but the product token never matches its own group in robots.txt.
func TestTrapRobotsAgent(t *testing.T) {
	s := newSite(t, handlers{"/robots.txt": says("text/plain", "User-agent: *\nAllow: /\n\nUser-agent: SWELL\nDisallow: /\n"), "/": says("text/html", "x")})
	c := newTry(t)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/"})
	state(t, err, scrapers.Blocked)
	if !strings.HasPrefix(c.f.agent, "swell/") {
		t.Errorf("the User-Agent is %q", c.f.agent)
	}
	// Nor does a group match that is only a part of the name.
	s = newSite(t, handlers{"/robots.txt": says("text/plain", "User-agent: s\nDisallow: /\nUser-agent: swellbot\nDisallow: /\n"), "/": says("text/html", "x")})
	if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
		t.Error(err)
	}
}

// A redirect to what robots.txt disallows is followed.
func TestTrapRobotsRedirect(t *testing.T) {
	other := newSite(t, handlers{"/robots.txt": says("text/plain", private), "/private": says("text/html", "x")})
	s := newSite(t, handlers{
		"/robots.txt": says("text/plain", private), "/private": says("text/html", "x"),
		"/a": answers(302, "Location", "/private"), "/b": answers(302, "Location", "/c"), "/c": answers(301, "Location", other.URL+"/private"),
	})
	c := newTry(t)
	for _, path := range []string{"/a", "/b"} {
		_, err := c.Page(t.Context(), Request{URL: s.URL + path})
		state(t, err, scrapers.Blocked)
		_, err = c.Get(t.Context(), Request{URL: s.URL + path})
		state(t, err, scrapers.Blocked)
	}
	if other.hits.Load() != 0 || other.robots.Load() != 1 {
		t.Errorf("the other host was asked %d times, its robots.txt %d times", other.hits.Load(), other.robots.Load())
	}
}

// Crawl-delay is never applied.
func TestTrapCrawlDelay(t *testing.T) {
	s := newSite(t, handlers{"/robots.txt": says("text/plain", "User-agent: *\nCrawl-delay: 20\n"), "/": says("text/html", "x")})
	c := newTry(t)
	for range 3 {
		if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.clock.total(); got < 40*time.Second || got > 60*time.Second {
		t.Errorf("three pages took %s, with 20s between two", got)
	}
	// One that is longer than anybody waits here is a trouble that says how long.
	s = newSite(t, handlers{"/robots.txt": says("text/plain", "User-agent: *\nCrawl-delay: 600\n"), "/": says("text/html", "x")})
	c = newTry(t)
	var err error
	for range 3 {
		if _, err = c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
			break
		}
	}
	if trouble := state(t, err, scrapers.Throttled); trouble.After < 500*time.Second || trouble.After > 600*time.Second {
		t.Errorf("to be tried after %s", trouble.After)
	}
}

// robots.txt is kept for as long as the collector lives, and asked for outside of all paces.
func TestTrapRobotsForEver(t *testing.T) {
	var now atomic.Value
	now.Store("")
	s := newSite(t, handlers{"/robots.txt": func(w http.ResponseWriter, r *http.Request) { says("text/plain", now.Load().(string))(w, r) }, "/private": says("text/html", "x")})
	c := newTry(t)
	for range 3 {
		if _, err := c.Page(t.Context(), Request{URL: s.URL + "/private"}); err != nil {
			t.Fatal(err)
		}
	}
	if s.robots.Load() != 1 {
		t.Errorf("robots.txt was asked for %d times", s.robots.Load())
	}
	now.Store(private)
	_ = c.clock.Sleep(t.Context(), 24*time.Hour)
	_, err := c.Page(t.Context(), Request{URL: s.URL + "/private"})
	state(t, err, scrapers.Blocked)

	c = newTry(t, func(o *Options) { o.Pace = Pace{Every: 10 * time.Second, Burst: 1} })
	s = newSite(t, handlers{"/": says("text/html", "x")})
	if _, err := c.Page(t.Context(), Request{URL: s.URL + "/"}); err != nil {
		t.Fatal(err)
	}
	if got := c.clock.total(); got != 10*time.Second {
		t.Errorf("robots.txt and a page took %s at a pace of 10s", got)
	}
}
