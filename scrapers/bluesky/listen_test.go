package bluesky

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

// open serves a handler until the test ends.
func open(t testing.TB, h http.Handler) *scrapetest.Site {
	t.Helper()
	site, err := scrapetest.Open(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() }) // the test is over
	return site
}

// run runs a source until done says so, and returns its error if it ends before.
func run(t testing.TB, s *Source, h *contract.Host, done func() bool) error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, h) }()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		select {
		case err := <-ended:
			return err
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it did not happen: %d records, rejected %v", len(h.Records()), h.Rejects())
		}
	}
	cancel()
	<-ended
	return nil
}

// seed has a host remember a cursor.
func seed(t testing.TB, h *contract.Host, at time.Time) {
	t.Helper()
	if err := h.Deliver(context.Background(), scrapers.Delivery{Cursor: appendCursor(at.UnixMicro())}); err != nil {
		t.Fatal(err)
	}
}

func ids(records []term.Record) []string {
	var ids []string
	for _, rec := range records {
		ids = append(ids, rec.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// cursors are the times that a site was asked to begin at; zero: now.
func cursors(t testing.TB, site *scrapetest.Site) []time.Time {
	t.Helper()
	var out []time.Time
	for _, seen := range site.Seen() {
		r, err := http.NewRequest(http.MethodGet, seen.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		at, err := parseCursor([]byte(`{"time_us":` + r.URL.Query().Get("cursor") + `}`))
		if err != nil {
			out = append(out, time.Time{})
			continue
		}
		out = append(out, time.UnixMicro(at).UTC())
	}
	return out
}

// TestResume goes on five seconds before the last event, and its cursor never goes back.
func TestResume(t *testing.T) {
	h := contract.NewHost(began, 1)
	fake := scrapetest.NewJetstream(few, h.Now)
	fake.Close = 20
	site := open(t, fake)
	var last int64
	h.OnDeliver = func(d scrapers.Delivery) error {
		if len(d.Cursor) > 0 {
			at, err := parseCursor(d.Cursor)
			if err != nil || at < last {
				t.Errorf("the cursor %s comes after %d: %v", d.Cursor, last, err)
			}
			last = at
		}
		return nil
	}
	if err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return len(site.Seen()) > 5 }); err != nil {
		t.Fatal(err)
	}
	records := h.Records()
	asked := cursors(t, site)
	for i := 1; i < len(asked); i++ {
		if asked[i].Before(asked[i-1]) {
			t.Errorf("connection %d asks for %v, the one before for %v", i+1, asked[i], asked[i-1])
		}
	}
	want := few(began.Add(-12*time.Hour), time.UnixMicro(last).Add(1))
	got := ids(records)
	for _, p := range want {
		if !slices.Contains(got, fake.RecordID(p)) {
			t.Errorf("%s is missing", fake.RecordID(p))
		}
	}
}

// TestGaps of all sorts are told with the first posts behind them.
func TestGaps(t *testing.T) {
	for _, c := range []struct {
		name     string
		cursor   time.Time
		keep     time.Duration
		gap      string // in the reason; empty: none
		from, to time.Time
	}{
		{name: "none", cursor: began.Add(-25 * time.Minute), keep: time.Hour},
		{name: "server keeps less", cursor: began.Add(-4 * time.Hour), keep: 20 * time.Minute, gap: "no posts from 2026-11-28 08:00:00 to 2026-11-28 11:4"},
		{name: "long stop", cursor: began.Add(-100 * time.Hour), keep: 200 * time.Hour, gap: "max_age"},
		{name: "clock ahead", cursor: began.Add(50 * time.Hour), keep: time.Hour, gap: "the cursor was of a clock that ran ahead"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := contract.NewHost(began, 1)
			seed(t, h, c.cursor)
			fake := scrapetest.NewJetstream(few, h.Now)
			fake.Keep = c.keep
			site := open(t, fake)
			h.OnDeliver = nil
			if err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return len(h.Records()) > 5 && h.Now().Sub(began) > time.Minute }); err != nil {
				t.Fatal(err)
			}
			rejects := h.Rejects()
			switch {
			case c.gap == "" && len(rejects) > 0:
				t.Errorf("it tells of %v", rejects)
			case c.gap != "" && (len(rejects) != 1 || rejects[0].Where != "gap" || !strings.Contains(rejects[0].Why.Error(), c.gap)):
				t.Errorf("it tells of %v", rejects)
			}
			at, err := parseCursor(h.Cursor(""))
			if off := h.Now().Sub(time.UnixMicro(at)); err != nil || off < 0 || off > 10*time.Minute {
				t.Errorf("the cursor is %v old in the end: %v", off, err)
			}
		})
	}
}

