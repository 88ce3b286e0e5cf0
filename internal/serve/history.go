package serve

import (
	"errors"
	"math"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
)

// history joins what is stored with what the core still holds, in the hours
// from ≤ hour < to.
type history struct {
	store    History // may be nil
	from, to int64
	asOf     int64 // Unix seconds; 0: the core holds nothing

	hours  []int64 // that were stored, read once for all platforms
	loaded bool
}

// hourCount is what was counted of a term in one hour.
type hourCount struct {
	hour         int64
	posts, fresh uint32 // fresh in halves
	running      bool   // not over yet
	atLeast      bool   // the term was not tracked for all of it
	// expected are the posts that were usual, NaN where that is not known, and scatter is
	// their overdispersion.
	expected, scatter float64
}

// counts returns the hours that were counted, rising. The core is asked for the
// hours since it tracks the term; before them stands what was stored, where an
// hour without the term is zero.
func (h *history) counts(f *found) ([]hourCount, error) {
	coreFrom := int64(math.MaxInt64)
	if f.counts != nil && f.counts.Count.Tracked {
		coreFrom = max(windowHour(f.counts.AsOf), detect.HourOf(f.counts.Count.Since))
	}
	out, err := h.stored(f, coreFrom)
	if err != nil || coreFrom == math.MaxInt64 {
		return out, err
	}
	c := f.counts
	last := runningHour(c.AsOf)
	complete := detect.HourOf(c.AsOf/detect.PaneSeconds) != last
	base := last - int64(len(c.HourPosts)) + 1
	for hour := max(coreFrom, h.from, base); hour <= last && hour < h.to; hour++ {
		out = append(out, hourCount{
			hour: hour, posts: c.HourPosts[hour-base], fresh: c.HourFresh[hour-base],
			running: hour == last && !complete,
			atLeast: hour == detect.HourOf(c.Count.Since) && c.Count.Over > 0, expected: math.NaN(),
		})
		if len(c.HourExpected) == len(c.HourPosts) {
			out[len(out)-1].expected, out[len(out)-1].scatter = c.HourExpected[hour-base], c.Scatter
		}
		if usual := usualOf(f.trends); usual != nil { // as it was before the trend
			out[len(out)-1].expected, out[len(out)-1].scatter = usual.At(hour), usual.Scatter()
		}
	}
	return out, nil
}

// stored returns the stored hours before the given one.
func (h *history) stored(f *found, before int64) ([]hourCount, error) {
	if h.store == nil || f.stored == nil {
		return nil, nil
	}
	if h.asOf != 0 {
		// More may be stored: what came after a past moment, or before a restart that
		// fell back.
		before = min(before, closedHours(h.asOf))
	}
	to := min(before, h.to)
	if h.from >= to {
		return nil, nil
	}
	if err := h.load(); err != nil {
		return nil, err
	}
	points, err := h.store.Series(f.id, h.from, to)
	if err != nil && !errors.Is(err, store.ErrUnknownTerm) {
		return nil, err
	}
	tracked := f.trackedFrom()
	var out []hourCount
	for _, hour := range h.hours {
		if hour >= to {
			break
		}
		c := hourCount{hour: hour, atLeast: hour < tracked, expected: math.NaN()}
		for len(points) > 0 && points[0].Hour < hour {
			points = points[1:]
		}
		if len(points) > 0 && points[0].Hour == hour {
			c.posts, c.fresh = points[0].Posts, points[0].Fresh
		}
		out = append(out, c)
	}
	return out, nil
}

// trackedFrom returns the first hour whose stored count misses nothing: the one after
// that in which the term came to be tracked, since what it had been used before in that
// hour was not counted by itself. The doorkeeper remembers the window: if it had not met a
// term when that came to be tracked, the hours before are zero.
func (f *found) trackedFrom() int64 {
	hour := f.firstSeen()/hourSeconds + 1
	if c := f.counts; c != nil && c.Count.Tracked && c.Count.Over == 0 {
		hour = min(hour, windowHour(c.AsOf))
	}
	return hour
}

// load reads which hours were stored.
func (h *history) load() error {
	if h.loaded {
		return nil
	}
	var err error
	h.hours, err = h.store.Hours(h.from, h.to)
	h.loaded = err == nil
	return err
}

// readings returns the stored readings of a gauge.
func (h *history) readings(g store.Gauge) ([]store.GaugeValue, error) {
	to := h.to
	if h.asOf != 0 {
		to = min(to, closedHours(h.asOf))
	}
	values, err := h.store.GaugeSeries(g.GaugeKey, h.from, max(h.from, to))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return values, err
}

// usualOf returns what was usual before the one of the trends that was found in posts; nil where that is not known.
func usualOf(trends []*engine.Trend) *detect.Usual {
	for _, t := range trends {
		if t.Usual != nil {
			return t.Usual
		}
	}
	return nil
}
