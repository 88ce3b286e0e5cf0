package page

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/swell-radar/swell/internal/api"
)

func number[T any](n T) *T { return &n }

func someDigest(name string) api.Digest {
	hours := make([]uint32, 72)
	for i := range hours {
		hours[i] = uint32(i * i / 50)
	}
	trend := api.DigestTrend{
		Kind: "hashtag", Key: "booktok", Term: name, Variants: []string{name}, Watches: []string{"books"}, Phase: "rising", Before: "emerging", Platforms: []string{"tiktok", "x"},
		Confidence: 0.87, HoursLeft: &api.Range{Low: 8, Mid: 20, High: 31}, Started: ago(40), Raised: ago(30), Peak: at(ago(14)), Posts: number(uint64(4321)), PostsBefore: number(uint64(1234)), AtLeast: true,
		Authors24h: &api.Authors{Estimate: 1240, Stderr: 0.03, Low: 1160, High: 1320}, Hours: hours, Why: "240 authors in 60 minutes, 12 expected, of \u2068" + name + "\u2069.",
		Places: []api.DigestPlace{{Platform: "tiktok", Key: "booktok", Term: name, Phase: "rising", Score: 6.2, Confidence: 0.87, HoursLeft: &api.Range{Low: 8, Mid: 20, High: 31}, RatePerH: 240, ExpectedPerH: 12, Posts: number(uint64(4000)), Flags: []string{"few", "new"}}},
	}
	gone := api.DigestTrend{Kind: "sound", Key: "song", Term: "song", Phase: "over", Platforms: []string{"deezer"}, Confidence: api.Unknown, Started: ago(90), Raised: ago(80)}
	return api.Digest{
		Date: "2026-03-04", Zone: "UTC", Range: api.Span{From: ago(36), To: ago(12)}, AsOf: at(ago(12)),
		Coverage: &api.Coverage{Share: 0.92, Platforms: []api.PlatformCoverage{{Platform: "tiktok", Since: ago(36), Share: 0.92, Missing: []api.Span{{From: ago(30), To: ago(28)}}}, {Platform: "x", Since: ago(36), Share: 1}}},
		Headline: "\u2068" + name + "\u2069 is growing on two platforms.", Unseen: []string{"TikTok was not seen for 2 hours."},
		Todo:   []api.DigestTodo{{Text: "Post with \u2068" + name + "\u2069 today.", By: at(ago(-8)), Kind: "hashtag", Key: "booktok", Term: name}, {Text: "Look.", Kind: "", Key: ""}},
		Counts: api.DigestCounts{New: 12, Rising: 1, Gone: 1}, New: []api.DigestTrend{trend, gone}, Rising: []api.DigestTrend{trend}, Gone: []api.DigestTrend{gone},
		Platforms: []api.DigestPlatform{{Platform: "tiktok", Posts: 40000, PostsBefore: 20000, Seen: 0.92, New: 3, Open: 4, Gone: 1}},
		Watches:   []api.DigestWatch{{Name: "books", Title: name, Purpose: "brand", Mentions: 12, Share: 0.4, Trends: []string{name}, Alerts: 1}},
		Alerts:    []api.Alert{{ID: "a", TS: ago(20), Severity: "crisis", State: "open", Title: name, Advice: name}},
		Calls: api.DigestCalls{Of: "2026-03-03", Total: 3, Hits: 1, Misses: 1, Open: 1, Calls: []api.DigestCall{
			{Kind: "hashtag", Key: "booktok", Term: name, Phase: "rising", Outcome: "hit", Called: 10, Reached: 20, Text: "grew"},
			{Kind: "hashtag", Key: "b", Term: name, Phase: "rising", Outcome: "miss", Called: 10, Reached: 5, Text: name}, {Kind: "hashtag", Key: "c", Term: "c", Phase: "emerging", Outcome: "open", Text: "?"},
		}},
		Week: &api.DigestWeek{Range: api.Span{From: ago(180), To: ago(12)}, Raised: 40, Hits: 9, Misses: 3, Top: []api.DigestTrend{trend}, Days: []api.DigestDay{{Date: "2026-03-03", Posts: 100}, {Date: "2026-03-04", Posts: 50, Raised: 2}}},
	}
}

