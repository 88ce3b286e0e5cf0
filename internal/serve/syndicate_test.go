package serve

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/syndicate"
	"github.com/swell-radar/swell/internal/watch"
	"github.com/swell-radar/swell/term"
)

// fixedLog has a trend that goes on, one that is over, one that was over for long, one that was held back, and one
// that was raised before the log begins.
func fixedLog() *keptLog {
	log := &keptLog{}
	for _, c := range []struct {
		hours    int64 // before the view
		kind     term.Kind
		key      string
		platform string
		phase    string
	}{
		{70, term.Hashtag, "long_gone", "x", "emerging"},
		{60, term.Hashtag, "long_gone", "x", "over"},
		{40, term.Hashtag, "before", "x", "peaking"},
		{30, term.Hashtag, "booktok", "tiktok", "emerging"},
		{29, term.Hashtag, "buynow", "tiktok", "unconfirmed"},
		{28, term.Sound, "espresso", "x", "emerging"},
		{27, term.Hashtag, "booktok", "tiktok", "rising"},
		{26, term.Hashtag, "buynow", "tiktok", "over"},
		{25, term.Sound, "espresso", "x", "over"},
		{2, term.Hashtag, "<b>]]>", "tiktok", "emerging"},
	} {
		log.add(fixedAsOf-c.hours*hourSeconds, c.kind, c.key, c.platform, c.phase)
	}
	return log
}

func raisedOptions(t testing.TB, log *keptLog) Options {
	t.Helper()
	st, err := fixedStore()
	if err != nil {
		t.Fatal(err)
	}
	log.History = st
	return Options{Source: fixedSource(), History: log, Nonce: "test", Clock: func() time.Time { return time.Unix(fixedAsOf, 0).Add(90 * time.Second) }}
}

func TestGoldenSyndicate(t *testing.T) {
	opt := raisedOptions(t, fixedLog())
	checkGolden(t, newServer(t, opt), "atom", "/feeds/trends.atom?platform=tiktok")
	checkGolden(t, newServer(t, opt), "calendar", "/calendar/trends.ics?min_confidence=0.5")
	opt.Demo, opt.PublicURL = true, "https://radar.example/swell/"
	checkGolden(t, newServer(t, opt), "atom-demo", "/feeds/trends.atom?phase=over&token=unused")
	checkGolden(t, newServer(t, opt), "calendar-none", "/calendar/trends.ics?kind=link")
}

// entry is what is looked at of an entry of a feed.
type entry struct {
	ID      string `xml:"id"`
	Title   string `xml:"title"`
	Updated string `xml:"updated"`
}

func entriesOf(t testing.TB, text []byte) (updated string, entries []entry) {
	t.Helper()
	var feed struct {
		Updated string  `xml:"updated"`
		Entries []entry `xml:"entry"`
	}
	if err := xml.Unmarshal(text, &feed); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return feed.Updated, feed.Entries
}

