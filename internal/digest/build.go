package digest

import (
	"cmp"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// Least numbers of Days.
const (
	daysOfDigest = 3
	daysOfWeek   = 9
)

// Build makes the digest of the last of the days. The same input gives the same digest. It returns nil where there
// are too few days.
func Build(in Input) *api.Digest {
	n := len(in.Days)
	if n < daysOfDigest || in.Week && n < daysOfWeek {
		return nil
	}
	day, yesterday, before := &in.Days[n-1], &in.Days[n-2], &in.Days[n-3]
	now, told := sift(yesterday.End, day), sift(before.End, yesterday)
	asOf := day.AsOf.UTC()
	from, to := in.hoursOf(day.From, day.AsOf)
	out := &api.Digest{
		Demo: in.Demo, Date: day.Date, Zone: in.Zone.String(), Range: api.Span{From: day.From.UTC(), To: asOf}, AsOf: &asOf,
		Coverage: day.Coverage, Open: !day.Over, Unseen: in.unseen(day), HoursFrom: in.hourAt(to - HoursShown),
		Counts: api.DigestCounts{New: len(now.news), Rising: len(now.rising), Peaking: len(now.peaking), Fading: len(now.fading), Gone: len(now.gone)},
		New:    in.trends(now.news, day), Rising: in.trends(now.rising, day), Peaking: in.trends(now.peaking, day),
		Fading: in.trends(now.fading, day), Gone: in.trends(now.gone, day),
		Platforms: in.platforms(now, day), Watches: in.watches(now, day, from, to),
		Alerts: in.alerts(day), Calls: in.judge(told.told(), yesterday, day),
	}
	if len(in.Days[n-2].End)+len(told.all()) == 0 && out.Calls.Total == 0 && yesterday.Coverage == nil {
		out.Calls.Of = "" // nothing was known on the day before
	}
	out.Todo = in.todo(now, day, out.Alerts)
	out.Quiet = len(out.Todo) == 0 && out.Counts.New == 0
	if in.Week {
		out.Week = in.week()
	}
	out.Headline = in.headline(out, now)
	return out
}

func (in *Input) trends(rows []*row, day *Day) []api.DigestTrend {
	out := []api.DigestTrend{}
	for _, r := range first(rows) {
		out = append(out, in.trend(r, day))
	}
	return out
}

// platforms tells of each platform in numbers.
func (in *Input) platforms(now *sifted, day *Day) []api.DigestPlatform {
	from, to := in.hoursOf(day.From, day.AsOf)
	out := []api.DigestPlatform{}
	for i := range in.Platforms {
		p := &in.Platforms[i]
		row := api.DigestPlatform{
			Platform: p.Name, Posts: sum(p.Posts, from, to), PostsBefore: sum(p.Posts, max(0, 2*from-to), from), Seen: api.Unknown, Hours: lastHours(p.Posts, to),
		}
		if day.Coverage != nil {
			for _, c := range day.Coverage.Platforms {
				if c.Platform == p.Name {
					row.Seen = c.Share
				}
			}
		}
		for _, r := range now.all() {
			was, is := slices.Contains(r.wasOn, p.Name), slices.Contains(r.on(), p.Name)
			switch {
			case is && !r.gone:
				row.Open++
				if !was {
					row.New++
				}
			case was || is:
				row.Gone++
				if !was {
					row.New++
				}
			}
		}
		out = append(out, row)
	}
	return out
}

// Purposes of watch lists that share one voice.
var rivals = []string{"brand", "competitor"}

// watches tells of each watch list in numbers, of the hours from ≤ i < to.
func (in *Input) watches(now *sifted, day *Day, from, to int) []api.DigestWatch {
	out := []api.DigestWatch{}
	var voices uint64
	for i := range in.Watches {
		if slices.Contains(rivals, in.Watches[i].Purpose) {
			voices += sum(in.Watches[i].Mentions, from, to)
		}
	}
	for i := range in.Watches {
		w := &in.Watches[i]
		row := api.DigestWatch{
			Name: w.Name, Title: w.Title, Purpose: w.Purpose, Mentions: sum(w.Mentions, from, to), Share: api.Unknown,
			Hours: lastHours(w.Mentions, to), Trends: []string{},
		}
		if start := 2*from - to; start >= 0 && w.Since > 0 && w.Since <= in.FirstHour+int64(start) {
			before := sum(w.Mentions, start, from)
			row.Before = &before
		}
		if slices.Contains(rivals, w.Purpose) && voices > 0 {
			row.Share = api.Rounded(float64(row.Mentions) / float64(voices))
		}
		for _, r := range now.open() {
			if slices.Contains(r.watches, w.Name) && len(row.Trends) < api.MaxDigestTrends {
				row.Trends = append(row.Trends, r.places[0].Term)
			}
		}
		for j := range in.Alerts {
			if a := &in.Alerts[j]; within(a, day) && slices.Contains(a.Watches, w.Name) {
				row.Alerts++
			}
		}
		out = append(out, row)
	}
	return out
}

// within reports whether an alert was found on a day. It is of the end of its pane, so that of the last one belongs to
// the day.
func within(a *api.Alert, day *Day) bool { return a.TS.After(day.From) && !a.TS.After(day.To) }

// alerts are those of a day.
func (in *Input) alerts(day *Day) []api.Alert {
	out := []api.Alert{}
	for i := range in.Alerts {
		if within(&in.Alerts[i], day) {
			out = append(out, in.Alerts[i])
		}
	}
	slices.SortStableFunc(out, func(a, b api.Alert) int { return cmp.Or(a.TS.Compare(b.TS), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Nothing makes the digest of a day of which nothing was counted, nor of any time since.
func Nothing(date string, zone *time.Location, demo bool) *api.Digest {
	in := Input{Demo: demo, Zone: zone}
	for len(in.Days) < daysOfDigest {
		from, to, _ := DayOf(date, zone)
		in.Days = append([]Day{{Date: date, From: from, To: to, AsOf: from, Over: true}}, in.Days...)
		date, _ = DateBefore(date, zone)
	}
	in.FirstHour = in.Days[daysOfDigest-1].From.Unix() / int64(hour/time.Second)
	in.EndHour = in.FirstHour
	return Build(in)
}