func digestWorld(name string) *canned {
	status := someStatus()
	status.Sinks = []api.SinkStatus{{Name: "chat", Kind: "slack"}}
	return &canned{answers: map[string]any{
		api.DigestsPath + "/latest": someDigest(name), api.DigestsPath + "/2026-03-04": someDigest(name), api.StatusPath: status,
		api.WatchesPath: api.WatchesAnswer{Watches: []api.WatchSummary{{Name: "books", Title: name}}},
		"POST " + api.DigestsPath + "/2026-03-04/send?digest=team": api.DigestSent{Digest: "team"},
	}}
}

func TestDigest(t *testing.T) {
	for _, audience := range audiences() {
		out := ask(t, digestWorld("BookTok"), "GET", "/digest/2026-03-04?week=1&audience="+audience, nil)
		_, body, _ := bytes.Cut(out.Body, []byte("<main"))
		body, _, _ = bytes.Cut(body, []byte("</main>"))
		golden(t, "digest-"+audience, body)
		inert(t, out.Body)
	}
}

func TestDigestLeadsToTheDaysAround(t *testing.T) {
	body := string(ask(t, digestWorld("BookTok"), "GET", "/digest?platform=tiktok", nil).Body)
	for _, want := range []string{`href="/digest/2026-03-03?platform=tiktok"`, `href="/digest/2026-03-05?platform=tiktok"`, "Today so far", `format=md`, `action="/digest/2026-03-04/send"`, `Digest of Wednesday, 4 March 2026`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestNoDigest(t *testing.T) {
	c := digestWorld("x")
	c.answers[api.DigestsPath+"/latest"] = api.NewProblem(api.ProblemNotKept, "nothing was counted yet")
	c.answers[api.DigestsPath+"/2020-01-01"] = api.NewProblem(api.ProblemNotKept, "digests begin with that of 2026-03-01")
	out := ask(t, c, "GET", "/digest", nil)
	if out.Status != 0 || !bytes.Contains(out.Body, []byte("No day is over yet")) || !bytes.Contains(out.Body, []byte(`href="/digest/2026-03-05"`)) {
		t.Errorf("%d %s", out.Status, out.Body)
	}
	out = ask(t, c, "GET", "/digest/2020-01-01", nil)
	if out.Status != 404 || !bytes.Contains(out.Body, []byte("digests begin with that of")) {
		t.Errorf("%d %s", out.Status, out.Body)
	}
}

func TestDigestIsSentOnceMore(t *testing.T) {
	c := digestWorld("x")
	out := ask(t, c, "POST", "/digest/2026-03-04/send", url.Values{"digest": {"team"}})
	if out.Location != "/digest/2026-03-04?done=sent" || len(c.sent) != 1 {
		t.Errorf("%+v %v", out, c.sent)
	}
	c.mayNot = true
	if body := ask(t, c, "GET", "/digest/2026-03-04", nil).Body; bytes.Contains(body, []byte("/send")) {
		t.Error("who may only read gets a button")
	}
}

func FuzzDigest(f *testing.F) {
	f.Add(hostile)
	f.Add("javascript:alert(1)")
	f.Add("\u2068\u2069\u2068<b>")
	f.Add(strings.Repeat("木", 10000))
	f.Fuzz(func(t *testing.T, name string) {
		for _, audience := range audiences() {
			body := string(ask(t, digestWorld(name), "GET", "/digest/2026-03-04?week=1&audience="+audience, nil).Body)
			if strings.Count(body, "<script") != 1 || strings.Contains(body, "ZgotmplZ") || strings.ContainsAny(body, "\u202e\u2066\u2069") {
				t.Errorf("%q does not stay text", name)
			}
		}
	})
}