func TestWhatIsRaised(t *testing.T) {
	s := newServer(t, raisedOptions(t, fixedLog()))
	list, err := watch.New("mine", "", start, []watch.Term{{Kind: term.Hashtag, Spelling: "Book_Tok"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, fault, err := s.watches.put(list, func(*watched) *api.Problem { return nil }); fault != nil || err != nil {
		t.Fatal(fault, err)
	}
	for query, want := range map[string]string{
		"":                            "#<b>]]> on tiktok: emerging, espresso on x: over, #booktok on tiktok: rising, #long_gone on x: over",
		"?platform=x":                 "espresso on x: over, #long_gone on x: over",
		"?kind=sound,link":            "espresso on x: over",
		"?phase=rising,emerging":      "#<b>]]> on tiktok: emerging, #booktok on tiktok: rising",
		"?watch=mine":                 "#booktok on tiktok: rising",
		"?min_confidence=0.91":        "",
		"?min_confidence=0.9&token=x": "#<b>]]> on tiktok: emerging, espresso on x: over, #booktok on tiktok: rising, #long_gone on x: over",
	} {
		_, entries := entriesOf(t, body(t, do(s, "GET", api.AtomPath+query)))
		var got []string
		for _, e := range entries {
			got = append(got, e.Title)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	// What is over for longer than two days is in no calendar.
	events := string(body(t, do(s, "GET", api.ICalPath)))
	if n := strings.Count(events, "BEGIN:VEVENT"); n != 3 || strings.Contains(events, "long_gone") || strings.Count(events, "STATUS:CANCELLED") != 1 {
		t.Errorf("the calendar is\n%s", events)
	}
}

// The mentions of watch lists are told of where they are asked for by name alone.
func TestListsAreNoTrendsToTellOf(t *testing.T) {
	log := fixedLog()
	log.add(fixedAsOf-hourSeconds, term.Watch, "cola", "tiktok", "emerging")
	s := newServer(t, raisedOptions(t, log))
	for query, want := range map[string]bool{"": false, "?kind=hashtag": false, "?phase=emerging": false, "?kind=watch": true, "?kind=sound,watch": true} {
		for _, path := range []string{api.AtomPath, api.ICalPath} {
			if text := string(body(t, do(s, "GET", path+query))); strings.Contains(text, "cola") != want {
				t.Errorf("%s%s tells of it: %v, want %v", path, query, !want, want)
			}
		}
	}
}

// What was sure enough once stays, however unsure it becomes; what becomes sure enough comes.
func TestOnceSureStays(t *testing.T) {
	for name, c := range map[string]struct {
		confidences []string
		told        []bool
	}{
		"less and less": {[]string{"0.9", "0.5", "0.1"}, []bool{true, true, true}},
		"more and more": {[]string{"0.5", "0.8", "0.9"}, []bool{false, true, true}},
		"never":         {[]string{"0.5", "0.79", "0.1"}, []bool{false, false, false}},
	} {
		log := &keptLog{}
		s := newServer(t, raisedOptions(t, log))
		for i, phase := range []string{"emerging", "peaking", "over"} {
			log.add(fixedAsOf-int64(9-i)*hourSeconds, term.Hashtag, "booktok", "tiktok", phase)
			log.lines[i] = bytes.Replace(log.lines[i], []byte(`"confidence":0.9`), []byte(`"confidence":`+c.confidences[i]), 1)
			if _, entries := entriesOf(t, body(t, do(s, "GET", api.AtomPath+"?min_confidence=0.8"))); (len(entries) == 1) != c.told[i] {
				t.Errorf("%s, %s: %d entries", name, phase, len(entries))
			}
		}
	}
}

func TestSyndicateRefuses(t *testing.T) {
	s := newServer(t, raisedOptions(t, fixedLog()))
	for _, path := range []string{api.AtomPath, api.ICalPath} {
		for query, at := range map[string]string{
			"?phase=unconfirmed": "phase", "?kind=dance": "kind", "?min_confidence=2": "min_confidence", "?min_confidence=NaN": "min_confidence",
			"?token=a&token=b": "token", "?watch=none": "watch", "?limit=3": "limit",
		} {
			if p := problemOf(t, do(s, "GET", path+query)); p.Parameter != at {
				t.Errorf("%s%s: %+v", path, query, p)
			}
		}
		if resp := do(s, "POST", path); resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: status %d", path, resp.StatusCode)
		}
	}
	broken := fixedLog()
	broken.lines[4] = []byte("{")
	if p := problemOf(t, do(newServer(t, raisedOptions(t, broken)), "GET", api.AtomPath)); p.Type != api.ProblemDamaged {
		t.Errorf("damaged: %+v", p)
	}
	opt := raisedOptions(t, &keptLog{})
	opt.History = nil
	if p := problemOf(t, do(newServer(t, opt), "GET", api.ICalPath)); p.Type != api.ProblemNotKept {
		t.Errorf("nothing kept: %+v", p)
	}
}

// Who has it is told so, until something changes; restarts change nothing.
func TestSyndicateConditions(t *testing.T) {
	log := fixedLog()
	s := newServer(t, raisedOptions(t, log))
	for _, path := range []string{api.AtomPath, api.ICalPath} {
		first := do(s, "GET", path)
		text, tag := body(t, first), first.Header.Get("ETag")
		again := newServer(t, raisedOptions(t, log))
		again.opt.Nonce = "other"
		for name, resp := range map[string]*http.Response{
			"by tag": do(again, "GET", path, "If-None-Match", tag), "by weak tag": do(again, "GET", path, "If-None-Match", "W/"+tag),
			"compressed": do(again, "GET", path, "If-None-Match", strings.TrimSuffix(tag, `"`)+`-gzip"`),
		} {
			if resp.StatusCode != http.StatusNotModified || len(body(t, resp)) > 0 {
				t.Errorf("%s %s: status %d", path, name, resp.StatusCode)
			}
		}
		if resp := do(again, "GET", path, "If-None-Match", `"other"`, "If-Modified-Since", time.Unix(fixedAsOf, 0).UTC().Format(http.TimeFormat)); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: with another tag the date counted", path)
		} else if !bytes.Equal(body(t, resp), text) {
			t.Errorf("%s: two servers give two answers", path)
		}
		if resp := do(s, "HEAD", path); resp.Header.Get("ETag") != tag || len(body(t, resp)) > 0 {
			t.Errorf("HEAD %s: %v", path, resp.Header)
		}
	}
	modified := do(s, "GET", api.AtomPath).Header.Get("Last-Modified")
	if want := time.Unix(fixedAsOf-2*hourSeconds, 0).UTC().Format(http.TimeFormat); modified != want {
		t.Fatalf("Last-Modified %q, want %q", modified, want)
	}
	if resp := do(s, "GET", api.AtomPath, "If-Modified-Since", modified); resp.StatusCode != http.StatusNotModified || resp.Header.Get("Last-Modified") != modified {
		t.Errorf("nothing changed: status %d, %v", resp.StatusCode, resp.Header)
	}
	if resp := do(s, "GET", api.ICalPath, "If-Modified-Since", modified); resp.StatusCode != http.StatusOK {
		t.Errorf("events leave without a change: status %d", resp.StatusCode)
	}
	_, before := entriesOf(t, body(t, do(s, "GET", api.AtomPath)))
	log.add(fixedAsOf-hourSeconds, term.Hashtag, "booktok", "tiktok", "peaking")
	resp := do(s, "GET", api.AtomPath, "If-Modified-Since", modified)
	updated, after := entriesOf(t, body(t, resp))
	if resp.StatusCode != http.StatusOK || updated != rfc3339(fixedAsOf-hourSeconds) || len(after) != len(before) {
		t.Fatalf("status %d, updated %s, %d entries", resp.StatusCode, updated, len(after))
	}
	for i := range after {
		changed := after[i].Title != before[i].Title
		if after[i].ID != before[i].ID || changed != strings.Contains(after[i].ID, "booktok") || changed != (after[i].Updated != before[i].Updated) {
			t.Errorf("%+v became %+v", before[i], after[i])
		}
	}
	// A clock that is behind the posts gives no time from the future.
	opt := raisedOptions(t, log)
	opt.Clock = func() time.Time { return start }
	if got := do(newServer(t, opt), "GET", api.AtomPath).Header.Get("Last-Modified"); got != "" {
		t.Errorf("Last-Modified %q is yet to come", got)
	}
}

// Links lead to the server, by whatever name it was asked, and nowhere else.
func TestLinksLeadHere(t *testing.T) {
	for host, want := range map[string]string{
		"localhost:7310": "http://localhost:7310", "[::1]:7310": "http://[::1]:7310", "[::1]": "http://[::1]", "LOCALHOST": "http://LOCALHOST",
		"localhost:80@evil.example": "http://localhost", "[::1]:x": "http://[::1]", "localhost:": "http://localhost",
	} {
		text := string(body(t, do(newServer(t, raisedOptions(t, fixedLog())), "GET", api.AtomPath, "Host", host)))
		if !strings.Contains(text, `<link rel="self" type="application/atom+xml" href="`+want+`/feeds/`) || strings.Contains(text, "evil") {
			t.Errorf("%q: %.600s", host, text)
		}
	}
	opt := raisedOptions(t, fixedLog())
	opt.TLS = true
	if text := string(body(t, do(newServer(t, opt), "GET", api.ICalPath))); !strings.Contains(text, "URL:https://localhost:7310/api/v1/terms/") {
		t.Errorf("over TLS: %.600s", text)
	}
	for _, bad := range []string{"radar.example", "ftp://radar.example", "https://", "https://a:b@radar.example", "https://radar.example?a", "https://radar.example/#a", "https://bücher.example", "https://a b"} {
		opt.PublicURL = bad
		if _, err := New(opt); err == nil {
			t.Errorf("%q is taken", bad)
		} else if strings.Contains(err.Error(), "a:b") {
			t.Errorf("the error has a password: %v", err)
		}
	}
}

// A token may stand in the address of these two paths, if it is good for reading alone.
func TestTokenInTheAddress(t *testing.T) {
	var log bytes.Buffer
	k := newKeys(t, &log)
	opt := raisedOptions(t, fixedLog())
	opt.Access, opt.Logger = k.tokens, logInto(&log)
	s := newServer(t, opt)
	for _, path := range []string{api.AtomPath, api.ICalPath} {
		for _, c := range []struct {
			query, header string
			status        int
		}{
			{"?token=" + k.read, "", 200},
			{"?token=" + k.write, "", 403},
			{"?token=" + k.admin, "", 403},
			{"?token=" + k.expired, "", 401},
			{"?token=" + k.read + "x", "", 401},
			{"?token=", "", 401},
			{"?token=" + k.read, "Bearer " + k.read, 400},
			{"?token=", "Bearer " + k.write, 200},
			{"?token=" + k.read + "&token=" + k.read, "", 400},
			{"?token=" + k.read + "&%zz", "", 400},
		} {
			var header []string
			if c.header != "" {
				header = []string{"Authorization", c.header}
			}
			resp := do(s, "GET", path+c.query, header...)
			text := string(body(t, resp))
			if resp.StatusCode != c.status {
				t.Errorf("%s%.20s with %.10q: status %d, want %d: %.200s", path, c.query, c.header, resp.StatusCode, c.status, text)
			}
			if strings.Contains(text, "swell_") || strings.Contains(fmt.Sprint(resp.Header), "swell_") {
				t.Errorf("%s: the answer has the token: %s", path, text)
			}
			if got := resp.Header.Get("Cache-Control"); got != "private, no-cache" {
				t.Errorf("%s: Cache-Control is %q", path, got)
			}
		}
	}
	for _, path := range []string{"/api/v1/trends", "/", "/api/v1/stream", "/feeds/trends.atom/", "/nowhere"} {
		if resp := do(s, "GET", path+"?token="+k.read); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s takes a token from its address: status %d", path, resp.StatusCode)
		}
	}
	if strings.Contains(log.String(), "swell_") || !strings.Contains(log.String(), api.AtomPath) {
		t.Errorf("the log has a token, or no requests: %.300s", log.String())
	}
}

// Many may ask while the log grows: nobody is told of fewer trends than before.
func TestSyndicateWhileTheLogGrows(t *testing.T) {
	st, log := openStore(t), &keptLog{}
	opt := raisedOptions(t, log)
	opt.History = st
	s := newServer(t, opt)
	const raises = 60
	for i := range raises {
		log.add(fixedAsOf-hourSeconds+int64(i), term.Hashtag, fmt.Sprint("tag", i), "tiktok", "emerging")
	}
	var askers sync.WaitGroup
	for i := range 4 {
		askers.Go(func() {
			for told := 0; told < raises && !t.Failed(); {
				text := body(t, do(s, "GET", []string{api.AtomPath, api.ICalPath}[i%2]))
				now := bytes.Count(text, []byte("<entry>")) + bytes.Count(text, []byte("BEGIN:VEVENT"))
				if now < told {
					t.Errorf("%d trends after %d", now, told)
					return
				}
				told = now
			}
		})
	}
	for i := range raises {
		if err := st.AppendDetections(uint64(i), log.lines[i:i+1]); err != nil {
			t.Error(err)
			break
		}
	}
	askers.Wait()
}

// modelOf folds the newest lines of a log anew.
func modelOf(t testing.TB, log *detectionLog, limit uint64) (out []syndicate.Rise) {
	t.Helper()
	from := log.first
	if log.end > limit {
		from = max(from, log.end-limit)
	}
	for at := from; at < log.end; at++ {
		d, err := log.read(at)
		if err != nil {
			t.Fatal(err)
		}
		now := d.answer()
		if d.Phase == "emerging" {
			out = append(out, syndicate.Rise{Last: now, Raised: now.TS})
			continue
		}
		for i := range slices.Backward(out) {
			if r := &out[i]; r.Last.Key == now.Key && r.Last.Kind == now.Kind && r.Last.Platform == now.Platform {
				if !r.Over() {
					r.Last, r.Changes = now, r.Changes+1
				}
				break
			}
		}
	}
	return out
}

// However the log grows, is trimmed and cut, what was read of it step by step is what is in it.
func TestRaisesAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log, followed, at := &keptLog{}, &raises{limit: 12}, start.Unix()
		follow := func() {
			now := &detectionLog{history: log, first: log.first, end: log.DetectionCount()}
			if err := followed.follow(context.Background(), now); err != nil {
				rt.Fatal(err)
			}
			want := modelOf(t, now, followed.limit)
			slices.Reverse(want)
			got, _ := followed.pick(&raisedQuery{}, len(log.lines), func(*raised) bool { return true })
			if !slices.Equal(got, want) {
				rt.Fatalf("read step by step\n%v\nin the log\n%v", got, want)
			}
		}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				log.first = min(log.first+uint64(rapid.IntRange(0, 3).Draw(rt, "trimmed")), uint64(len(log.lines)))
			case 1:
				log.lines = log.lines[:max(int(log.first), len(log.lines)-rapid.IntRange(0, 3).Draw(rt, "cut"))]
			default:
				for range rapid.IntRange(0, 8).Draw(rt, "lines") {
					at += int64(rapid.IntRange(0, 2).Draw(rt, "panes")) * detect.PaneSeconds
					log.add(at, rapid.SampledFrom(term.Kinds()[:2]).Draw(rt, "kind"), rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "key"), "x",
						rapid.SampledFrom(detectionPhases()).Draw(rt, "phase"))
				}
			}
			follow()
		}
	})
}

