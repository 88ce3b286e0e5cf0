package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

// evil is what somebody may call a hashtag to make a mess of a terminal.
const evil = "a\x1b[2J\u009b31m\n\u202eb\u2066"

func checkTable(t *testing.T, name string, table func(*strings.Builder)) {
	t.Helper()
	var b strings.Builder
	table(&b)
	for line := range strings.Lines(b.String()) {
		bare := strings.NewReplacer("\u2068", "", "\u2069", "", "\n", "").Replace(line)
		if bare != console.Printable(bare) {
			t.Errorf("%s: not harmless: %q", name, line)
		}
	}
	file := filepath.Join("testdata", "table", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("%s differs from %s (go test -update writes it anew):\n%s", name, file, b.String())
	}
}

func TestTables(t *testing.T) {
	asOf := time.Date(2026, 3, 6, 4, 20, 0, 0, time.UTC)
	span := api.Span{From: asOf.Add(-72 * time.Hour), To: asOf}
	seen := &api.Coverage{Share: 0.943}
	posts := &api.Posts{Count: 123456, Over: 12}
	trend := api.Trend{Kind: "hashtag", Key: "booktok", Term: "BookTok", Platform: "tiktok", Phase: "rising", Confidence: 0.85, HoursLeft: api.Range{Low: 10, Mid: 20, High: 60},
		RatePerH: 1234, ExpectedPerH: 12, Posts: posts, Authors24h: &api.Authors{Estimate: 98765}, Started: asOf, Since: asOf, Hours: make([]uint32, 72),
		Why: api.Why{Sentence: "Many people " + evil}, Flags: []string{"new", evil}}
	trend.Hours[71], trend.Hours[40] = 9, 3
	terms := []string{"BookTok", "日本語のタグ", "مرحبا", "👩‍👩‍👧❤️", evil}
	var trends []api.Trend
	for i, name := range terms {
		next := trend
		next.Term = name
		if i == 1 {
			next.Authors24h, next.Hours = nil, nil
		}
		if i == 2 {
			next.Variants = []api.Variant{{Term: "سلام"}, {Term: evil}}
		}
		trends = append(trends, next)
	}
	checkTable(t, "trends", func(b *strings.Builder) {
		appendRanking(b, screen{}, rowsOfAnswer(trends), head{AsOf: &asOf, Coverage: seen})
	})
	checkTable(t, "trends-narrow", func(b *strings.Builder) {
		long := trend
		long.Term = strings.Repeat("長い名前", 20)
		appendRanking(b, screen{columns: 140}, rowsOfAnswer([]api.Trend{long}), head{AsOf: &asOf})
	})
	checkTable(t, "term", func(b *strings.Builder) {
		p := api.TermPlatform{Platform: evil, Term: evil, Spread: "groups", Posts: posts, Authors24h: &api.Authors{Estimate: 5, Stderr: 0.1, Low: 4, High: 6},
			UsualAuthorsPerH: 0.5, FirstSeen: &asOf, Trends: []api.Trend{trend}, Gauges: []api.Gauge{{List: evil, Metric: "rank", Unit: "rank"}},
			Doorkeeper: &api.Doorkeeper{Over: 3, Delta: 0.01}}
		series := api.SeriesAnswer{Range: api.Span{From: asOf.Truncate(time.Hour).Add(-71 * time.Hour), To: asOf},
			Platforms: []api.PlatformSeries{{Platform: evil, Points: []api.Point{{Start: asOf.Truncate(time.Hour), Posts: 1234}}}}}
		appendTerm(b, screen{}, &api.TermAnswer{AsOf: &asOf, Window: &span, Coverage: seen, Kind: "hashtag", Key: "x", Term: evil, Platforms: []api.TermPlatform{p}}, &series)
	})
	checkTable(t, "series", func(b *strings.Builder) {
		a := api.SeriesAnswer{AsOf: &asOf, Kind: "sound", Key: evil, Step: "1h", Range: span,
			Platforms: []api.PlatformSeries{
				{Platform: "x", Points: []api.Point{{Start: span.From, Posts: 1000, FreshAuthors: 7}, {Start: span.From.Add(2 * time.Hour), Posts: 2, AtLeast: true}}},
				{Platform: evil, Points: []api.Point{{Start: span.From.Add(time.Hour), Posts: 3, Partial: true}}}},
			Readings: []api.GaugeSeries{{Platform: "douyin", Gauge: api.Gauge{List: evil, Metric: "rank", Unit: "rank"}, Points: []api.Reading{{Start: span.From, Value: 2.5}}}}}
		appendSeries(b, screen{}, &a)
	})
	checkTable(t, "compare", func(b *strings.Builder) {
		appendCompared(b, screen{}, &api.CompareAnswer{AsOf: &asOf, Coverage: seen, Range: span, Step: "1d", Terms: []api.Compared{
			{Kind: "hashtag", Term: "pepsi", Seen: true, Exact: true, Posts: 12345, Share: 0.75, Platforms: []api.ComparedPlatform{{Platform: "x", Posts: 12345, Share: 0.75, Phase: "rising"}},
				Points: []api.ComparedPoint{{Posts: 1}, {Posts: 5}, {Posts: 2}}},
			{Kind: "hashtag", Term: evil, Seen: true, Posts: 4115, Share: 0.25}, {Kind: "sound", Key: "never", Share: 0}}})
	})
	checkTable(t, "voice", func(b *strings.Builder) {
		appendVoice(b, screen{}, &api.WatchVoice{AsOf: &asOf, Coverage: seen, Range: span, Step: "1h",
			Voice: api.Voice{Watch: evil, Title: evil, Since: &asOf, PastTerms: 3, Posts: api.VoicePosts{Low: 1200, High: 3456, AtLeast: true}},
			Points: []api.VoicePoint{
				{Start: span.From, Posts: api.VoicePosts{Low: api.Unknown, High: api.Unknown}, FreshAuthors: api.Unknown, Before: true},
				{Start: span.From.Add(time.Hour), Posts: api.VoicePosts{Low: 1000, High: 2345, AtLeast: true}, FreshAuthors: api.Unknown, Before: true, Hours: 1},
				{Start: span.From.Add(2 * time.Hour), Posts: api.VoicePosts{Low: 5, High: 5}, FreshAuthors: 3.5, Hours: 1, Partial: true}}})
	})
	checkTable(t, "voices", func(b *strings.Builder) {
		appendVoices(b, screen{}, &api.WatchVoices{AsOf: &asOf, Coverage: seen, Range: span, Counted: &api.Span{From: span.From.Add(time.Hour), To: span.To}, Watches: []api.VoiceShare{
			{Voice: api.Voice{Watch: "ours", Title: evil, Since: &asOf, PastTerms: 3, Posts: api.VoicePosts{Low: 1200, High: 3456}},
				Share: api.ShareBounds{Low: 0.3, High: 0.75}, Counted: &api.VoiceCounted{Posts: 1000, FreshAuthors: 70, Share: 0.8}},
			{Voice: api.Voice{Watch: evil, Posts: api.VoicePosts{Low: 7, High: 7, AtLeast: true}}, Share: api.ShareBounds{Low: 0, High: 1},
				Counted: &api.VoiceCounted{Posts: 250, Share: 0.2}}}})
	})
	checkTable(t, "voices-never", func(b *strings.Builder) {
		none := api.VoicePosts{Low: api.Unknown, High: api.Unknown}
		appendVoices(b, screen{}, &api.WatchVoices{Range: span, Watches: []api.VoiceShare{
			{Voice: api.Voice{Watch: "a", Posts: none}, Share: api.ShareBounds{Low: api.Unknown, High: api.Unknown}}}})
	})
	checkTable(t, "related", func(b *strings.Builder) {
		appendRelated(b, screen{}, &api.RelatedAnswer{AsOf: &asOf, Kind: "hashtag", Term: evil, Platforms: []api.RelatedPlatform{{Platform: evil, Posts: 10, PlatformPosts: 1000,
			Related: []api.Related{{Kind: "hashtag", Term: evil, Both: 5, Over: 1, Posts: 7, ExpectedBoth: 0.07, PMI: 6.2, NPMI: 0.8, LogLikelihood: 1040.51}}}}})
	})
	checkTable(t, "search", func(b *strings.Builder) {
		appendFound(b, screen{}, &api.SearchAnswer{AsOf: &asOf, Terms: []api.Found{{Kind: "hashtag", Term: evil, Platform: evil, Match: "exact", Posts: 1234, Phase: "rising"}}})
	})
	checkTable(t, "timing", func(b *strings.Builder) {
		a := api.TimingAnswer{AsOf: &asOf, Range: span, Zone: evil, Platform: evil, Kind: "hashtag", Term: evil, Best: []api.BestHour{{Weekday: 2, Hour: 18, Lift: 1.5}}}
		for i := range 168 {
			a.Cells = append(a.Cells, api.TimingCell{Weekday: i / 24, Hour: i % 24, PostsPerH: api.Number(i % 24)})
		}
		a.Cells = append(a.Cells, api.TimingCell{Weekday: 9, Hour: 99})
		appendTiming(b, screen{}, &a, 0)
	})
	checkTable(t, "detections", func(b *strings.Builder) {
		next := "x"
		appendDetections(b, screen{}, &api.DetectionsAnswer{AsOf: &asOf, Next: &next, Detections: []api.Detection{
			{TS: asOf, Kind: "hashtag", Term: evil, Platform: "x", Phase: "rising", From: "post", RatePerH: 12, Authors24h: 3456, Confidence: 0.5},
			{TS: asOf, Kind: "sound", Term: "b", Platform: evil, Phase: "over", From: "gauge"}}})
	})
	checkTable(t, "sources", func(b *strings.Builder) {
		appendSources(b, screen{}, &api.SourcesAnswer{AsOf: asOf, Sources: []api.SourceStatus{
			{Name: "bluesky", State: "ok", Since: &asOf, PerMinute: 1234.5, Records: 7654321, Newest: &asOf, Covered: 1},
			{Name: "mastodon", State: "blocked", Since: &asOf, Why: evil, Retry: &asOf, Parts: []api.SourcePart{{Name: evil, State: "blocked", Since: asOf, Why: "403"}}}, {Name: "off", State: "off"}}}, true)
	})
	checkTable(t, "status", func(b *strings.Builder) {
		appendStatus(b, screen{}, &api.StatusAnswer{Version: evil, AsOf: &asOf, Newest: &asOf, LagS: 90, Trends: 12, Loading: &api.Progress{Phase: evil, Done: 1, Total: 2},
			Intake: &api.Backlog{Waiting: 5, Bytes: 12345678, Refusing: true, Why: evil}, Core: api.Core{Pressure: "none", MemoryBytes: 1 << 28},
			Platforms: []api.PlatformStatus{{Platform: evil, Spread: "authors", Records: 12345}},
			Sinks:     []api.SinkStatus{{Name: "chat", Kind: "slack", Waiting: 3, Dead: 2, Sent: 1234, Failed: 5, LastOK: &asOf, Error: evil, Off: true}}})
	})
}

