package page

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
	"github.com/swell-radar/swell/internal/console"
)

// digestList is one list of trends of a digest.
type digestList struct {
	ID, Title, Intro string
	Total            int
	Rows             []*digestRow
	More             int  // that are not shown
	Past             bool // hours left and confidence say nothing any more
	All              bool // with every number
}

// digestRow is a trend of a digest.
type digestRow struct {
	api.DigestTrend
	V      *viewer
	Spark  template.HTML
	Clock  template.HTML // of its hours
	Change string        // of its posts
}

// digestLists are the lists that an audience reads.
func (v *viewer) digestLists(d *api.Digest, audience string) (out []*digestList) {
	most, pastMost := 8, 5
	switch audience {
	case api.AudienceStakeholder:
		most, pastMost = 5, 0
	case api.AudienceResearcher:
		most, pastMost = api.MaxDigestTrends, api.MaxDigestTrends
	}
	for _, l := range []struct {
		id, title, intro string
		total            int
		trends           []api.DigestTrend
		past             bool
	}{
		{"new", "New", "Not there the day before, and growing.", d.Counts.New, d.New, false},
		{"rising", "Still growing", "Called before, and growing still.", d.Counts.Rising, d.Rising, false},
		{"peaking", "At the peak, or about to be", "Now or never.", d.Counts.Peaking, d.Peaking, false},
		{"fading", "Fading", "What is posted now comes late.", d.Counts.Fading, d.Fading, true},
		{"gone", "Gone", "Open the day before, and not any more.", d.Counts.Gone, d.Gone, true},
	} {
		n := most
		if l.past {
			n = pastMost
		}
		if len(l.trends) == 0 || n == 0 {
			continue
		}
		n = min(n, len(l.trends))
		list := &digestList{ID: l.id, Title: l.title, Intro: l.intro, Total: l.total, More: max(0, l.total-n), Past: l.past, All: audience == api.AudienceResearcher}
		for i := range l.trends[:n] {
			list.Rows = append(list.Rows, v.digestRow(&l.trends[i], d.AsOf))
		}
		out = append(out, list)
	}
	return out
}

func (v *viewer) digestRow(t *api.DigestTrend, asOf *time.Time) *digestRow {
	r := &digestRow{DigestTrend: *t, V: v, Change: change(t.Posts, t.PostsBefore)}
	if len(t.Hours) > 0 {
		r.Spark = (&chart.Spark{Posts: t.Hours, Label: "Posts by hour: " + hoursInWords(t.Hours)}).SVG()
	}
	if t.HoursLeft != nil && asOf != nil {
		r.Clock = (&chart.Left{
			Age: asOf.Sub(t.Started).Hours(), Low: float64(t.HoursLeft.Low), Mid: float64(t.HoursLeft.Mid), High: float64(t.HoursLeft.High), Phase: t.Phase,
			Label: left(*t.HoursLeft) + " left at the end of the day",
		}).SVG()
	}
	return r
}

// hoursInWords says what a line of hours shows.
func hoursInWords(hours []uint32) string {
	if len(hours) == 0 {
		return "not known"
	}
	top := slices.Max(hours)
	back := len(hours) - 1 - slices.Index(hours, top)
	return fmt.Sprintf("at most %s, %d h before the end; %s in the last one", console.Count(uint64(top)), back, console.Count(uint64(hours[len(hours)-1])))
}

// change writes what became of a number since as much time before.
func change(now, before *uint64) string {
	switch {
	case now == nil || before == nil:
		return ""
	case *before == 0 && *now == 0:
		return "none before either"
	case *before == 0:
		return "none before"
	}
	ratio := float64(*now) / float64(*before)
	switch {
	case ratio >= 2:
		return "× " + rate(api.Number(ratio))
	case math.Round(100*ratio) == 100:
		return "as before"
	case ratio > 1:
		return fmt.Sprintf("+%.0f%%", 100*(ratio-1))
	}
	return fmt.Sprintf("−%.0f%%", 100*(1-ratio))
}

// digestPlace is a platform in numbers.
type digestPlace struct {
	api.DigestPlatform
	Spark  template.HTML
	Change string
}

func (v *viewer) digestPlaces(d *api.Digest) (out []digestPlace) {
	for _, p := range d.Platforms {
		hours := make([]uint32, len(p.Hours))
		for i, n := range p.Hours {
			hours[i] = uint32(min(n, math.MaxUint32))
		}
		row := digestPlace{DigestPlatform: p, Change: change(&p.Posts, &p.PostsBefore)}
		if len(hours) > 0 {
			row.Spark = (&chart.Spark{Posts: hours, Label: platformName(p.Platform) + ", posts by hour: " + hoursInWords(hours)}).SVG()
		}
		out = append(out, row)
	}
	return out
}

