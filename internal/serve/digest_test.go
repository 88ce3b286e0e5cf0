package serve

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/digest"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// The world ends in its second day.
const secondDay, firstDay = "2026-03-03", "2026-03-02"

// What is told of a day that is not over, and of the one before.
func TestDigest(t *testing.T) {
	s := newServer(t, testOptions(t))
	d := ask[api.Digest](t, s, api.DigestsPath+"/"+secondDay)
	if d.Date != secondDay || d.Zone != "UTC" || !d.Open || len(d.Unseen) == 0 || d.Headline == "" || d.Coverage == nil {
		t.Errorf("got %+v", d)
	}
	if d.Counts.New != len(d.New) || d.Counts.New == 0 {
		t.Errorf("got %d new trends, %+v", len(d.New), d.Counts)
	}
	for _, x := range d.New {
		if x.Posts != nil && len(x.Hours) != 72 || len(x.Places) != len(x.Platforms) || x.HoursLeft == nil {
			t.Errorf("got %+v", x)
		}
	}
	if len(d.Platforms) == 0 {
		t.Error("there is no platform")
	}
	first := ask[api.Digest](t, s, api.DigestsPath+"/"+firstDay)
	if first.Open || first.Date != firstDay || len(first.Calls.Calls) != 0 {
		t.Errorf("got %+v", first)
	}
	if latest := ask[api.Digest](t, s, api.DigestsPath+"/latest"); latest.Date != firstDay {
		t.Errorf("the latest is %s", latest.Date)
	}
	// Berlin is an hour ahead, Apia's day is another one.
	if d := ask[api.Digest](t, s, api.DigestsPath+"/"+firstDay+"?zone=Europe/Berlin&week=1"); d.Range.To.Sub(d.Range.From) != 24*time.Hour || d.Range.To.UTC().Hour() != 23 || d.Week == nil || len(d.Week.Days) != 7 {
		t.Errorf("got %v, %+v", d.Range, d.Week)
	}
}

// A day that is over has one digest, in every form.
func TestDigestForms(t *testing.T) {
	s := newServer(t, testOptions(t))
	path := api.DigestsPath + "/" + firstDay
	for _, c := range []struct{ format, accept, kind string }{
		{"", "", api.TypeJSON}, {"json", "text/html", api.TypeJSON},
		{"html", "", "text/html; charset=utf-8"}, {"", "text/html,*/*;q=0.8", "text/html; charset=utf-8"},
		{"md", "", "text/markdown; charset=utf-8"}, {"", "text/markdown", "text/markdown; charset=utf-8"},
		{"txt", "", "text/plain; charset=utf-8"}, {"", "text/plain", "text/plain; charset=utf-8"},
	} {
		for _, audience := range []string{"", "manager", "stakeholder", "researcher"} {
			target := path + "?audience=" + audience + "&format=" + c.format
			first := do(s, "GET", target, "Accept", c.accept)
			tag := first.Header.Get("ETag")
			text := string(body(t, first))
			if first.StatusCode != http.StatusOK || first.Header.Get("Content-Type") != c.kind || tag == "" || !strings.Contains(strings.Join(first.Header.Values("Vary"), ","), "Accept") {
				t.Errorf("%s, %q: got %d, %v", target, c.accept, first.StatusCode, first.Header)
			}
			if again := string(body(t, do(s, "GET", target, "Accept", c.accept))); again != text {
				t.Errorf("%s: the second answer is another", target)
			}
			held := do(s, "GET", target, "Accept", c.accept, "If-None-Match", tag)
			if held.StatusCode != http.StatusNotModified || held.Header.Get("ETag") != tag {
				t.Errorf("%s: with its tag got %d", target, held.StatusCode)
			}
			if policy := first.Header.Get("Content-Security-Policy"); strings.HasPrefix(c.kind, "text/html") != strings.Contains(policy, "img-src data:") || !strings.Contains(policy, "default-src 'none'") {
				t.Errorf("%s: the policy is %q", target, policy)
			}
		}
	}
	if !bytes.Contains(body(t, do(s, "GET", path+"?format=html")), []byte("Trends of Monday, March 2")) {
		t.Error("the page has another title")
	}
}

