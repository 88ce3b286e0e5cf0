package entries

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/poll"
	"github.com/swell-radar/swell/scrapers/scrapetest"
)

// feed is an RSS feed whose entries are set by a test: "ID@minutes before now", oldest or newest first.
type feed struct {
	head    string // elements of the channel
	entries []string
	header  http.Header
}

func (f *feed) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/rss+xml")
	for name, values := range f.header {
		w.Header()[name] = values
	}
	fmt.Fprintf(w, `<rss version="2.0"><channel><title>x</title>%s`, f.head)
	for _, e := range f.entries {
		id, minutes, dated := strings.Cut(e, "@")
		date := ""
		if dated {
			ago, _ := time.ParseDuration(minutes + "m") // by a test
			date = "<pubDate>" + now.Add(-ago).Format(time.RFC1123Z) + "</pubDate>"
		}
		fmt.Fprintf(w, "<item><guid>%s</guid><title>about %s</title>%s</item>", id, id, date)
	}
	_, _ = w.Write([]byte("</channel></rss>")) // a client that is gone needs no answer
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestEachEntryIsNewsOnce(t *testing.T) {
	f := &feed{entries: []string{"c@5", "b@30", "a@90", "undated"}}
	g := newRig(t, f)
	equal(t, "the first look takes what is fresh", g.good(), "c", "b", "undated")
	equal(t, "nothing is new", g.good())
	f.entries = []string{"d@-20", "c@5", "b@30", "old@4000", "undated"}
	equal(t, "what is new, and not what is old by its own word", g.good(), "d")
	f.entries = append(f.entries, "a@90")
	equal(t, "what was passed over at first is no news later", g.good())
}

// After a break of days, what came in it is no burst of now.
func TestABreakIsNoBurst(t *testing.T) {
	f := &feed{entries: []string{"x@10"}}
	g := newRig(t, f)
	g.good()
	g.pass(10 * 24 * time.Hour)
	f.entries = []string{"x@10"}
	for hour := 12; hour <= 10*24; hour += 12 {
		f.entries = append(f.entries, fmt.Sprintf("after %d hours@-%d", hour, hour*60))
	}
	equal(t, "of the last day", g.good(), "after 228 hours", "after 240 hours")
}

// A feed that is read seldom is not late: its entries come at most five minutes before now.
func TestEntriesAreNotLate(t *testing.T) {
	g := newRig(t, &feed{entries: []string{"a@50"}})
	d, err := g.ask()
	if err != nil || len(d.Records) != 1 || d.Records[0].TS != now.Add(-scrapers.Behind).UnixMicro() {
		t.Errorf("%+v, %v", d.Records, err)
	}
}

func TestAFeedThatMovedIsFollowed(t *testing.T) {
	moved, gone := false, false
	f := &feed{entries: []string{"a@5"}}
	mux := http.NewServeMux()
	mux.HandleFunc("/feed.xml", func(w http.ResponseWriter, r *http.Request) {
		if moved {
			http.Redirect(w, r, "/new.xml", http.StatusMovedPermanently)
			return
		}
		f.ServeHTTP(w, r)
	})
	mux.HandleFunc("/new.xml", func(w http.ResponseWriter, r *http.Request) {
		if gone {
			w.WriteHeader(http.StatusGone)
			return
		}
		f.ServeHTTP(w, r)
	})
	g := newRig(t, mux)
	equal(t, "before", g.good(), "a")
	moved, f.entries = true, []string{"b", "a@5"}
	d, err := g.ask()
	if err == nil || scrapers.StateOf(err) != scrapers.OK || !strings.Contains(err.Error(), "moved for good") || len(d.Records) != 1 {
		t.Errorf("it says %v and brings %v", err, d.Records)
	}
	before := g.asked()
	f.entries = []string{"c", "b", "a@5"}
	equal(t, "at its new address", g.good(), "c")
	if seen := g.site.Seen()[before:]; len(seen) != 1 || seen[0].URL != "/new.xml" {
		t.Errorf("asked for %+v", seen)
	}
	gone, moved, f.entries = true, false, []string{"d", "c"}
	if _, err := g.ask(); err == nil || scrapers.StateOf(err) == scrapers.Ended {
		t.Errorf("an address that it moved to and is gone again ends it: %v", err)
	}
	equal(t, "back at the old address", g.good(), "d")
}