func TestPagesAreJoined(t *testing.T) {
	p := &paged{field: "rows"}
	got, err := p.joined([]byte(`{"a":1,"next":"c","rows":[1],"z":{"k":[]}}`), []json.RawMessage{[]byte("1"), []byte(`{"x":2}`)}, "")
	if err != nil || string(got) != `{"a":1,"next":null,"rows":[1,{"x":2}],"z":{"k":[]}}`+"\n" {
		t.Errorf("got %s, %v", got, err)
	}
	for _, bad := range []string{"", "[]", `{"next":3,"rows":[]}`, `{"rows":3}`} {
		if _, _, err := p.part([]byte(bad)); err == nil {
			t.Errorf("%q is a page", bad)
		}
	}
}

func TestNamesOfTerms(t *testing.T) {
	for _, c := range []struct {
		args      []string
		kind, key string
	}{
		{[]string{"#BookTok"}, "hashtag", "BookTok"}, {[]string{"BookTok"}, "hashtag", "BookTok"}, {[]string{"＃本"}, "hashtag", "本"}, {[]string{"@alice"}, "mention", "alice"},
		{[]string{"sound:7016"}, "sound", "7016"}, {[]string{"sound", "a:b"}, "sound", "a:b"}, {[]string{"odd:thing"}, "hashtag", "odd:thing"}, {[]string{"link:https://a/b?c"}, "link", "https://a/b?c"},
	} {
		kind, key, err := readName(c.args)
		if err != nil || kind != c.kind || key != c.key {
			t.Errorf("%q is %s %q (%v)", c.args, kind, key, err)
		}
		if again, name, err := readName([]string{nameOf(kind, key)}); err != nil || again != kind || name != key {
			t.Errorf("%s %q is written %q, which is %s %q (%v)", kind, key, nameOf(kind, key), again, name, err)
		}
	}
	for _, bad := range [][]string{{""}, {"#"}, {"thing", "x"}} {
		if _, _, err := readName(bad); err == nil {
			t.Errorf("%q is a term", bad)
		}
	}
}

func TestZoneOf(t *testing.T) {
	for name, want := range map[string]string{
		"/usr/share/zoneinfo/Europe/Berlin": "Europe/Berlin", "Asia/Kathmandu": "Asia/Kathmandu", "/usr/share/zoneinfo/posix/UTC": "UTC", "": "UTC", "Nowhere/City": "UTC",
		"../../etc/passwd": "UTC", "Local": "UTC", "EST5EDT": "EST5EDT",
	} {
		if got := zoneOf(name); got != want {
			t.Errorf("%q is the zone %s, want %s", name, got, want)
		}
	}
}
