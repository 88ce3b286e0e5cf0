package mastodon

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

// every returns posts at a steady pace, since ever.
func every(pause time.Duration) scrapetest.Posts {
	return func(from, to time.Time) []scrapetest.Post {
		var out []scrapetest.Post
		for at := from.Truncate(pause); at.Before(to); at = at.Add(pause) {
			if at.Before(from) {
				continue
			}
			n := at.UnixMilli()
			out = append(out, scrapetest.Post{
				At: at, ID: fmt.Sprint("p", n), Author: fmt.Sprint("author", n%7), Lang: "en",
				Text: fmt.Sprintf("post %d about #LiveMusic", n), Link: "https://example.org/a/path/that/is/cut/for/the/eye",
			})
		}
		return out
	}
}

func trending(time.Time) []scrapetest.Row {
	return []scrapetest.Row{{Title: "LiveMusic", Total: 40}, {Title: "books", Total: 12}}
}

func source(t *testing.T, c Config, h *contract.Host) *Source {
	t.Helper()
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// circling is every with IDs that come again: each post is there sooner or later, however long a
// site was away.
func circling(posts scrapetest.Posts) scrapetest.Posts {
	return func(from, to time.Time) []scrapetest.Post {
		out := posts(from, to)
		for i := range out {
			out[i].ID = fmt.Sprint("p", out[i].At.Unix()/10%12)
		}
		return out
	}
}

func TestContract(t *testing.T) {
	want := []string{"mastodon trends/tags/fake hashtag:livemusic", "mastodon trends/tags/fake hashtag:books"}
	for i := range 12 {
		want = append(want, fmt.Sprint("mastodon p", i))
	}
	contract.Test(t, contract.Subject{
		Now: now, Want: want,
		Site: func(now func() time.Time) http.Handler {
			return scrapetest.NewMastodon(circling(every(10*time.Second)), trending, now)
		},
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.Instances, c.Timeline = []string{base}, timelineAll
			return relabelled{source(t, c, h), strings.TrimPrefix(base, "http://")}
		},
	})
}

// relabelled takes the port, which is another one in each test, out of what a source delivers.
type relabelled struct {
	scrapers.Source
	host string
}

func (r relabelled) Run(ctx context.Context, h scrapers.Host) error {
	return r.Source.Run(ctx, relabelling{h, r.host})
}

type relabelling struct {
	scrapers.Host
	host string
}

func (r relabelling) Deliver(ctx context.Context, d scrapers.Delivery) error {
	for i := range d.Records {
		rec := &d.Records[i]
		if at := strings.LastIndex(rec.ID, "/statuses/"); at >= 0 {
			rec.ID = rec.ID[at+len("/statuses/"):]
		}
		if rec.Gauge != nil {
			rec.Gauge.List = strings.Replace(rec.Gauge.List, r.host, "fake", 1)
		}
	}
	return r.Host.Deliver(ctx, d)
}

// run has the source run until done, or for a while.
func run(t *testing.T, s scrapers.Source, h *contract.Host, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, h) }()
	for !done() && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Error("it did not come to that")
	}
	cancel()
	<-ended
}

// serve opens the handler, and returns a host whose clock it keeps.
func serve(t *testing.T, handler func(now func() time.Time) http.Handler) (*scrapetest.Site, *contract.Host) {
	t.Helper()
	h := contract.NewHost(now, 1)
	site, err := scrapetest.Open(handler(h.Now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() }) // what it served was seen
	return site, h
}

// A timeline that is faster than what may be read of it is left behind, and that is said; one
// that is not is read whole, each status once.
func TestWhatCannotBeReadIsSaid(t *testing.T) {
	for _, c := range []struct {
		pause  time.Duration
		behind bool
	}{{400 * time.Millisecond, false}, {50 * time.Millisecond, true}} {
		site, h := serve(t, func(now func() time.Time) http.Handler { return scrapetest.NewMastodon(every(c.pause), nil, now) })
		config := Default()
		config.Instances, config.Timeline, config.Trends, config.Pages = []string{site.URL}, timelineAll, false, 5
		run(t, source(t, config, h), h, func() bool { return h.Now().Sub(now) > 2*time.Minute })
		rejects := h.Rejects()
		if (len(rejects) > 0) != c.behind {
			t.Errorf("a post every %v: rejected %v", c.pause, rejects)
		}
		got := map[string]int{}
		for _, rec := range h.Records() {
			got[rec.ID]++
		}
		for id, n := range got {
			if n != 1 {
				t.Errorf("%s was delivered %d times", id, n)
			}
		}
		if want := int(time.Minute / c.pause); !c.behind && len(got) < want {
			t.Errorf("a post every %v: %d of at least %d were delivered", c.pause, len(got), want)
		}
	}
}

func TestATimelineForMembersIsOneWallAndNoTroubleOfTheTrends(t *testing.T) {
	for who, want := range map[string]scrapers.State{"authenticated": scrapers.LoginWall, "disabled": scrapers.Off} {
		site, h := serve(t, func(now func() time.Time) http.Handler {
			inner := scrapetest.NewMastodon(every(time.Second), trending, now)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/api/v2/instance":
					w.Header().Set("Content-Type", "application/json")
					fmt.Fprintf(w, `{"configuration":{"timelines_access":{"live_feeds":{"local":%q,"remote":%q}}}}`, who, who)
				case "/api/v1/timelines/public":
					t.Errorf("%s: the timeline is asked for", who)
				default:
					inner.ServeHTTP(w, r)
				}
			})
		})
		c := Default()
		c.Instances = []string{site.URL}
		part := host(site.URL)
		run(t, source(t, c, h), h, func() bool { return h.Part(part) == want && h.Part(part+"/trends") == scrapers.OK })
	}
}

