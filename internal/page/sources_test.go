package page

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

const hostile = "\"><script>alert(1)</script>\u202egnp.exe\n\u202e"

func ago(hours float64) time.Time { return noon.Add(-time.Duration(hours * float64(time.Hour))) }

func at(t time.Time) *time.Time { return &t }

func someSources() api.SourcesAnswer {
	left, all, spent := 4100, 5000, 0
	return api.SourcesAnswer{AsOf: noon, Sources: []api.SourceStatus{
		{Name: "bluesky", Platforms: []string{"bluesky"}, State: "ok", Since: at(ago(30)), Records: 1234567, PerMinute: 1032.5, Newest: at(ago(0.01)),
			Rejected: 2, Reject: hostile, RequestsLeft: &left, RequestsPerDay: &all, Covered: 0.9, Starts: 2,
			History: []api.SourceSpell{{State: "ok", From: ago(80)}, {State: "unreachable", From: ago(34)}, {State: "ok", From: ago(30)}},
			Parts:   []api.SourcePart{{Name: "jetstream1", State: "ok", Since: ago(30)}, {Name: hostile, State: "blocked", Since: ago(1), Why: hostile, Retry: at(ago(-2))}}},
		{Name: "reddit", Platforms: []string{"reddit"}, State: "throttled", Since: at(ago(0.5)), Why: "429 Too Many Requests", Retry: at(ago(-0.07)),
			Error: hostile, ErrorAt: at(ago(0.5)), PerMinute: 0, RequestsLeft: &spent, RequestsPerDay: &all, History: []api.SourceSpell{{State: "starting", From: ago(2)}, {State: "throttled", From: ago(0.5)}}},
		{Name: hostile, Platforms: []string{hostile}, State: hostile, PerMinute: api.Unknown},
		{Name: "tiktok", Platforms: []string{"tiktok"}, State: "off"},
	}}
}

func someStatus() api.StatusAnswer {
	return api.StatusAnswer{Version: "test", AsOf: at(ago(0.25)), Newest: at(ago(0.1)), Ready: true, Intake: &api.Backlog{},
		Counters: api.Counters{Occurrences: 1234567, Gauges: 890, Duplicates: 12},
		Core:     api.Core{Tracked: 14777, Capacity: 170668, MemoryBytes: 256 << 20, Pressure: "none", PressureWhy: "The memory of 256 MiB suffices."},
		Platforms: []api.PlatformStatus{
			{Platform: "bluesky", Spread: "authors", Records: 1234567, Threshold: []api.Number{3.25, 3.25, 3, 3, 5}},
			{Platform: "reddit", Spread: "groups", Records: 12, Threshold: []api.Number{api.Unknown, 3, 3, 3, 5}},
		}}
}

func sourcesWorld() *canned {
	return &canned{answers: map[string]any{
		api.SourcesPath: someSources(), api.StatusPath: someStatus(),
		api.TrendsPath: api.TrendsAnswer{AsOf: at(ago(0.25)), Window: &api.Span{From: ago(72), To: ago(0.25)}, Coverage: &api.Coverage{Share: 0.9, Platforms: []api.PlatformCoverage{
			{Platform: "bluesky", Since: ago(72), Share: 0.9444, Missing: []api.Span{{From: ago(34), To: ago(30)}}}, {Platform: "reddit", Since: ago(2), Share: 1, Missing: []api.Span{}},
		}}},
	}}
}

func TestSources(t *testing.T) {
	out := ask(t, sourcesWorld(), "GET", "/sources?part=1", nil)
	golden(t, "sources", out.Body)
	for _, want := range []string{"tried again", "Tried again", "worked 2 d 20 h of the last 72 hours", "4,100 of 5,000 requests left today", "94%", "on = true"} {
		if !bytes.Contains(out.Body, []byte(want)) {
			t.Errorf("%q is not told", want)
		}
	}
	inert(t, out.Body)
	whole := ask(t, sourcesWorld(), "GET", "/sources", nil)
	if !bytes.Contains(whole.Body, out.Body) {
		t.Error("the part is not what the page holds")
	}
}

func TestNoSource(t *testing.T) {
	c := &canned{answers: map[string]any{api.SourcesPath: api.SourcesAnswer{AsOf: noon}, api.StatusPath: api.StatusAnswer{}, api.TrendsPath: api.TrendsAnswer{}}}
	out := ask(t, c, "GET", "/sources?part=1", nil)
	golden(t, "sources-none", out.Body)
}

// inert looks for anything that hostile text may have become.
func inert(t *testing.T, body []byte) {
	t.Helper()
	for _, not := range []string{"<script>alert", "\u202e", "javascript:", " style=", " onload=", "ZgotmplZ"} {
		if bytes.Contains(body, []byte(not)) {
			i := bytes.Index(body, []byte(not))
			t.Errorf("%q is there: %s", not, body[max(0, i-80):min(len(body), i+80)])
		}
	}
}

func FuzzSources(f *testing.F) {
	f.Add(hostile, "bluesky")
	f.Fuzz(func(t *testing.T, a, b string) {
		world := sourcesWorld()
		answer := someSources()
		answer.Sources[0].Name, answer.Sources[0].Why, answer.Sources[0].Parts[0].Name, answer.Sources[0].State = a, b, a, b
		world.answers[api.SourcesPath] = answer
		body := string(ask(t, world, "GET", "/sources?part=1", url.Values{}).Body)
		if strings.Count(body, "<script") != 0 || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%q and %q do not stay text", a, b)
		}
	})
}
