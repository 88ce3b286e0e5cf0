package page

import (
	"fmt"
	"html/template"
	"math"
	"net/url"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// courseView is the large drawing of a term's course, with the same in a table.
type courseView struct {
	Platform string
	SVG      template.HTML
	From, To time.Time
	Step     string
	Ranges   []rangeLink
	Rows     []hourRow
	Cut      bool // there are more hours than rows
	Expected bool // what is usual is known of some hour
	Fan      []api.Forecast
	Missing  []api.Span // that were not seen
	Empty    string     // why there is nothing to draw
}

// rangeLink leads to another part of the course.
type rangeLink struct {
	Label, Link string
	Now         bool
}

// hourRow is an hour of the table.
type hourRow struct {
	api.Point
	Above bool // more posts than is usual
}

// placeView is the course on one of several platforms, on one scale with the others.
type placeView struct {
	Platform, Phase, Link string
	SVG                   template.HTML
	Posts                 *api.Posts
	First                 *time.Time
	Lag                   string // behind the platform that came first
	FromStart, Now        bool
}

// ranges are the parts of a course that can be chosen.
func ranges() []struct {
	name, label string
	hours       int
} {
	return []struct {
		name, label string
		hours       int
	}{{"24h", "24 hours", 24}, {"72h", "3 days", 72}, {"7d", "7 days", 168}, {"30d", "30 days", 720}}
}

const (
	usualRange = "72h"
	maxRows    = 72
)

// courses draws the course of the term on all platforms.
func (p *Page) courses(v *viewer, b *termBody, ask url.Values) *api.Problem {
	q, chosen := v.rangeOf(v.asOf(b.AsOf))
	for name, values := range ask {
		q[name] = values
	}
	var series api.SeriesAnswer
	problem := p.opt.API.Get(v.Request, api.TermPath(b.Kind, b.Key)+api.SeriesPath, q, &series)
	if problem != nil && problem.Type == api.ProblemTooManyPoints {
		q.Set("step", "1d")
		problem = p.opt.API.Get(v.Request, api.TermPath(b.Kind, b.Key)+api.SeriesPath, q, &series)
	}
	if problem != nil {
		return problem
	}
	c := &b.Course
	c.From, c.To, c.Step = series.Range.From, series.Range.To, series.Step
	c.Ranges = v.rangeLinks(b.Path, chosen)
	b.Readings = readingsOf(v, series.Readings)
	main := b.mainPlatform(v.URL.Query().Get("on"), series.Platforms)
	if main == nil {
		c.Empty = "No posts of it are counted here: it is known from charts alone."
		if len(series.Readings) == 0 {
			c.Empty = "Nothing of it was counted in this time."
		}
		return nil
	}
	top := 0.0
	for i := range series.Platforms {
		for _, point := range series.Platforms[i].Points {
			top = max(top, float64(point.Posts))
		}
	}
	c.fill(v, b, main, &series)
	if len(series.Platforms) > 1 {
		b.Places = placesOf(v, b, &series, main.Platform, top)
	}
	return nil
}

// rangeOf returns the part of the course that the address asks for, as a question to the endpoint, and its name.
func (v *viewer) rangeOf(asOf time.Time) (q url.Values, chosen string) {
	q = url.Values{}
	given := v.URL.Query()
	for _, name := range []string{"from", "to", "step"} {
		if s := given.Get(name); s != "" {
			q.Set(name, s)
		}
	}
	if q.Has("from") || q.Has("to") {
		return q, ""
	}
	chosen = usualRange
	hours := 72
	for _, r := range ranges() {
		if r.name == given.Get("range") {
			chosen, hours = r.name, r.hours
		}
	}
	if !asOf.IsZero() {
		q.Set("from", asOf.Add(-time.Duration(hours-1)*time.Hour).UTC().Truncate(time.Hour).Format(time.RFC3339))
	}
	return q, chosen
}

func (v *viewer) rangeLinks(path, chosen string) []rangeLink {
	var out []rangeLink
	for _, r := range ranges() {
		q := v.URL.Query()
		for _, name := range []string{"from", "to", "step", "done"} {
			q.Del(name)
		}
		q.Set("range", r.name)
		if r.name == usualRange {
			q.Del("range")
		}
		out = append(out, rangeLink{Label: r.label, Link: withQuery(path, q), Now: r.name == chosen})
	}
	return out
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// mainPlatform is the one that is drawn large: the one asked for, that of the strongest trend, or that of most posts.
func (b *termBody) mainPlatform(asked string, all []api.PlatformSeries) *api.PlatformSeries {
	on := func(name string) *api.PlatformSeries {
		i := slices.IndexFunc(all, func(s api.PlatformSeries) bool { return s.Platform == name })
		if i < 0 || name == "" {
			return nil
		}
		return &all[i]
	}
	if s := on(asked); s != nil {
		return s
	}
	for _, t := range b.Trends {
		if s := on(t.Platform); s != nil && t.From == "post" {
			return s
		}
	}
	var best *api.PlatformSeries
	most := uint64(0)
	for i := range all {
		sum := uint64(0)
		for _, p := range all[i].Points {
			sum += p.Posts
		}
		if best == nil || sum > most {
			best, most = &all[i], sum
		}
	}
	return best
}

func (c *courseView) fill(v *viewer, b *termBody, s *api.PlatformSeries, all *api.SeriesAnswer) {
	c.Platform, c.Fan = s.Platform, s.Forecast
	drawing := courseOf(v, b, s, all)
	drawing.ID, drawing.Authors = "course", s.Spread == "authors"
	c.Missing = missingOn(all.Coverage, s.Platform)
	c.SVG = drawing.SVG()
	for _, p := range slices.Backward(s.Points) {
		c.Expected = c.Expected || known(p.Expected)
		if len(c.Rows) == maxRows {
			c.Cut = true
			break
		}
		c.Rows = append(c.Rows, hourRow{Point: p, Above: float64(p.Posts) > float64(p.High)})
	}
	if len(c.Rows) == 0 {
		c.Empty = "Nothing was counted in this time."
	}
}

// courseOf returns the drawing of a term on a platform.
func courseOf(v *viewer, b *termBody, s *api.PlatformSeries, all *api.SeriesAnswer) *chart.Course {
	c := &chart.Course{Zone: v.zone, Now: v.asOf(all.AsOf), Label: courseLabel(s, all.Step)}
	for _, p := range s.Points {
		c.Hours = append(c.Hours, chart.Hour{
			Start: p.Start, Posts: float64(p.Posts), Authors: float64(p.FreshAuthors),
			Low: float64(p.Low), Expected: float64(p.Expected), High: float64(p.High), Partial: p.Partial,
		})
	}
	for _, f := range s.Forecast {
		c.Fan = append(c.Fan, chart.Ahead{Start: f.Start, Low: float64(f.Low), Mid: float64(f.Mid), High: float64(f.High)})
	}
	for _, m := range missingOn(all.Coverage, s.Platform) {
		c.Gaps = append(c.Gaps, chart.Gap{From: m.From, To: m.To})
	}
	given := v.URL.Query()
	if given.Get("from") != "" || given.Get("to") != "" {
		c.From, c.To = all.Range.From, all.Range.To
	}
	c.Marks = b.marks(v, s.Platform, all.Range)
	return c
}

// courseLabel says what a drawing shows, to whoever does not see it.
func courseLabel(s *api.PlatformSeries, step string) string {
	unit := "hour"
	if step == "1d" {
		unit = "day"
	}
	var most api.Point
	var sum uint64
	for _, p := range s.Points {
		if sum += p.Posts; p.Posts > most.Posts {
			most = p
		}
	}
	return fmt.Sprintf("Posts by %s on %s: %s in all, at most %s in one %s", unit, platformName(s.Platform), countWord(sum), countWord(most.Posts), unit)
}

// marks are what happened on a platform in a range.
func (b *termBody) marks(v *viewer, platform string, within api.Span) []chart.Mark {
	var out []chart.Mark
	add := func(at time.Time, kind, what string) {
		if at.Before(within.From) || !at.Before(within.To) {
			return
		}
		for _, m := range out {
			if m.At.Equal(at) && m.Text == what {
				return
			}
		}
		out = append(out, chart.Mark{At: at, Kind: kind, Text: what})
	}
	for _, t := range b.Trends {
		if t.Platform != platform || t.VariantOf != "" {
			continue
		}
		add(t.Started, "phase", "rise began")
		add(t.Since, "phase", t.Phase)
		if len(b.Earlier) == 0 && !t.Raised.Equal(t.Since) {
			add(t.Raised, "phase", "recognised")
		}
	}
	for _, d := range b.Earlier {
		if d.Platform == platform && d.Kind == b.Kind && d.Key == b.Key {
			add(d.TS, "phase", d.Phase)
		}
	}
	for _, n := range b.Notes {
		add(n.At, "note", text(n.Text))
	}
	slices.SortStableFunc(out, func(x, y chart.Mark) int { return x.At.Compare(y.At) })
	return out
}

func missingOn(c *api.Coverage, platform string) []api.Span {
	if c != nil {
		for _, p := range c.Platforms {
			if p.Platform == platform {
				return p.Missing
			}
		}
	}
	return nil
}

// placesOf draws the course on each platform, in the order in which the term came to them.
func placesOf(v *viewer, b *termBody, all *api.SeriesAnswer, main string, top float64) []placeView {
	var out []placeView
	for i := range all.Platforms {
		s := &all.Platforms[i]
		place := placeView{Platform: s.Platform, Now: s.Platform == main}
		q := v.URL.Query()
		q.Del("done")
		q.Set("on", s.Platform)
		place.Link = withQuery(b.Path, q)
		drawing := courseOf(v, b, s, all)
		drawing.Small, drawing.Top, drawing.ID, drawing.Marks, drawing.Fan = true, top, fmt.Sprintf("place-%d", i+1), nil, nil
		place.SVG = drawing.SVG()
		for j := range b.TermAnswer.Platforms {
			if p := &b.TermAnswer.Platforms[j]; p.Platform == s.Platform {
				place.Posts, place.First = p.Posts, p.FirstSeen
			}
		}
		for _, t := range b.Trends {
			if t.Platform == s.Platform && place.Phase == "" && t.VariantOf == "" {
				place.Phase = t.Phase
			}
		}
		place.arrive(b.TermAnswer.Origin)
		out = append(out, place)
	}
	slices.SortStableFunc(out, func(x, y placeView) int {
		if x.First == nil || y.First == nil {
			return 0
		}
		return x.First.Compare(*y.First)
	})
	return out
}

// arrive tells how long after the first platform the term came to this one.
func (p *placeView) arrive(o *api.Origin) {
	if o == nil {
		return
	}
	for i, a := range o.Arrivals {
		if a.Platform != p.Platform {
			continue
		}
		p.FromStart = a.FromStart
		switch lag := float64(a.LagH); {
		case i == 0:
			p.Lag = "first"
		case math.IsNaN(lag):
		case lag < 1:
			p.Lag = "within an hour of the first"
		default:
			p.Lag = lasting(time.Duration(lag*float64(time.Hour)).Round(time.Hour)) + " later"
		}
	}
}