func TestAServerThatDoesNotDescribeItselfIsReadAllTheSame(t *testing.T) {
	site, h := serve(t, func(now func() time.Time) http.Handler {
		inner := scrapetest.NewMastodon(every(time.Second), nil, now)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/v2/instance" {
				http.NotFound(w, r)
				return
			}
			inner.ServeHTTP(w, r)
		})
	})
	c := Default()
	c.Instances, c.Trends = []string{site.URL}, false
	run(t, source(t, c, h), h, func() bool { return len(h.Records()) > 50 })
}

// An ID that is ahead of all others, or an instance that was made anew, does not end a timeline.
func TestAPlaceThatIsNoneIsLeft(t *testing.T) {
	site, h := serve(t, func(now func() time.Time) http.Handler {
		return scrapetest.NewMastodon(every(10*time.Second), nil, now)
	})
	site.Script(nil, scrapetest.Body("application/json", `[{"id":"99999999999999999999","uri":"https://a.example/1","account":{"acct":"a"},"content":"from afar"}]`))
	c := Default()
	c.Instances, c.Trends = []string{site.URL}, false
	run(t, source(t, c, h), h, func() bool { return len(h.Records()) > 20 })
	if h.Now().Sub(now) > time.Hour {
		t.Errorf("it took until %v", h.Now())
	}
}

// The newest status may be deleted, so that what is read again ends before it: the place stays.
func TestAPlaceDoesNotGoBack(t *testing.T) {
	site, h := serve(t, func(now func() time.Time) http.Handler { return scrapetest.NewMastodon(every(time.Second), nil, now) })
	old := scrapetest.Body("application/json", `[{"id":"115590000000000001","uri":"https://a.example/1","account":{"acct":"a"},"content":"older"}]`)
	site.Script(nil, nil, old, old)
	c := Default()
	c.Instances, c.Timeline, c.Trends = []string{site.URL}, timelineAll, false
	run(t, source(t, c, h), h, func() bool { return len(site.Seen()) > 8 })
	last := ""
	for _, seen := range site.Seen() {
		_, from, ok := strings.Cut(seen.URL, "min_id=")
		if ok && later(before(last, time.Duration(c.Overlap)), from) != from {
			t.Errorf("it goes back from %s to %s", last, from)
		}
		if ok {
			last = later(last, from)
		}
	}
	if last == "" {
		t.Error("it never went on from a place")
	}
}

func TestTagsAreAskedForFiveAtATime(t *testing.T) {
	site, h := serve(t, func(now func() time.Time) http.Handler { return scrapetest.NewMastodon(every(time.Second), nil, now) })
	c := Default()
	c.Instances, c.Timeline, c.Trends, c.Tags = []string{site.URL}, timelineNone, false, []string{"a", "b", "c", "d", "e", "livemusic"}
	run(t, source(t, c, h), h, func() bool { return len(h.Records()) > 50 })
	asked := map[string]bool{}
	for _, seen := range site.Seen() {
		if path, _, _ := strings.Cut(seen.URL, "?"); strings.Contains(path, "/tag/") {
			asked[path] = true
			if strings.HasSuffix(path, "/a") && strings.Count(seen.URL, "any%5B%5D=") != 4 {
				t.Errorf("asked for %s", seen.URL)
			}
		}
	}
	if len(asked) != 2 {
		t.Errorf("asked for %v", asked)
	}
	for _, rec := range h.Records() {
		if len(rec.Tags) != 1 || rec.Tags[0] != "livemusic" || !strings.Contains(rec.Text, "#LiveMusic") || len(rec.Links) != 1 {
			t.Fatalf("%s", term.AppendRecord(nil, &rec))
		}
	}
}

func TestSettingsSayTheWayOut(t *testing.T) {
	if err := func() error { c := Default(); return c.check() }(); err != nil {
		t.Errorf("the default settings are refused: %v", err)
	}
	for want, change := range map[string]func(*Config){
		"instances is empty":    func(c *Config) { c.Instances = nil },
		`instances = "ftp://x"`: func(c *Config) { c.Instances = []string{"ftp://x"} },
		"twice":                 func(c *Config) { c.Instances = []string{"a.example", "https://A.example/"} },
		`timeline = "home"`:     func(c *Config) { c.Timeline = "home" },
		"nothing to read":       func(c *Config) { c.Timeline, c.Trends = timelineNone, false },
		`every = "1s"`:          func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		"pages = 0":             func(c *Config) { c.Pages = 0 },
		`overlap = "1h0m0s"`:    func(c *Config) { c.Overlap = scrapers.Duration(time.Hour) },
		`tags has "#a"`:         func(c *Config) { c.Tags = []string{"#a"} },
		"requests_per_day = -1": func(c *Config) { c.RequestsPerDay = -1 },
	} {
		c := Default()
		change(&c)
		if _, err := New(c, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}