// digestWatchRow is a watch list of the digest in numbers.
type digestWatchRow struct {
	api.DigestWatch
	Spark  template.HTML
	Change string
}

// digestWatchRows are lists of the day, or of its week.
func digestWatchRows(watches []api.DigestWatch) (out []digestWatchRow) {
	for _, w := range watches {
		row := digestWatchRow{DigestWatch: w, Change: change(&w.Mentions, w.Before)}
		if len(w.Hours) > 0 {
			row.Spark = (&chart.Spark{Posts: w.Hours, Label: "Mentions by hour: " + hoursInWords(w.Hours)}).SVG()
		}
		out = append(out, row)
	}
	return out
}

// Watched are the watch lists of the day.
func (b *digestBody) Watched() []digestWatchRow { return digestWatchRows(b.D.Watches) }

// callsLine is how the calls of the digest before turned out.
type callsLine struct {
	Rate   string // of hits among those that could be judged; empty: none could
	Hits   []api.DigestCall
	Misses []api.DigestCall
	Open   []api.DigestCall
}

func callsOf(c *api.DigestCalls) callsLine {
	var out callsLine
	if judged := c.Hits + c.Misses; judged > 0 {
		out.Rate = console.Share(float64(c.Hits) / float64(judged))
	}
	for _, call := range c.Calls {
		switch call.Outcome {
		case "hit":
			out.Hits = append(out.Hits, call)
		case "miss":
			out.Misses = append(out.Misses, call)
		default:
			out.Open = append(out.Open, call)
		}
	}
	return out
}

// seenLine is how much of the day was seen of a platform.
type seenLine struct {
	Platform string
	Share    api.Number
	Missing  string // total time; empty: nothing
	Gaps     []api.Span
	More     int // gaps that are not told
}

func (v *viewer) seenLines(c *api.Coverage) (out []seenLine) {
	if c == nil {
		return nil
	}
	const mostGaps = 12
	for _, p := range c.Platforms {
		line := seenLine{Platform: p.Platform, Share: p.Share, Gaps: p.Missing}
		var missing time.Duration
		for _, gap := range p.Missing {
			missing += gap.To.Sub(gap.From)
		}
		if missing > 0 {
			line.Missing = lasting(missing)
		}
		if len(line.Gaps) > mostGaps {
			line.Gaps, line.More = line.Gaps[:mostGaps], len(line.Gaps)-mostGaps
		}
		out = append(out, line)
	}
	slices.SortStableFunc(out, func(a, b seenLine) int { return cmp.Compare(a.Share, b.Share) })
	return out
}

// daySeen is how much of a day was seen of the platform that was seen least; what was before it was first met was not.
type daySeen struct {
	Share api.Number
	Since *time.Time // when the first platform was met, where that is within the day; nil: before
}

func seenOfDay(c *api.Coverage, day api.Span) daySeen {
	out := daySeen{Share: api.Unknown}
	whole := day.To.Sub(day.From)
	if c == nil || whole <= 0 {
		return out
	}
	out.Share = c.Share
	var first time.Time
	for _, p := range c.Platforms {
		if p.Since.After(day.From) {
			out.Share = min(out.Share, p.Share*api.Number(day.To.Sub(p.Since).Seconds()/whole.Seconds()))
		}
		if first.IsZero() || p.Since.Before(first) {
			first = p.Since
		}
	}
	if first.After(day.From) {
		out.Since = &first
	}
	return out
}

// digestReview is the week that ends with the day.
type digestReview struct {
	*api.DigestWeek
	Rate    string
	Top     []*digestRow
	Days    []reviewDay
	Watches []digestWatchRow
}

type reviewDay struct {
	api.DigestDay
	Name  string
	Width int // of 100: its posts, by those of the busiest day
}

func (v *viewer) digestReview(d *api.Digest) *digestReview {
	w := d.Week
	out := &digestReview{DigestWeek: w, Watches: digestWatchRows(w.Watches)}
	if judged := w.Hits + w.Misses; judged > 0 {
		out.Rate = console.Share(float64(w.Hits) / float64(judged))
	}
	for i := range w.Top {
		out.Top = append(out.Top, v.digestRow(&w.Top[i], d.AsOf))
	}
	top := uint64(1)
	for _, day := range w.Days {
		top = max(top, day.Posts)
	}
	for _, day := range w.Days {
		row := reviewDay{DigestDay: day, Name: day.Date, Width: int(math.Round(100 * float64(day.Posts) / float64(top)))}
		if t, err := time.Parse(time.DateOnly, day.Date); err == nil {
			row.Name = t.Format("Mon 2 Jan")
		}
		out.Days = append(out.Days, row)
	}
	return out
}