// Events tell when to post, by whole weeks: the same until the next Monday.
func TestBestHoursStayForAWeek(t *testing.T) {
	opt := raisedOptions(t, &keptLog{})
	source := fixedSource()
	source.view.Platforms[0].Since -= 60 * 24 * hourSeconds
	hours, log := habitual(t, 60), fixedLog()
	log.History, hours.History = hours.History, log
	opt.Source, opt.History = source, hours
	s := newServer(t, opt)
	text := strings.ReplaceAll(string(body(t, do(s, "GET", api.ICalPath))), "\r\n ", "")
	const note = `Best hours to post there\, by reactions of the last weeks (UTC): Wed `
	if n := strings.Count(text, note); n != 2 { // not of what is over
		t.Fatalf("%d events tell when to post:\n%s", n, text)
	}
	for _, later := range []int64{1, 24, 48} {
		moved := *source
		moved.view.AsOf += later * hourSeconds
		opt.Source = &moved
		if got := strings.ReplaceAll(string(body(t, do(newServer(t, opt), "GET", api.ICalPath))), "\r\n ", ""); later < 24 && got != text || strings.Count(got, note) != 2 {
			t.Errorf("%d hours later it is\n%s", later, got)
		}
	}
	for at, want := range map[int64]int64{start.Unix(): 0, start.Unix() - 1: -7, start.Unix() + 7*24*hourSeconds - 1: 0, fixedAsOf: 0} {
		if got := unix(lastMonday(at) * hourSeconds); !got.Equal(start.AddDate(0, 0, int(want))) {
			t.Errorf("the week before %s ended at %s", rfc3339(at), got)
		}
	}
}