// TestOneFromTheFuture has one event a year ahead: the cursor does not go there, and nothing is missed.
func TestOneFromTheFuture(t *testing.T) {
	h := contract.NewHost(began, 1)
	l := newListener(testSource(t, testConfig("http://127.0.0.1:1"), h), h)
	l.begin("server")
	var b stream.Batch
	for _, at := range []time.Time{began.Add(-time.Second), began.AddDate(1, 0, 0), began} {
		message := strings.Replace(typical, "1795874401234567", strconv.FormatInt(at.UnixMicro(), 10), 1)
		if err := l.take(&b, []byte(message), false); err != nil {
			t.Fatal(err)
		}
	}
	if at := time.UnixMicro(b.Mark).UTC(); at.After(began.Add(skew)) || at.Before(began) {
		t.Errorf("the cursor is at %v", at)
	}
	for _, rec := range b.Records() {
		if rec.TS > began.UnixMicro() {
			t.Errorf("a record is at %v", time.UnixMicro(rec.TS).UTC())
		}
	}
	l.settle()
	l.begin("server")
	if asked := time.UnixMicro(l.asked); asked.After(began.Add(skew)) {
		t.Errorf("it goes on at %v", asked)
	}
}

// TestRotation asks the next server when one has failed twice, and none that asked for patience.
func TestRotation(t *testing.T) {
	h := contract.NewHost(began, 1)
	fake := scrapetest.NewJetstream(few, h.Now)
	good, broken, busy := open(t, fake), open(t, fake), open(t, fake)
	broken.Always(scrapetest.Reset())
	busy.Always(scrapetest.TooMany("200"))
	c := testConfig(broken.URL, busy.URL, good.URL)
	if err := run(t, testSource(t, c, h), h, func() bool { return len(h.Records()) > 25 }); err != nil {
		t.Fatal(err)
	}
	if n := len(broken.Seen()); n > 2 {
		t.Errorf("the broken server was asked %d times", n)
	}
	if n := len(busy.Seen()); n > 1 {
		t.Errorf("the busy server was asked %d times", n)
	}
	for site, want := range map[*scrapetest.Site]scrapers.State{broken: scrapers.Unreachable, busy: scrapers.Throttled, good: scrapers.OK} {
		name := strings.TrimPrefix(site.URL, "http://")
		if got := h.Part(name); len(site.Seen()) > 0 && got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// TestNobodyAnswers gives up when every server has failed twice.
func TestNobodyAnswers(t *testing.T) {
	h := contract.NewHost(began, 1)
	one, two := open(t, http.NotFoundHandler()), open(t, http.NotFoundHandler())
	one.Always(scrapetest.Reset())
	two.Always(scrapetest.Reset())
	err := run(t, testSource(t, testConfig(one.URL, two.URL), h), h, func() bool { return false })
	if scrapers.StateOf(err) != scrapers.Unreachable {
		t.Errorf("it ended with %v", err)
	}
	if n, m := len(one.Seen()), len(two.Seen()); n != 2 || m != 2 {
		t.Errorf("they were asked %d and %d times", n, m)
	}
}

// TestRefusal says what the server said.
func TestRefusal(t *testing.T) {
	h := contract.NewHost(began, 1)
	site := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "service not ready: cursor replay warming up", http.StatusServiceUnavailable)
	}))
	err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return false })
	if err == nil || !strings.Contains(err.Error(), "service not ready: cursor replay warming up") || strings.Contains(err.Error(), "wantedCollections") {
		t.Errorf("it ended with %v", err)
	}
}

// TestDrift gives a server up whose messages have another form, and says so.
func TestDrift(t *testing.T) {
	h := contract.NewHost(began, 1)
	moved := func(from, to time.Time) []scrapetest.Post {
		posts := few(from, to)
		for i := range posts {
			posts[i].Author = strings.Repeat("a", 2000) // an ID that cannot be one
		}
		return posts
	}
	site := open(t, scrapetest.NewJetstream(moved, h.Now))
	done := func() bool { _, ok := h.Reached(scrapers.SchemaChanged); return ok }
	if err := run(t, testSource(t, testConfig(site.URL), h), h, done); err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
		t.Fatal(err)
	}
	if !done() || len(h.Records()) > 0 {
		t.Errorf("%d records", len(h.Records()))
	}
}

