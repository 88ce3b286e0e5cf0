package reddit

import (
	"context"
	"flag"
	"fmt"
	"net/http"
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

func read(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
	r := entries.Reader{Every: 5 * time.Minute, Record: record}
	d, err := r.Read(body, poll.Turn{Now: now, Last: now.Add(-5 * time.Minute)})
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
	})
}

// posts has a post every minute; IDs come again, so that each is there sooner or later.
func posts(from, to time.Time) []scrapetest.Post {
	var out []scrapetest.Post
	if few := to.Add(-12 * time.Minute); from.Before(few) {
		from = few // a young subreddit: pages are short
	}
	for at := from.Truncate(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		if !at.Before(from) {
			out = append(out, scrapetest.Post{At: at, ID: fmt.Sprint("1abc", at.Unix()/60%6), Author: "madeup_ada", Text: "a question about #BookTok", Link: "https://example.org/x"})
		}
	}
	return out
}

func source(t *testing.T, c Config, base string, h *contract.Host) *Source {
	t.Helper()
	c.Subreddits, c.Base = []string{"books"}, base
	s, err := New(c, h.Client(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	var want []string
	for i := range 6 {
		want = append(want, fmt.Sprintf("reddit t3_1abc%d", i))
	}
	contract.Test(t, contract.Subject{
		Now: now, Want: want,
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewReddit(posts, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			c := Default()
			c.FeedReader = true
			return source(t, c, base, h)
		},
	})
}

// A robots.txt that allows nothing, as Reddit's, blocks the source unless the user has decided otherwise;
// and what is blocked says what can be done.
func TestRobots(t *testing.T) {
	for _, asReader := range []bool{false, true} {
		h := contract.NewHost(now, 1)
		mux := http.NewServeMux()
		mux.Handle("/", scrapetest.NewReddit(posts, h.Now))
		mux.HandleFunc("/robots.txt", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /\n")) // a client that is gone needs no answer
		})
		site, err := scrapetest.Open(mux)
		if err != nil {
			t.Fatal(err)
		}
		site.OwnRobots = true
		c := Default()
		c.FeedReader = asReader
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		ended := make(chan error, 1)
		go func() { ended <- source(t, c, site.URL, h).Run(ctx, h) }()
		var blocked []error
		for len(blocked) == 0 && len(h.Records()) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
			blocked, _ = h.Reached(scrapers.Blocked)
		}
		cancel()
		<-ended
		_ = site.Close() // what it served was seen
		switch {
		case asReader && len(h.Records()) == 0:
			t.Error("nothing came of a feed that the user has named to be read")
		case !asReader && (len(blocked) == 0 || !strings.Contains(blocked[0].Error(), "feed_reader = true")):
			t.Errorf("it is blocked with %v", blocked)
		}
	}
}

func TestSettingsSayTheWayOut(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"":                     func(*Config) {},
		"names nothing":        func(c *Config) { c.Subreddits = nil },
		`subreddits has "r/b`:  func(c *Config) { c.Subreddits = []string{"r/books"} },
		`sort = "best"`:        func(c *Config) { c.Sort = "best" },
		`base = "reddit"`:      func(c *Config) { c.Base = "reddit" },
		`every = "1s"`:         func(c *Config) { c.Every = scrapers.Duration(time.Second) },
		"requests_per_day = 1": func(c *Config) { c.RequestsPerDay = 1 },
	} {
		c := Default()
		c.Subreddits = []string{"books"}
		change(&c)
		if _, err := New(c, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want something with %q", err, want)
		}
	}
}
