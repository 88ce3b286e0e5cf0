package digest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/console"
)

func (w *pageWriter) platforms(all bool) section {
	t := &table{columns: []column{{"Platform", false}, {"Posts", true}, {"To the day before", true}, {"Seen", true}, {"New", true}, {"Open", true}}}
	if all {
		t.columns = append(t.columns, column{"Gone", true})
	}
	for i := range w.d.Platforms {
		x := &w.d.Platforms[i]
		row := []string{harmless(x.Platform, longestTerm), console.Count(x.Posts), change(x.Posts, x.PostsBefore), share(x.Seen), whole(x.New), whole(x.Open)}
		if all {
			row = append(row, whole(x.Gone))
		}
		t.rows = append(t.rows, tableRow{cells: row})
	}
	return section{heading: "In numbers", table: t}
}

func whole(n int) string { return console.Count(uint64(max(0, n))) }

func (w *pageWriter) watchTable(lists []api.DigestWatch, heading string) section {
	t := &table{columns: []column{{"List", false}, {"Mentions", true}, {"To before", true}, {"Voice", true}, {"Trends", true}, {"Alerts", true}}}
	more := 0
	for i := range lists {
		x := &lists[i]
		if i == w.most {
			more = len(lists) - i
			break
		}
		before := console.Unknown
		if x.Before != nil {
			before = change(x.Mentions, *x.Before)
		}
		t.rows = append(t.rows, tableRow{cells: []string{w.listName(x), console.Count(x.Mentions), before, share(x.Share), whole(len(x.Trends)), whole(x.Alerts)}})
	}
	return section{heading: heading, table: t, more: more}
}

