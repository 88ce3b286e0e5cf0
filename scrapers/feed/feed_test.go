package feed

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/entries"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const folder = "testdata/cases"

func reader(f *Feed) *entries.Reader {
	return &entries.Reader{Every: 15 * time.Minute, Record: func(from *entries.Feed, e *entries.Entry) (term.Record, error) { return record(f, from, e) }}
}

func read(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	d, err := reader(&Feed{URL: "https://a.example/feed.xml"}).Read(body, poll.Turn{Now: now, Last: now.Add(-15 * time.Minute)})
	return d.Records, d.Rejected, err
}

func TestCases(t *testing.T) { contract.Cases(t, folder, *update, read) }

func FuzzDecode(f *testing.F) {
	for _, body := range contract.Inputs(f, folder) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, rejected, err := read("", body)
		if err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
			t.Errorf("the error of a decoder is %v", err)
		}
		contract.Sound(t, records, rejected)
		for i := range records {
			if records[i].TS > now.UnixMicro() {
				t.Errorf("a record of the future: %d", records[i].TS)
			}
		}
	})
}

// blog has a post every ten minutes; IDs come again, so that each is there sooner or later.
func blog(from, to time.Time) []scrapetest.Post {
	const pause = 10 * time.Minute
	var out []scrapetest.Post
	for at := from.Truncate(pause); at.Before(to); at = at.Add(pause) {
		if !at.Before(from) {
			out = append(out, scrapetest.Post{At: at, ID: fmt.Sprint("p", at.Unix()/600%6), Author: "Ada", Text: "a post about #Leeks", Link: "https://example.org/x"})
		}
	}
	return out
}

func source(t *testing.T, address string, h *contract.Host) scrapers.Source {
	t.Helper()
	c := Default()
	c.Feeds = []Feed{{URL: address}}
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return relabelled{s}
}

func TestContract(t *testing.T) {
	var want []string
	for i := range 6 {
		want = append(want, fmt.Sprintf("web made-up p%d", i))
	}
	contract.Test(t, contract.Subject{
		Now: now, Want: want,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewFeed(blog, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return source(t, base+"/feed.xml", h)
		},
	})
}

// The same posts are the same records, in whichever form a feed has them.
func TestAllFormsSayTheSame(t *testing.T) {
	var want string
	for _, path := range []string{"/feed.xml", "/atom.xml", "/feed.json"} {
		w := httptest.NewRecorder()
		scrapetest.NewFeed(blog, func() time.Time { return now }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		records, rejected, err := read("", w.Body.Bytes())
		if err != nil || len(rejected) > 0 || len(records) == 0 {
			t.Fatalf("%s: %d records, %v, %v", path, len(records), rejected, err)
		}
		var got []byte
		for i := range records {
			records[i].Lang = ""
			got = term.AppendRecord(got, &records[i])
		}
		if want == "" {
			want = string(got)
		}
		if string(got) != want {
			t.Errorf("%s says\n%s, RSS says\n%s", path, got, want)
		}
	}
}

func TestSettingsSayTheWayOut(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                      func(*Config) {},
		"names no feed":         func(c *Config) { c.Feeds = nil },
		`url = "ftp://x"`:       func(c *Config) { c.Feeds[0].URL = "ftp://x?key=secret" },
		"twice":                 func(c *Config) { c.Feeds = append(c.Feeds, c.Feeds[0]) },
		`every = "1s" is too`:   func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		`every = "2s" is too`:   func(c *Config) { c.Feeds[0].Every = scrapers.Duration(2 * time.Second) },
		`platform = "My Blog"`:  func(c *Config) { c.Feeds[0].Platform = "My Blog" },
		"requests_per_day = 10": func(c *Config) { c.RequestsPerDay = 10 },
		"requests_per_day = -1": func(c *Config) { c.RequestsPerDay = -1 },
	} {
		c := Default()
		c.Feeds = []Feed{{URL: "https://a.example/feed.xml?key=secret"}}
		change(&c)
		_, err := New(c, nil)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}

func TestIdentities(t *testing.T) {
	const feed = "https://a.example/feed.xml"
	long := "https://b.example/" + strings.Repeat("x", term.MaxFieldBytes)
	for want, e := range map[string]entries.Entry{
		"https://b.example/1":  {ID: "https://b.example/1", Link: "https://b.example/other"},
		"tag:b.example,2026:1": {ID: "tag:b.example,2026:1"},
		"a.example 4711":       {ID: "4711"},
		"https://b.example/2":  {Link: "https://b.example/2", Title: "t"},
		"":                     {},
	} {
		if got := identity(feed, &e); got != want {
			t.Errorf("%+v is %q, not %q", e, got, want)
		}
	}
	one, two := identity(feed, &entries.Entry{Title: "a"}), identity(feed, &entries.Entry{Title: "b"})
	if one == two || one != identity(feed, &entries.Entry{Title: "a"}) || !strings.HasPrefix(one, hashPrefix) {
		t.Errorf("%s and %s", one, two)
	}
	if got := identity(feed, &entries.Entry{ID: long}); len(got) > 100 {
		t.Errorf("%d bytes of an ID", len(got))
	}
}

func TestAuthorsOfDifferentBlogsAreDifferentPeople(t *testing.T) {
	for address, want := range map[string]string{"https://a.example/feed": "a.example admin", "https://b.example/feed": "b.example admin"} {
		rec, err := record(&Feed{URL: address}, &entries.Feed{}, &entries.Entry{ID: "1", Title: "#flood", Author: "admin"})
		if err != nil || rec.Author != want {
			t.Errorf("%s: %q, %v", address, rec.Author, err)
		}
	}
	if rec, err := record(&Feed{URL: "https://a.example/"}, &entries.Feed{}, &entries.Entry{ID: "1"}); err != nil || rec.Author != "" {
		t.Errorf("nobody is %q, %v", rec.Author, err)
	}
}

func TestPartsShowNoSecrets(t *testing.T) {
	a, b := part("https://a.example/feed?key=one"), part("https://a.example/feed?key=two")
	if a == b || strings.Contains(a, "one") || part("https://a.example/feed") != "https://a.example/feed" {
		t.Errorf("%q and %q", a, b)
	}
}
