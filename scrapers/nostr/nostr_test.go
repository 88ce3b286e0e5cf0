package nostr

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/scrapers"
	"github.com/swell-radar/swell/scrapers/scrapetest"
	"github.com/swell-radar/swell/scrapers/scrapetest/contract"
	"github.com/swell-radar/swell/scrapers/stream"
	"github.com/swell-radar/swell/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// began is when the tests begin: 2026-11-28 13:00:00 UTC.
var began = time.Unix(1795870800, 0).UTC()

// few are sixty notes in the hour before the tests, and one every ten seconds from then on.
func few(from, to time.Time) []scrapetest.Post {
	var posts []scrapetest.Post
	for i := range 60 {
		at := began.Add(-time.Hour + time.Duration(i)*time.Minute)
		if !at.Before(from) && at.Before(to) {
			posts = append(posts, scrapetest.Post{At: at, ID: fmt.Sprint(i), Author: fmt.Sprint("a", i), Lang: "en", Text: fmt.Sprintf("look %d, a #Comet", i)})
		}
	}
	if to.Before(began) {
		return posts
	}
	if from.Before(began) {
		from = began
	}
	return append(posts, scrapetest.Crowd(0.1, 1)(from, to)...)
}

func testConfig(bases ...string) Config {
	c := Default()
	c.Relays = nil
	for _, base := range bases {
		c.Relays = append(c.Relays, "ws"+strings.TrimPrefix(base, "http"))
	}
	c.Fill, c.MaxAge = scrapers.Duration(24*time.Hour), scrapers.Duration(72*time.Hour)
	c.Late, c.Silence = scrapers.Duration(24*time.Hour), scrapers.Duration(24*time.Hour)
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
	for _, p := range few(began.Add(-time.Hour), began.Add(time.Minute)) {
		want = append(want, "nostr "+scrapetest.NostrID(p))
	}
	contract.Test(t, contract.Subject{
		Site: func(now func() time.Time) http.Handler { return scrapetest.NewNostr(few, now) },
		Source: func(t *testing.T, base string, h *contract.Host) scrapers.Source {
			return testSource(t, testConfig(base), h)
		},
		Now: began, Want: want, Stream: true,
	})
}

