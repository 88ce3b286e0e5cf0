package digest

import (
	"fmt"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// begin is the start of the first of the fixture's days.
var begin = time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)

// hostile is what somebody wrote who knows what digests are read with.
var hostile = []string{
	`<script>alert(1)</script>`, `[click](javascript:alert(1))`, "\u202egnp.exe\u202c", "z" + strings.Repeat("\u0301\u0322\u0489", 64) + "algo",
	`=cmd()|'/C calc'!A0`, "@everyone <!channel> <@U1>", "\u2069\u2069out\u2066", "line\r\nSubject: x\u2028y", "| a | b |\n|---|", "![x](https://evil.example/p.png)",
	`"><img src=x onerror=alert(1)>`, "\x1b]0;owned\x07\x1b[31mred", "הארץ", "سوريا_الآن", "https://www.evil.example/@you", "&amp;lt;b&gt;", "\xff\xfe bad", "`code` $x$ ~~s~~",
	"# head", "{{.}} ${x} %0a", "cid:swell-1.png", strings.Repeat("ä", 80),
}

// made is an open trend of the fixture.
func made(kind, name, platform, phase string, rank float64, raised time.Time) Trend {
	key := strings.ToLower(name)
	t := api.Trend{
		Kind: kind, Key: key, Term: name, Platform: platform, Phase: phase, From: "post", Score: api.Number(rank), Rank: api.Number(rank), Confidence: 0.84,
		HoursLeft: api.Range{Low: 9, Mid: 14, High: 30}, RatePerH: 40, ExpectedPerH: 3.4,
		Posts: &api.Posts{Count: 400, Exact: true}, Authors24h: &api.Authors{Estimate: 310, Stderr: 0.03, Low: 292, High: 328},
		Started: raised.Add(-2 * time.Hour), Raised: raised, Flags: []string{}, Variants: []api.Variant{},
		Why: api.Why{Sentence: fmt.Sprintf("120 people used %s within 2 hours where about 12 were expected (150 posts).", name)},
	}
	return Trend{Trend: t, Group: strings.ReplaceAll(key, "_", "")}
}

// change is a change of phase.
func found(t Trend, phase string, at time.Time) Change {
	return Change{Detection: api.Detection{
		TS: at, Kind: t.Kind, Key: t.Key, Term: t.Term, Platform: t.Platform, Phase: phase, From: t.From, Score: t.Score, Confidence: t.Confidence,
		HoursLeft: t.HoursLeft, RatePerH: t.RatePerH, ExpectedPerH: t.ExpectedPerH, Started: t.Started,
	}, Group: t.Group, Watches: t.Watches}
}

// rise are the posts of a trend by hour: flat until an hour, then growing by as much each hour.
func rise(hours, from int, base, by uint32) []uint32 {
	out := make([]uint32, hours)
	for h := range out {
		if out[h] = base; h >= from {
			out[h] += by * uint32(h-from+1)
		}
	}
	return out
}

// fixture is a life of some days in a zone; a week if there are nine.
func fixture(days int) Input {
	zone := time.UTC
	in := Input{Zone: zone, Counts: map[Ref]Counts{}, Week: days >= daysOfWeek}
	for i := range days {
		from := begin.AddDate(0, 0, i)
		day := Day{Date: from.Format(time.DateOnly), From: from, To: from.AddDate(0, 0, 1), Over: true}
		day.AsOf = day.To
		day.Coverage = &api.Coverage{Share: 1, Platforms: []api.PlatformCoverage{
			{Platform: "tiktok", Since: from, Share: 1, Missing: []api.Span{}}, {Platform: "x", Since: from, Share: 1, Missing: []api.Span{}},
		}, Sources: []api.SourceCoverage{}}
		in.Days = append(in.Days, day)
	}
	last := &in.Days[days-1]
	in.FirstHour = in.Days[2].From.Unix()/3600 - 72
	in.EndHour = last.To.Unix() / 3600
	hours := int(in.EndHour - in.FirstHour)
	for p, name := range []string{"tiktok", "x"} {
		posts := make([]uint64, hours)
		for h := range posts {
			posts[h] = uint64(900 + 300*p + 40*((h+6)%24))
		}
		in.Platforms = append(in.Platforms, Platform{Name: name, Posts: posts})
	}
	return in
}

// open opens a trend at the end of one of the days, and gives it posts.
func (in *Input) open(day int, t Trend, posts []uint32) {
	in.Days[day].End = append(in.Days[day].End, t)
	in.Counts[Ref{t.Platform, t.Kind, t.Key}] = Counts{Posts: posts}
}

