package serve

import (
	"net/http"
	"slices"
	"time"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/store"
)

// maxPoints is how many points an answer may hold.
const maxPoints = 10_000

// seriesQuery is the range of a series: whole steps whose start lies in
// from ≤ start < to.
type seriesQuery struct {
	from, to         int64 // Unix seconds
	hasFrom, hasUpTo bool  // given, not the default
	step             string
	hours            int64 // of a step
}

// first and end are the steps of the range, numbered since 1970, end not included.
func (q *seriesQuery) first() int64 { return ceilDiv(q.from, q.hours*hourSeconds) }
func (q *seriesQuery) end() int64   { return ceilDiv(q.to, q.hours*hourSeconds) }

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// readSeriesQuery takes the range from the query, as far as it is there.
func readSeriesQuery(p *params) *seriesQuery {
	q := &seriesQuery{step: p.choice("step", "1h", "1d"), hours: 1}
	if q.step == "1d" {
		q.hours = dayHours
	}
	q.from, q.hasFrom = p.time("from")
	q.to, q.hasUpTo = p.time("to")
	return q
}

// settle fills in what was not given, the last 72 hours, widens the range to whole steps
// and checks it.
// now is the end of the running hour, in Unix seconds.
func (q *seriesQuery) settle(now int64) *api.Problem {
	if !q.hasUpTo {
		q.to = now
	}
	if !q.hasFrom {
		q.from = max(0, q.to-window.Hours*hourSeconds)
	}
	if q.from < q.to { // to whole steps, so that none is left out of what is summed up
		step := q.hours * hourSeconds
		q.from = q.from / step * step
		q.to = max(q.to, min(q.end()*step, now))
	}
	switch steps := q.end() - q.first(); {
	case q.from > q.to:
		return api.NewProblem(api.ProblemInvalidParameter, "from (%s) is after to (%s)",
			unix(q.from).Format(time.RFC3339), unix(q.to).Format(time.RFC3339)).At("from")
	case steps > maxPoints:
		return api.NewProblem(api.ProblemTooManyPoints, "the range holds %d steps of %s; the limit is %d: use a shorter range or a longer step",
			steps, q.step, maxPoints).At("from")
	}
	return nil
}

// series answers GET /api/v1/terms/{kind}/{key}/series.
func (s *Server) series(r *http.Request) (*reply, *api.Problem) {
	p := parse(r, "at", "platform", "from", "to", "step")
	q := readSeriesQuery(p)
	a, fault := s.ask(r, p)
	if fault != nil {
		return nil, fault
	}
	if fault := q.settle(s.seriesEnd(a)); fault != nil {
		return nil, fault
	}
	out := &api.SeriesAnswer{
		Demo: s.opt.Demo,
		AsOf: unixOrNil(a.asOf), Kind: a.kind.String(), Key: a.key, Step: q.step,
		Range: api.Span{From: unix(q.from), To: unix(q.to)}, Platforms: []api.PlatformSeries{}, Readings: []api.GaugeSeries{},
		Coverage: s.coverage(a.view, q.from, q.to, a.past, a.platforms()...),
	}
	if err := s.fill(out, a, q); err != nil {
		return nil, s.failed(a, err)
	}
	if n := points(out); n > maxPoints {
		return nil, api.NewProblem(api.ProblemTooManyPoints, "the answer has %d points in %d series; the limit is %d: name a platform or use a shorter range",
			n, len(out.Platforms)+len(out.Readings), maxPoints).At("platform")
	}
	return withRows(r, out, out.Rows), nil
}

// seriesEnd returns the end of the running hour, in Unix seconds.
func (s *Server) seriesEnd(a *asked) int64 {
	switch {
	case a.asOf != 0:
		return (runningHour(a.asOf) + 1) * hourSeconds
	case s.opt.Clock != nil:
		return ceilDiv(s.opt.Clock().Unix(), hourSeconds) * hourSeconds
	}
	return 0
}

