package serve

import (
	"errors"
	"net/http"

	"github.com/swell-radar/swell/engine/window"
	"github.com/swell-radar/swell/internal/store"
)

// maxPoints is how many points an answer may hold.
const maxPoints = 10_000

// seriesQuery is the range of a series: whole steps whose start lies in
// from ≤ start < to.
type seriesQuery struct {
	from, to int64 // Unix seconds
	step     string
	hours    int64 // of a step
}

// first and end are the steps of the range, numbered since 1970, end not included.
func (q *seriesQuery) first() int64 { return ceilDiv(q.from, q.hours*hourSeconds) }
func (q *seriesQuery) end() int64   { return ceilDiv(q.to, q.hours*hourSeconds) }

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// readSeriesQuery takes the range from the query; now is the end of the running
// hour, in Unix seconds.
func readSeriesQuery(p *params, now int64) (*seriesQuery, *Problem) {
	q := &seriesQuery{step: p.choice("step", "1h", "1d"), hours: 1}
	if q.step == "1d" {
		q.hours = dayHours
	}
	var given bool
	if q.to, given = p.time("to"); !given {
		q.to = now
	}
	if q.from, given = p.time("from"); !given {
		q.from = max(0, q.to-window.Hours*hourSeconds)
	}
	switch {
	case p.fault != nil:
		return nil, p.fault
	case q.from > q.to:
		return nil, problem(ProblemInvalidParameter, "from (%s) is after to (%s)",
			unix(q.from).Format(timeFormat), unix(q.to).Format(timeFormat)).at("from")
	case q.end()-q.first() > maxPoints:
		return nil, problem(ProblemTooManyPoints, "the range holds %d steps of %s; the limit is %d: use a shorter range or step=1d",
			q.end()-q.first(), q.step, maxPoints).at("from")
	}
	return q, nil
}

const timeFormat = "2006-01-02T15:04:05Z07:00"

// series answers GET /api/v1/terms/{kind}/{key}/series.
func (s *Server) series(r *http.Request) (*reply, *Problem) {
	p := parse(r, "platform", "from", "to", "step")
	if _, fault := readSeriesQuery(p, endOfTime); fault != nil && p.fault != nil {
		return nil, p.fault
	}
	a, fault := s.ask(r, p)
	if fault != nil {
		return nil, fault
	}
	q, fault := readSeriesQuery(p, s.seriesEnd(a))
	if fault != nil {
		return nil, fault
	}
	out := &SeriesAnswer{
		AsOf: unixOrNil(a.asOf), Kind: a.kind.String(), Key: a.key, Step: q.step,
		Range: Span{From: unix(q.from), To: unix(q.to)}, Platforms: []PlatformSeries{}, Readings: []GaugeSeries{},
	}
	if err := s.fill(out, a, q); err != nil {
		if errors.Is(err, store.ErrClosed) {
			return nil, busy()
		}
		s.opt.Logger.Error("cannot read a series", "kind", a.kind, "key", a.key, "err", err)
		return nil, internal()
	}
	if n := out.points(); n > maxPoints {
		return nil, problem(ProblemTooManyPoints, "the answer has %d points in %d series; the limit is %d: name a platform or use a shorter range",
			n, len(out.Platforms)+len(out.Readings), maxPoints).at("platform")
	}
	return &reply{value: out}, nil
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

func (a *SeriesAnswer) points() int {
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
func (s *Server) fill(out *SeriesAnswer, a *asked, q *seriesQuery) error {
	h := history{store: s.opt.History, from: q.first() * q.hours, to: q.end() * q.hours, asOf: a.asOf}
	for i := range a.found {
		f := &a.found[i]
		if f.counts != nil || f.stored != nil && len(f.gauges) == 0 {
			hours, err := h.counts(f)
			if err != nil {
				return err
			}
			name := f.display()
			if name == "" {
				name = a.key
			}
			out.Platforms = append(out.Platforms, PlatformSeries{
				Platform: f.name, Term: name, Spread: f.spread, Points: stepped(hours, q.hours),
			})
		}
		for _, g := range f.gauges {
			values, err := h.readings(g)
			if err != nil {
				return err
			}
			out.Readings = append(out.Readings, GaugeSeries{Platform: f.name, Gauge: gaugeOf(g), Points: lastReadings(values, q.hours)})
		}
	}
	return nil
}

// stepped gathers rising hours into steps.
func stepped(hours []hourCount, step int64) []Point {
	points := []Point{}
	at := int64(-1)
	for _, h := range hours {
		if n := h.hour / step; n != at {
			at = n
			points = append(points, Point{Start: stepStart(n, step)})
		}
		p := &points[len(points)-1]
		p.Posts += uint64(h.posts)
		p.FreshAuthors += Number(h.fresh) / 2
		p.Hours++
		p.Partial = p.Partial || h.running
		p.AtLeast = p.AtLeast || h.atLeast
	}
	return points
}

// lastReadings returns the last reading of each step.
func lastReadings(values []store.GaugeValue, step int64) []Reading {
	points := []Reading{}
	for _, v := range values {
		start := stepStart(v.Hour/step, step)
		if n := len(points); n > 0 && points[n-1].Start.Equal(start) {
			points[n-1].Value = Number(v.Value)
			continue
		}
		points = append(points, Reading{Start: start, Value: Number(v.Value)})
	}
	return points
}