// caseListener is a listener of a source with its usual settings, five minutes after the last connection.
func caseListener(t testing.TB) *listener {
	t.Helper()
	s, err := New(Default(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{Source: s, relay: s.relays[0], host: contract.NewHost(began, 1), guard: newGuard(s.config.PerAuthor)}
	l.say = func([]byte) error { return nil }
	l.position = began.Add(-time.Minute).Unix()
	l.span = longest
	l.since = l.position - 60
	l.stretch()
	return l
}

// TestCases takes the messages of every case, one a line.
func TestCases(t *testing.T) {
	contract.Cases(t, "testdata/cases", *update, func(_ string, body []byte) ([]term.Record, []scrapers.Reject, error) {
		l := caseListener(t)
		var b stream.Batch
		for i, line := range lines(body) {
			before := len(b.Rejected)
			if err := l.take(&b, line, false); err != nil {
				return nil, nil, err
			}
			for j := before; j < len(b.Rejected); j++ {
				b.Rejected[j].Where = fmt.Sprintf("line %d", i+1)
			}
		}
		return b.Records(), b.Rejected, nil
	})
}

func lines(body []byte) [][]byte {
	if len(body) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
}

// TestCanonical has the form that is hashed as another program makes it.
func TestCanonical(t *testing.T) {
	const key = "9e51bc7fb8ea7cb21ff6bdb1d44a0c3ba8d6de0a7c9b7e0a1f1f7ed2f1f9a7f1"
	e := event{PubKey: key, CreatedAt: 1700000000, Kind: 1, Tags: [][]string{{"t", "x"}, {}, {"p", "q", "r"}}, Content: "a \"b\"\n\\ é\u2028<&>\u0001"}
	const want = `[0,"` + key + `",1700000000,1,[["t","x"],[],["p","q","r"]],"a \"b\"\n\\ é` + "\u2028" + `<&>`
	if got := string(e.appendCanonical(nil, false)); got != want+"\u0001\"]" {
		t.Errorf("got %q", got)
	}
	if got := string(e.appendCanonical(nil, true)); got != want+`\u0001"]` {
		t.Errorf("got %q", got)
	}
	for _, escape := range []bool{false, true} {
		sum := sha256.Sum256(e.appendCanonical(nil, escape))
		e.ID = hex.EncodeToString(sum[:])
		text, err := json.Marshal(&e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseEvent(text); err != nil {
			t.Errorf("escape %v: %v", escape, err)
		}
	}
}

// FuzzTake gives any message to a listener: what comes out is valid, and no event passes that was changed.
func FuzzTake(f *testing.F) {
	for _, body := range contract.Inputs(f, "testdata/cases") {
		for _, line := range lines(body) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		l := caseListener(t)
		var b stream.Batch
		for range 2 {
			_ = l.take(&b, message, false) // whatever it makes of it
		}
		contract.Sound(t, b.Records(), b.Rejected)
		if n := len(b.Records()); n > 1 {
			t.Fatalf("%d records of one note", n)
		}
		for _, rec := range b.Records() {
			if rec.ID == "" || rec.Author == "" || rec.TS > began.UnixMicro() {
				t.Fatalf("%+v", rec)
			}
		}
	})
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

func open(t testing.TB, h http.Handler) *scrapetest.Site {
	t.Helper()
	site, err := scrapetest.Open(h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() }) // the test is over
	return site
}

func ids(records []term.Record) []string {
	var ids []string
	for _, rec := range records {
		ids = append(ids, rec.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestRelays tell the same notes, close again and again, and one of them forges: each note
// comes once, and none that is forged.
func TestRelays(t *testing.T) {
	h := contract.NewHost(began, 1)
	one, two, forger := scrapetest.NewNostr(few, h.Now), scrapetest.NewNostr(few, h.Now), scrapetest.NewNostr(few, h.Now)
	one.Close, two.Most, forger.Forge = 25, 7, 3
	sites := []*scrapetest.Site{open(t, one), open(t, two), open(t, forger)}
	c := testConfig(sites[0].URL, sites[1].URL, sites[2].URL)
	want := few(began.Add(-time.Hour), began.Add(time.Minute))
	done := func() bool {
		got := ids(h.Records())
		return len(sites[0].Seen()) > 3 && len(h.Rejects()) > 0 && !slices.ContainsFunc(want, func(p scrapetest.Post) bool {
			return !slices.Contains(got, scrapetest.NostrID(p))
		})
	}
	if err := run(t, testSource(t, c, h), h, done); err != nil {
		t.Fatal(err)
	}
	got := ids(h.Records())
	if twice := len(got) - len(slices.Compact(slices.Clone(got))); twice > 0 {
		t.Errorf("%d notes come twice", twice)
	}
	for _, r := range h.Rejects() {
		if r.Why != errForged || r.Where != strings.TrimPrefix(sites[2].URL, "http://") {
			t.Errorf("rejected: %v", r)
		}
	}
	for _, rec := range h.Records() {
		if rec.Lang == "en" && strings.HasPrefix(rec.Text, "look") && len(rec.Tags) > 0 {
			t.Errorf("a tag that stands in the text is listed beside it: %+v", rec)
		}
	}
}

// TestPages gets everything from a relay that gives a few notes at once, several in a second.
func TestPages(t *testing.T) {
	h := contract.NewHost(began, 1)
	many := func(from, to time.Time) []scrapetest.Post {
		var posts []scrapetest.Post
		for i := range 400 {
			at := began.Add(-10*time.Minute + time.Duration(i/3)*time.Second)
			if !at.Before(from) && at.Before(to) {
				posts = append(posts, scrapetest.Post{At: at, ID: fmt.Sprint(i), Author: fmt.Sprint(i), Text: fmt.Sprint("number ", i)})
			}
		}
		return posts
	}
	fake := scrapetest.NewNostr(many, h.Now)
	fake.Most = 10
	site := open(t, fake)
	if err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return len(h.Records()) >= 400 }); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.Compact(ids(h.Records()))); n != 400 {
		t.Errorf("%d notes", n)
	}
	if n := len(site.Seen()); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestRefusals says what a relay says, and asks it no more for an hour.
func TestRefusals(t *testing.T) {
	for why, want := range map[string]scrapers.State{
		"auth-required: log in first": scrapers.LoginWall, "restricted: only for members": scrapers.Blocked,
		"rate-limited: slow down": scrapers.Throttled, "error: could not connect to the database": scrapers.Unreachable,
		"unsupported: filter": scrapers.SchemaChanged,
	} {
		t.Run(want.String(), func(t *testing.T) {
			t.Parallel()
			h := contract.NewHost(began, 1)
			fake := scrapetest.NewNostr(few, h.Now)
			fake.Refuse = why
			site := open(t, fake)
			var told []error
			done := func() bool {
				errs, ok := h.Reached(want)
				told = errs
				return ok && h.Now().Sub(began) > 50*time.Minute
			}
			if err := run(t, testSource(t, testConfig(site.URL), h), h, done); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(told[0].Error(), why) {
				t.Errorf("it says %v", told[0])
			}
			hours := 1 + int(h.Now().Sub(began)/time.Hour)
			if n := len(site.Seen()); (want == scrapers.LoginWall || want == scrapers.Blocked) && n > hours || n > 60*hours {
				t.Errorf("it was asked %d times in %d hours", n, hours)
			}
			if len(h.Records()) > 0 {
				t.Errorf("%d records", len(h.Records()))
			}
		})
	}
}

// TestNoPast has a relay that gives what is new alone: it is listened to, and what is missing is said.
func TestNoPast(t *testing.T) {
	h := contract.NewHost(began, 1)
	fake := scrapetest.NewNostr(few, h.Now)
	fake.RefusePast = "restricted: no archive"
	site := open(t, fake)
	if err := run(t, testSource(t, testConfig(site.URL), h), h, func() bool { return len(h.Records()) > 5 }); err != nil {
		t.Fatal(err)
	}
	r := h.Rejects()
	if len(r) != 1 || r[0].Where != "gap" || !strings.Contains(r[0].Why.Error(), "restricted: no archive") {
		t.Errorf("it tells of %v", r)
	}
	if n := len(site.Seen()); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestPerAuthor counts so many notes of an author in a minute.
func TestPerAuthor(t *testing.T) {
	h := contract.NewHost(began, 1)
	loud := func(from, to time.Time) []scrapetest.Post {
		var posts []scrapetest.Post
		for i := range 120 {
			at := began.Add(-10*time.Minute + time.Duration(i)*time.Second)
			if !at.Before(from) && at.Before(to) {
				posts = append(posts, scrapetest.Post{At: at, ID: fmt.Sprint(i), Author: "loud", Text: fmt.Sprint("number ", i)})
			}
		}
		return posts
	}
	site := open(t, scrapetest.NewNostr(loud, h.Now))
	c := testConfig(site.URL)
	c.PerAuthor = 4
	if err := run(t, testSource(t, c, h), h, func() bool { return h.Now().Sub(began) > time.Hour && len(h.Records()) >= 8 }); err != nil {
		t.Fatal(err)
	}
	if n := len(h.Records()); n != 8 {
		t.Errorf("%d notes of one author in two minutes", n)
	}
}