// largest lists the trends with the most posts.
func (w *pageWriter) largest(heading string, most int) section {
	var all []*api.DigestTrend
	for _, l := range [][]api.DigestTrend{w.d.New, w.d.Rising, w.d.Peaking, w.d.Fading} {
		for i := range l {
			if l[i].Posts != nil {
				all = append(all, &l[i])
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *api.DigestTrend) int { return cmp.Compare(*b.Posts, *a.Posts) })
	return section{heading: heading, table: w.sized(all[:min(len(all), most)])}
}

func (w *pageWriter) sized(trends []*api.DigestTrend) *table {
	t := &table{columns: []column{{"Trend", false}, {"Where", false}, {"Phase", false}, {"Posts", true}, {"People in 24 h", true}}}
	for _, x := range trends {
		people := console.Unknown
		if x.Authors24h != nil {
			people = about(x.Authors24h)
		}
		n := console.Unknown
		if x.Posts != nil {
			n = atLeast(*x.Posts, x.AtLeast)
		}
		t.rows = append(t.rows, tableRow{cells: []string{w.term(x.Kind, x.Term), strings.Join(harmlessAll(x.Platforms), ", "), x.Phase, n, people}, link: w.link(x.Kind, x.Key)})
	}
	return t
}

func about(a *api.Authors) string {
	if a.Stderr == 0 {
		return console.Count(a.Estimate)
	}
	return "about " + console.Count(a.Estimate)
}

func atLeast(n uint64, least bool) string {
	if least {
		return "≥\u00a0" + console.Count(n)
	}
	return console.Count(n)
}

// full tells all that is known of trends: a row for each place.
func (w *pageWriter) full(heading string, trends []api.DigestTrend, all int) section {
	t := &table{columns: []column{
		{"Trend", false}, {"Where", false}, {"Phase", false}, {"Score", true}, {"Sure", true}, {"Hours left", true}, {"Posts", true}, {"Authors 24 h", true}, {"Per hour", true},
	}}
	shown := min(len(trends), w.most)
	for i := range trends[:shown] {
		x := &trends[i]
		for j := range x.Places {
			p := &x.Places[j]
			name := w.term(x.Kind, p.Term)
			if j > 0 && p.Key == x.Key {
				name = "″"
			}
			phase := p.Phase
			if j == 0 && x.Before != "" && x.Before != p.Phase {
				phase = x.Before + " → " + p.Phase
			}
			n := console.Unknown
			if p.Posts != nil {
				n = atLeast(*p.Posts, x.AtLeast)
			}
			row := tableRow{link: w.link(x.Kind, p.Key), cells: []string{
				name, harmless(p.Platform, longestTerm), phase, console.Decimal(float64(p.Score), 1), share(p.Confidence), left(p.HoursLeft), n, bounds(p.Authors24h), rates(p),
			}}
			if j == len(x.Places)-1 {
				row.below = w.details(x)
			}
			t.rows = append(t.rows, row)
		}
	}
	return section{heading: heading, table: t, more: all - shown}
}

func left(r *api.Range) string {
	if r == nil || !(r.Mid == r.Mid) {
		return console.Unknown
	}
	return fmt.Sprintf("%s (%s–%s)", console.Decimal(float64(r.Mid), 0), console.Decimal(float64(r.Low), 0), console.Decimal(float64(r.High), 0))
}

func bounds(a *api.Authors) string {
	switch {
	case a == nil:
		return console.Unknown
	case a.Stderr == 0:
		return console.Count(a.Estimate)
	}
	return fmt.Sprintf("%s (%s–%s)", console.Count(a.Estimate), console.Count(a.Low), console.Count(a.High))
}

func rates(p *api.DigestPlace) string {
	if math.IsNaN(float64(p.RatePerH)) {
		return console.Unknown
	}
	return fmt.Sprintf("%s (%s)", console.Decimal(float64(p.RatePerH), 0), console.Decimal(float64(p.ExpectedPerH), 1))
}

// details is what no column has.
func (w *pageWriter) details(x *api.DigestTrend) string {
	var parts []string
	if x.Why != "" {
		parts = append(parts, plain(strings.ReplaceAll(x.Why, x.Term, console.Isolated(harmless(x.Term, longestTerm)))))
	}
	text := fmt.Sprintf("Began about %s, raised %s.", w.date(x.Started), w.date(x.Raised))
	if x.Peak != nil {
		text += fmt.Sprintf(" Best hour of three days: %s.", w.date(*x.Peak))
	}
	if x.Posts != nil && x.PostsBefore != nil {
		text += fmt.Sprintf(" On the day %s, in as much time before %s.", w.posts(x), console.Count(*x.PostsBefore))
	}
	parts = append(parts, text)
	if len(x.Variants) > 0 {
		parts = append(parts, "Also written "+listedOf(harmlessAll(x.Variants[:min(len(x.Variants), 8)]))+".")
	}
	if len(x.Watches) > 0 {
		parts = append(parts, "On "+listedOf(harmlessAll(x.Watches))+".")
	}
	var flags []string
	for i := range x.Places {
		for _, f := range x.Places[i].Flags {
			if !slices.Contains(flags, f) {
				flags = append(flags, f)
			}
		}
	}
	if len(flags) > 0 {
		parts = append(parts, "Flags: "+strings.Join(harmlessAll(flags), ", ")+".")
	}
	return strings.Join(parts, " ")
}

func (w *pageWriter) date(t time.Time) string { return t.In(w.zone).Format("Mon 2 Jan 15:04") }

func (w *pageWriter) calls() section {
	s := section{heading: "The calls of the day before", lines: w.callsInALine()}
	t := &table{columns: []column{{"Trend", false}, {"Called as", false}, {"Outcome", false}, {"Best hour before", true}, {"Since", true}}}
	for i := range w.d.Calls.Calls {
		if i == w.most {
			s.more = len(w.d.Calls.Calls) - i
			break
		}
		c := &w.d.Calls.Calls[i]
		t.rows = append(t.rows, tableRow{link: w.link(c.Kind, c.Key), cells: []string{
			w.term(c.Kind, c.Term), c.Phase, c.Outcome, console.Decimal(float64(c.Called), 0), console.Decimal(float64(c.Reached), 0),
		}})
	}
	s.table = t
	return s
}

// coverage lists what was not seen.
func (w *pageWriter) coverage() section {
	t := &table{columns: []column{{"Platform", false}, {"From", false}, {"To", false}, {"Lost", true}}}
	more := 0
	if w.d.Coverage == nil {
		return section{}
	}
	for i := range w.d.Coverage.Platforms {
		p := &w.d.Coverage.Platforms[i]
		for _, gap := range p.Missing {
			if len(t.rows) == w.most {
				more++
				continue
			}
			t.rows = append(t.rows, tableRow{cells: []string{harmless(p.Platform, longestTerm), w.date(gap.From), w.date(gap.To), lasting(gap.To.Sub(gap.From))}})
		}
	}
	return section{heading: "What was not seen", table: t, more: more}
}

// week is the week in review.
func (w *pageWriter) week(p *page) {
	x := w.d.Week
	if x == nil {
		return
	}
	s := section{heading: "The week in review", lines: []string{count(x.Raised, "trend was raised", "trends were raised") + " in seven days."}}
	if judged := x.Hits + x.Misses; judged > 0 {
		s.lines[0] += fmt.Sprintf(" Of %s that can be judged, %s grew further (%s).", count(judged, "call", "calls"), console.Count(uint64(x.Hits)), share(api.Number(float64(x.Hits)/float64(judged))))
	}
	s.table = &table{columns: []column{{"Day", false}, {"Posts", true}, {"Raised", true}, {"Alerts", true}}}
	for _, day := range x.Days {
		name := day.Date
		if at, err := time.Parse(time.DateOnly, day.Date); err == nil {
			name = at.Format("Mon 2 Jan")
		}
		s.table.rows = append(s.table.rows, tableRow{cells: []string{name, console.Count(day.Posts), whole(day.Raised), whole(day.Alerts)}})
	}
	p.add(s)
	var top []*api.DigestTrend
	for i := range x.Top[:min(len(x.Top), w.most)] {
		top = append(top, &x.Top[i])
	}
	p.add(section{heading: "The largest of the week", table: w.sized(top)})
	p.add(w.watchTable(x.Watches, "Watch lists over the week"))
}

// most lines of a chart: what is beyond is one line more.
const maxLines = 5

// chart shows the mentions of the watch lists, if there are any, or else the posts of the platforms.
func (w *pageWriter) chart() section {
	type series struct {
		name  string
		hours []uint64
		sum   uint64
	}
	var all []series
	heading := "Mentions by hour"
	add := func(name string, hours []uint64) {
		if s := sum(hours, 0, len(hours)); s > 0 {
			all = append(all, series{name, hours, s})
		}
	}
	for i := range w.d.Watches {
		wide := make([]uint64, len(w.d.Watches[i].Hours))
		for h, n := range w.d.Watches[i].Hours {
			wide[h] = uint64(n)
		}
		add(w.listName(&w.d.Watches[i]), wide)
	}
	if len(all) == 0 {
		heading = "Posts by hour"
		for i := range w.d.Platforms {
			add(harmless(w.d.Platforms[i].Platform, longestTerm), w.d.Platforms[i].Hours)
		}
	}
	if len(all) == 0 {
		return section{}
	}
	slices.SortStableFunc(all, func(a, b series) int { return cmp.Compare(b.sum, a.sum) })
	c := &chart{}
	total := make([]uint64, HoursShown)
	for i, s := range all {
		if len(s.hours) != HoursShown {
			return section{}
		}
		for h, n := range s.hours {
			total[h] += n
		}
		if i < maxLines {
			c.names, c.hours = append(c.names, s.name), append(c.hours, s.hours)
			continue
		}
		if i == maxLines {
			c.names, c.hours = append(c.names, "others"), append(c.hours, make([]uint64, HoursShown))
		}
		for h, n := range s.hours {
			c.hours[maxLines][h] += n
		}
	}
	c.top = slices.Max(total)
	end := w.d.HoursFrom.Add(HoursShown * hour)
	c.from, c.to = w.date(w.d.HoursFrom), w.date(end)
	at := w.d.HoursFrom.Add(time.Duration(slices.Index(total, c.top)) * hour)
	c.alt = fmt.Sprintf("%s, %s to %s, of %s: at most %s together, on %s.", heading, c.from, c.to, listedOf(c.names), console.Count(c.top), moment(at, w.zone))
	return section{heading: heading, chart: c}
}