// TestCompression reads the same through each.
func TestCompression(t *testing.T) {
	dictionary := filepath.Join(t.TempDir(), "dictionary")
	if err := os.WriteFile(dictionary, scrapetest.JetstreamDictionary(), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{"none", "deflate", "zstd"} {
		t.Run(how, func(t *testing.T) {
			h := contract.NewHost(began, 1)
			fake := scrapetest.NewJetstream(few, h.Now)
			site := open(t, fake)
			c := testConfig(site.URL)
			if c.Compression = how; how == "zstd" {
				c.Dictionary = dictionary
			}
			if err := run(t, testSource(t, c, h), h, func() bool { return len(ids(h.Records())) >= 25 }); err != nil {
				t.Fatal(err)
			}
			if r := h.Rejects(); len(r) > 0 {
				t.Errorf("rejected: %v", r)
			}
			want := ids(nil)
			for _, p := range few(began.Add(-12*time.Hour), began) {
				want = append(want, fake.RecordID(p))
			}
			got := ids(h.Records())
			for _, id := range want {
				if !slices.Contains(got, id) {
					t.Errorf("%s is missing", id)
				}
			}
			asked := site.Seen()[0]
			if offered := strings.Contains(asked.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate"); offered != (how == "deflate") {
				t.Errorf("deflate was offered: %v", offered)
			}
			if zstd := strings.Contains(asked.URL, "compress=true"); zstd != (how == "zstd") {
				t.Errorf("zstd was asked for: %v", zstd)
			}
		})
	}
}

// TestOtherDictionary rejects what cannot be decompressed, and gives up.
func TestOtherDictionary(t *testing.T) {
	h := contract.NewHost(began, 1)
	dictionary := filepath.Join(t.TempDir(), "dictionary")
	other := slices.Clone(scrapetest.JetstreamDictionary())
	other[4]++ // its ID
	if err := os.WriteFile(dictionary, other, 0o644); err != nil {
		t.Fatal(err)
	}
	site := open(t, scrapetest.NewJetstream(few, h.Now))
	c := testConfig(site.URL)
	c.Compression, c.Dictionary = "zstd", dictionary
	done := func() bool { _, ok := h.Reached(scrapers.SchemaChanged); return ok }
	if err := run(t, testSource(t, c, h), h, done); err != nil && scrapers.StateOf(err) != scrapers.SchemaChanged {
		t.Fatal(err)
	}
	if len(h.Records()) > 0 {
		t.Errorf("%d records", len(h.Records()))
	}
}

// TestSilence gives a server up that says nothing.
func TestSilence(t *testing.T) {
	h := contract.NewHost(began, 1)
	site := open(t, scrapetest.NewJetstream(func(time.Time, time.Time) []scrapetest.Post { return nil }, h.Now))
	c := testConfig(site.URL)
	c.Silence = scrapers.Duration(30 * time.Second)
	err := run(t, testSource(t, c, h), h, func() bool { return false })
	if scrapers.StateOf(err) != scrapers.Unreachable || !strings.Contains(err.Error(), "no message for 30s") {
		t.Errorf("it ended with %v", err)
	}
}

// A first run that begins in the past misses nothing, however soon its connections break.
func TestFillLosesNothing(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	h := contract.NewHost(now, 1)
	crowd := scrapetest.Crowd(100, 1)
	fake := scrapetest.NewJetstream(func(from, to time.Time) []scrapetest.Post {
		if to.After(now) {
			to = now
		}
		return crowd(from, to)
	}, h.Now)
	fake.Close = 60
	site := open(t, fake)
	c := testConfig(site.URL)
	c.Fill = scrapers.Duration(20 * time.Second)
	var want []string
	for _, p := range crowd(now.Add(-20*time.Second), now) {
		want = append(want, fake.RecordID(p))
	}
	slices.Sort(want)
	missing := func() int {
		got, n := ids(h.Records()), 0
		for _, id := range want {
			if _, ok := slices.BinarySearch(got, id); !ok {
				n++
			}
		}
		return n
	}
	last := want[len(want)-1]
	for _, p := range crowd(now.Add(-time.Second), now) {
		last = fake.RecordID(p)
	}
	if err := run(t, testSource(t, c, h), h, func() bool {
		_, ok := slices.BinarySearch(ids(h.Records()), last)
		return ok
	}); err != nil {
		t.Fatal(err)
	}
	if n := missing(); n > 0 {
		t.Errorf("%d of %d posts are missing after %d connections", n, len(want), len(site.Seen()))
	}
	if n := len(ids(h.Records())); n != len(want) {
		t.Errorf("%d posts of the %d in the last 20 seconds", n, len(want))
	}
}