func TestAFeedThatIsGoneHasEnded(t *testing.T) {
	g := newRig(t, &feed{})
	g.site.Script(scrapetest.Gone())
	if _, err := g.ask(); scrapers.StateOf(err) != scrapers.Ended || !strings.Contains(err.Error(), "url") {
		t.Errorf("%v", err)
	}
	g.site.Script(scrapetest.NotFound())
	if _, err := g.ask(); err == nil || scrapers.StateOf(err) == scrapers.Ended {
		t.Errorf("a feed that is not found may come again: %v", err)
	}
}

func TestAFeedIsLeftAloneForAsLongAsItWants(t *testing.T) {
	for name, c := range map[string]struct {
		f    feed
		rest time.Duration
	}{
		"nothing said":    {feed{}, 0},
		"ttl":             {feed{head: "<ttl>60</ttl>"}, time.Hour},
		"shorter ttl":     {feed{head: "<ttl>5</ttl>"}, 0},
		"max-age":         {feed{header: http.Header{"Cache-Control": {"public, max-age=7200"}}}, 2 * time.Hour},
		"no-cache":        {feed{header: http.Header{"Cache-Control": {"no-cache, max-age=7200"}}}, 0},
		"a year":          {feed{header: http.Header{"Cache-Control": {"max-age=31536000"}}}, longestTTL},
		"hours":           {feed{head: "<skipHours><hour>12</hour><hour>13</hour></skipHours>"}, 110 * time.Minute},
		"all hours":       {feed{head: "<skipHours>" + allHours() + "</skipHours>"}, 0},
		"nonsense":        {feed{head: "<ttl>soon</ttl><skipHours><hour>25</hour></skipHours>", header: http.Header{"Cache-Control": {"max-age=x,,="}}}, 0},
		"hours and a ttl": {feed{head: "<ttl>60</ttl><skipHours><hour>13</hour></skipHours>"}, 110 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			c.f.entries = []string{"a"}
			g := newRig(t, &c.f)
			g.good()
			for g.asked() == 1 && g.turn.Now.Sub(now) < 48*time.Hour {
				g.good()
			}
			rest := g.turn.Now.Sub(now) - 15*time.Minute // since ask has let time pass
			if want := max(c.rest, 15*time.Minute); rest < want || rest > want+15*time.Minute {
				t.Errorf("it is left alone for %v, and wants %v", rest, want)
			}
		})
	}
}

func allHours() string {
	var b strings.Builder
	for h := range 24 {
		fmt.Fprintf(&b, "<hour>%d</hour>", h)
	}
	return b.String()
}

func TestAClockThatIsSetBackDoesNotSilenceAFeed(t *testing.T) {
	g := newRig(t, &feed{head: "<ttl>300</ttl>", entries: []string{"a"}})
	g.good()
	g.pass(-1000 * time.Hour)
	g.good()
	if g.asked() != 2 {
		t.Errorf("asked %d times", g.asked())
	}
}

func TestBadEntriesAndTroubleKeepTheirPlace(t *testing.T) {
	f := &feed{entries: []string{"a"}}
	g := newRig(t, f)
	g.good()
	for _, bad := range []scrapetest.Failure{scrapetest.Drift(), scrapetest.Cut(), scrapetest.Empty(), scrapetest.Unavailable("")} {
		g.site.Script(bad)
		if d, err := g.ask(); err == nil || len(d.Records) > 0 {
			t.Errorf("%v, %v", d.Records, err)
		}
	}
	f.entries = []string{"b", "a"}
	equal(t, "after trouble", g.good(), "b")
	g.turn.Cursor = []byte("{damaged")
	equal(t, "after damage everything comes again, by the same IDs", g.good(), "b", "a")
}

func TestManyEntriesFitTheCursor(t *testing.T) {
	f := &feed{}
	for i := range 3 * MaxEntries {
		f.entries = append(f.entries, fmt.Sprintf("%d@%d", i, i%50)) // fresh
	}
	g := newRig(t, f)
	d, err := g.ask()
	if err != nil || len(d.Records) != MaxEntries || d.Items != 3*MaxEntries || len(d.Cursor) > poll.MaxCursor {
		t.Errorf("%d records of %d items, a cursor of %d bytes, %v", len(d.Records), d.Items, len(d.Cursor), err)
	}
	equal(t, "again", g.good())
}