func TestDigestRefusals(t *testing.T) {
	s := newServer(t, testOptions(t))
	for _, c := range []struct {
		target, accept  string
		kind, parameter string
	}{
		{"/2026-02-30", "", api.ProblemInvalidParameter, "date"},
		{"/today", "", api.ProblemInvalidParameter, "date"},
		{"/2027-01-01", "", api.ProblemNotKept, "date"},
		{"/2026-02-01", "", api.ProblemNotKept, "date"},
		{"/1969-12-31", "", api.ProblemInvalidParameter, "date"},
		{"/2011-12-30?zone=Pacific/Apia", "", api.ProblemInvalidParameter, "date"},
		{"/2026-03-02?zone=Mars", "", api.ProblemInvalidParameter, "zone"},
		{"/2026-03-02?format=pdf", "", api.ProblemInvalidParameter, "format"},
		{"/2026-03-02?audience=boss", "", api.ProblemInvalidParameter, "audience"},
		{"/2026-03-02?platform=myspace", "", api.ProblemInvalidParameter, "platform"},
		{"/2026-03-02?watch=none", "", api.ProblemInvalidParameter, "watch"},
		{"/2026-03-02?week=2", "", api.ProblemInvalidParameter, "week"},
		{"/2026-03-02?day=1", "", api.ProblemUnknownParameter, "day"},
		{"/2026-03-02", "image/png", api.ProblemNotAcceptable, ""},
	} {
		if p := problemOf(t, do(s, "GET", api.DigestsPath+c.target, "Accept", c.accept)); p.Type != c.kind || p.Parameter != c.parameter {
			t.Errorf("%s: got %+v", c.target, p)
		}
	}
	if p := problemOf(t, do(s, "GET", api.DigestsPath+"/2026-02-01")); !strings.Contains(p.Detail, "digests begin with that of 2026-03-01") {
		t.Errorf("got %q", p.Detail)
	}
	opt := testOptions(t)
	opt.History = nil
	if p := problemOf(t, do(newServer(t, opt), "GET", api.DigestsPath+"/latest")); p.Type != api.ProblemNotKept {
		t.Errorf("without a history: got %+v", p)
	}
}

// A digest of a day that is over is the same while it is the newest there is and when more has come, whatever was asked before.
func TestDigestOfAPastDayStays(t *testing.T) {
	w, err := newWorld(t.TempDir(), 24*detect.PanesPerHour)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	opt := testOptions(t)
	opt.Source, opt.History = w.engine, w.store
	target := api.DigestsPath + "/" + firstDay + "?format=json"
	before := string(body(t, do(newServer(t, opt), "GET", target)))
	if err := w.feed(24*detect.PanesPerHour, worldPanes); err != nil {
		t.Fatal(err)
	}
	if after := string(body(t, do(newServer(t, opt), "GET", target))); after != before || !strings.Contains(before, `"open":false`) {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
}

// Links of a digest begin with the address that people know.
func TestDigestLinksToThePublicURL(t *testing.T) {
	opt := testOptions(t)
	opt.PublicURL = "https://radar.example/swell"
	page := string(body(t, do(newServer(t, opt), "GET", api.DigestsPath+"/"+secondDay+"?format=html")))
	if !strings.Contains(page, `href="https://radar.example/swell/`) || strings.Contains(page, `href="http://`) {
		t.Errorf("the page is\n%.2000s", page)
	}
}

// The mentions of watch lists are no trends of a digest, and the keyword of a brand's phrase is nothing to post with.
func TestDigestAndWatchLists(t *testing.T) {
	s, _ := voiceServer(t)
	list, err := watch.Make(watch.Draft{Name: "ours", Purpose: watch.Brand, Changed: start, Phrases: []watch.Phrase{{Spelling: "Cola"}}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWatched(list)
	if err != nil {
		t.Fatal(err)
	}
	g := &digestGatherer{s: s, refs: map[digest.Ref]int64{}, all: []*watched{w}, watches: []*watched{w}}
	v := &engine.View{AsOf: start.Unix()}
	for kind, key := range map[term.Kind]string{term.Watch: "ours", term.Keyword: "cola", term.Hashtag: "cola"} {
		v.Trends = append(v.Trends, engine.Trend{Term: term.Term{Kind: kind, Key: key, Display: key}, Platform: "x"})
	}
	got := g.trends(v)
	if len(got) != 2 {
		t.Errorf("got %+v", got)
	}
	for _, tr := range got {
		if tr.Kind == "watch" || (len(tr.Rivals) == 1) != (tr.Kind == "keyword") {
			t.Errorf("got %+v", tr)
		}
	}
}

// A digest that nobody waits for the answer of is made where a name is wrong, and says so.
func TestDigestIsLenient(t *testing.T) {
	s := newServer(t, testOptions(t))
	q := DigestQuery{Date: firstDay, Zone: time.UTC, Platforms: []string{"myspace"}, Watches: []string{"none"}}
	if _, err := s.Digest(t.Context(), q); err == nil {
		t.Error("nothing was said")
	}
	q.Lenient = true
	d, err := s.Digest(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(d.Unseen, " "); !strings.Contains(got, "myspace") || !strings.Contains(got, "none") || len(d.New)+len(d.Platforms)+len(d.Watches) != 0 {
		t.Errorf("got %+v", d)
	}
}