// busy is a day with something of everything.
func busy(days int) Input {
	in := fixture(days)
	n, d := int(in.EndHour-in.FirstHour), days-1
	day := &in.Days[d]
	at := func(h int) time.Time { return day.From.Add(time.Duration(h) * time.Hour) }
	next := made("hashtag", "BookTok", "tiktok", rising, 9, at(8))
	next.Watches = []string{"books"}
	in.open(d, next, rise(n, n-14, 2, 9))
	spread := made("hashtag", "Book_Tok", "x", emerging, 5, at(20))
	in.open(d, spread, rise(n, n-4, 0, 6))
	in.Days[d].Log = append(in.Days[d].Log, found(next, rising, at(8)), found(spread, emerging, at(20)))
	old := made("sound", "Sofam Lasex – Seso", "tiktok", rising, 7, at(-6))
	in.open(d-1, old, rise(n, n-40, 1, 2))
	in.Days[d].End = append(in.Days[d].End, old)
	top := made("hashtag", "SlowVinyl", "x", peaking, 8, at(-3))
	before := top
	before.Phase = rising
	in.open(d-1, before, rise(n, n-30, 1, 3))
	in.Days[d].End = append(in.Days[d].End, top)
	down := made("hashtag", "PumiceStories", "x", fading, 1, at(-20))
	in.open(d-1, made("hashtag", "PumiceStories", "x", rising, 6, at(-20)), rise(n, n, 12, 0))
	in.Days[d].End = append(in.Days[d].End, down)
	gone := made("hashtag", "Gone", "tiktok", fading, 2, at(-30))
	in.open(d-1, gone, rise(n, n, 3, 0))
	in.Days[d].Log = append(in.Days[d].Log, found(gone, over, at(5)))
	short := made("link", "example.com/a?b=c", "x", rising, 4, at(2))
	in.Counts[Ref{"x", "link", short.Key}] = Counts{Posts: rise(n, n, 2, 0), Exact: in.EndHour - 3}
	in.Days[d].Log = append(in.Days[d].Log, found(short, rising, at(2)), found(short, over, at(9)))
	in.Days[d].Coverage.Share = 0.9375
	in.Days[d].Coverage.Platforms[1].Share = 0.9375
	in.Days[d].Coverage.Platforms[1].Missing = []api.Span{{From: at(3), To: at(4)}, {From: at(9), To: at(9).Add(30 * time.Minute)}}
	in.Watches = []Watch{
		{Name: "books", Title: "Our books", Purpose: "brand", Mentions: rise(n, n-20, 4, 1), Since: 1},
		{Name: "rivals", Title: "הארץ & co", Purpose: "competitor", Mentions: rise(n, n, 7, 0), Since: in.EndHour - 30},
	}
	by := at(33)
	in.Alerts = []api.Alert{{
		ID: "a-1", Rule: "crisis", Severity: api.SeverityCrisis, TS: at(21), Thread: "t", Kind: kindOfWatch, Key: "books", Term: "Our books", Watches: []string{"books"},
		Title: "Our books is mentioned 9 times as often as usual.", Reasons: []string{}, Advice: "Read the posts before you answer.", ActBy: &by,
		Platforms: []api.AlertPlatform{}, Words: []api.AlertWord{}, Company: []api.Related{}, State: api.AlertOpen, Told: []api.AlertTold{},
	}}
	return in
}

// attacked is a day of which all names were chosen to do harm.
func attacked() Input {
	in := fixture(daysOfDigest)
	n, d := int(in.EndHour-in.FirstHour), daysOfDigest-1
	for i, name := range hostile {
		t := made([]string{"hashtag", "sound", "keyword", "mention", "link"}[i%5], name, "tiktok", []string{emerging, rising, peaking, fading}[i%4], 30-float64(i), in.Days[d].From)
		t.Watches = []string{name}
		t.Variants = []api.Variant{{Key: "k", Term: hostile[(i+1)%len(hostile)]}}
		in.open(d, t, rise(n, n-10, 1, 2))
		in.Days[d-1].End = append(in.Days[d-1].End, made(t.Kind, "old"+name, "x", rising, 3, in.Days[d-1].From))
	}
	for _, name := range hostile {
		in.Watches = append(in.Watches, Watch{Name: "list", Title: name, Purpose: "brand", Mentions: rise(n, n, 1, 0), Since: 1})
		in.Alerts = append(in.Alerts, api.Alert{
			ID: "a", Severity: api.SeverityCrisis, TS: in.Days[d].To, Thread: name, Kind: "hashtag", Key: name, Term: name, Title: name, Advice: name, State: api.AlertOpen,
		})
	}
	return in
}