// reaches reports whether the hours that are asked for include the newest that is counted, from where a forecast goes on.
func (s *Server) reaches(a *asked, q *seriesQuery) bool {
	return a.asOf == 0 || q.end() > runningHour(a.asOf)
}

func points(a *api.SeriesAnswer) int {
	n := 0
	for i := range a.Platforms {
		n += len(a.Platforms[i].Points)
	}
	for i := range a.Readings {
		n += len(a.Readings[i].Points)
	}
	return n
}

// fill reads the series of all platforms.
func (s *Server) fill(out *api.SeriesAnswer, a *asked, q *seriesQuery) error {
	h := history{store: s.opt.History, from: q.first() * q.hours, to: q.end() * q.hours, asOf: a.asOf}
	for i := range a.found {
		f := &a.found[i]
		hours, err := h.counts(f)
		if err != nil {
			return err
		}
		used := f.counts != nil || slices.ContainsFunc(hours, func(h hourCount) bool { return h.posts > 0 })
		if used || len(f.gauges) == 0 { // no zeros of posts for what is known from readings alone
			row := api.PlatformSeries{
				From:     fromPost,
				Platform: f.name, Term: f.display(a.key), Spread: f.spread, Points: stepped(hours, q.hours),
			}
			if !a.past && q.hours == 1 && s.reaches(a, q) {
				row.Forecast = forecastOf(f.trends)
			}
			out.Platforms = append(out.Platforms, row)
		}
		for _, g := range f.gauges {
			values, err := h.readings(g)
			if err != nil {
				return err
			}
			out.Readings = append(out.Readings, api.GaugeSeries{Platform: f.name, Gauge: gaugeOf(g), Points: lastReadings(values, q.hours)})
		}
	}
	return nil
}

// stepStart returns the start of a step of the given number of hours.
func stepStart(step, hours int64) time.Time { return unix(step * hours * hourSeconds) }

// stepped gathers rising hours into steps.
func stepped(hours []hourCount, step int64) []api.Point {
	points := []api.Point{}
	at := int64(-1)
	for _, h := range hours {
		if n := h.hour / step; n != at {
			at = n
			points = append(points, api.Point{Start: stepStart(n, step), Expected: api.Unknown, Low: api.Unknown, High: api.Unknown})
		}
		p := &points[len(points)-1]
		if step == 1 {
			low, high := detect.Band(h.expected, h.scatter)
			p.Expected, p.Low, p.High = api.Rounded(h.expected), api.Number(low), api.Number(high)
		}
		p.Posts += uint64(h.posts)
		p.FreshAuthors += api.Number(h.fresh) / 2
		p.Hours++
		p.Partial = p.Partial || h.running
		p.AtLeast = p.AtLeast || h.atLeast
	}
	return points
}

// lastReadings returns the last reading of each step.
func lastReadings(values []store.GaugeValue, step int64) []api.Reading {
	points := []api.Reading{}
	for _, v := range values {
		start := stepStart(v.Hour/step, step)
		if n := len(points); n > 0 && points[n-1].Start.Equal(start) {
			points[n-1].Value = api.Number(v.Value)
			continue
		}
		points = append(points, api.Reading{Start: start, Value: api.Number(v.Value)})
	}
	return points
}

// forecastOf returns what becomes of the one of the trends of a term that was found in posts.
func forecastOf(trends []*engine.Trend) []api.Forecast {
	for _, t := range trends {
		if t.Usual == nil {
			continue
		}
		var out []api.Forecast
		for _, o := range t.Usual.Forecast(&t.Trend, float64(t.Hours[len(t.Hours)-1])) {
			out = append(out, api.Forecast{Start: unix(o.Hour * hourSeconds), Low: api.Rounded(o.Low), Mid: api.Rounded(o.Mid), High: api.Rounded(o.High)})
		}
		return out
	}
	return nil
}
