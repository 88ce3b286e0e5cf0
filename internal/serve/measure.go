package serve

import (
	"math"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// span is the time over which the posts of a trend are counted.
type span int

const (
	span72h span = iota
	span24h
	span6h
	span1h
	spans
)

// spanNames are the words of the parameter window; the first one is the default.
var spanNames = [spans]string{"72h", "24h", "6h", "1h"}

// hours is the length of the span in UTC hours of which the last one is running; 1h is the
// last 60 minutes instead.
func (w span) hours() int64 { return [spans]int64{window.Hours, 24, 6, 1}[w] }

// start returns the Unix second at which the span of a view begins.
func (w span) start(v *engine.View) int64 {
	switch w {
	case span72h:
		return v.From
	case span1h:
		return max(v.From, v.AsOf-hourSeconds)
	}
	return max(v.From, (runningHour(v.AsOf)-w.hours()+1)*hourSeconds)
}

// measure is what was counted of a trend in a span.
type measure struct {
	posts, over uint64  // the truth lies in posts-over ≤ n ≤ posts
	perHour     float64 // posts by the hour that was seen; NaN: not known
	growth      float64 // see [growthOf]; NaN: not known
	counted     bool    // else only gauges are known, or nothing any more
}

// leastSeen is the share that has to be seen of each of the times that are compared as growth.
const leastSeen = 0.5

// clock are the times that the measures of a span rest on, the same for all trends of a view.
type clock struct {
	span    span
	now     int64 // pane
	running float64
	times   map[string]*seenTimes // by platform
}

// seenTimes are the hours for which a platform was seen: in the span, and in the times
// that are compared as growth; NaN where that is not known.
type seenTimes struct{ whole, later, before float64 }

// compared returns for how many seconds, up to the end of the view, posts are compared with
// those of as many seconds before: the span, or the half of it where nothing is kept before it.
func (c *clock) compared(v *engine.View) int64 {
	if c.span == span72h {
		return v.AsOf - (runningHour(v.AsOf)-window.Hours/2+1)*hourSeconds
	}
	return v.AsOf - c.span.start(v)
}

func clockOf(v *engine.View, w span) *clock {
	c := &clock{span: w, now: v.AsOf/detect.PaneSeconds - 1, times: map[string]*seenTimes{}}
	c.running = float64(v.AsOf-runningHour(v.AsOf)*hourSeconds) / hourSeconds
	half := c.compared(v)
	for i := range v.Platforms {
		p := &v.Platforms[i]
		from := w.start(v)
		t := &seenTimes{
			whole:  seenHours(p, max(from, p.Since), v.AsOf),
			later:  seenHours(p, v.AsOf-half, v.AsOf),
			before: seenHours(p, v.AsOf-2*half, v.AsOf-half),
		}
		least := leastSeen * float64(half) / hourSeconds
		if p.Since == 0 || p.Since > v.AsOf-2*half || t.later < least || t.before < least {
			t.later, t.before = math.NaN(), math.NaN()
		}
		c.times[p.Name] = t
	}
	return c
}

func seenHours(p *engine.Platform, from, to int64) float64 {
	return float64(max(0, to-from)-missed(p, from, to)) / hourSeconds
}

// measureOf counts the posts of a trend in the span.
//
// The hours of a trend miss what came before it was tracked: at most slack posts, in or
// before the first hour that has any. The count of the window has them.
func (c *clock) measureOf(t *engine.Trend) measure {
	out := measure{perHour: math.NaN(), growth: math.NaN()}
	n := len(t.Hours)
	if n != window.Hours || t.Flags.Has(detect.FlagGauge) {
		return out
	}
	first, sum := n, uint64(0)
	for i, posts := range t.Hours {
		if sum += uint64(posts); posts > 0 && first == n {
			first = i
		}
	}
	slack := t.Posts - min(sum, t.Posts)
	unsure := func(from int) uint64 { // of the hours from that one on
		if from <= first {
			return slack
		}
		return 0
	}
	out.counted = true
	switch c.span {
	case span72h:
		out.posts, out.over = t.Posts, t.Over
	case span1h:
		low, high := c.lastHour(t)
		out.posts = high + unsure(n-2)
		out.over = out.posts - low
	default:
		from := n - int(c.span.hours())
		low := sumOf(t.Hours[from:])
		out.posts, out.over = low+unsure(from), unsure(from)
	}
	seen := c.times[t.Platform]
	if seen == nil {
		return out
	}
	if seen.whole > 0 {
		out.perHour = float64(out.posts) / seen.whole
	}
	out.growth = c.growthOf(t, seen, unsure)
	return out
}

// lastHour returns the least and the most that was counted in the last 60 minutes. They
// differ where the trend was not looked at in the last pane.
func (c *clock) lastHour(t *engine.Trend) (low, high uint64) {
	n := len(t.Hours)
	low, high = uint64(t.Hours[n-1]), uint64(t.Hours[n-1])+uint64(t.Hours[n-2])
	if t.Evidence.Pane == c.now {
		low = min(max(low, uint64(max(0, t.PostsPerHour))), high)
		high = low
	}
	return low, high
}

// growthOf returns the posts of the compared time over those of as much time before, each
// by the hour that was seen: the least that it can be where not all is known. Where the
// time before begins within an hour, of that hour's posts it gets as much as of its time.
// NaN where there was nothing before, or too little was seen.
func (c *clock) growthOf(t *engine.Trend, seen *seenTimes, unsure func(from int) uint64) float64 {
	n := len(t.Hours)
	var later, before float64
	var first int // hour of the time before
	if c.span == span1h {
		low, high := c.lastHour(t)
		if low != high {
			return math.NaN()
		}
		first = n - 3
		rest := uint64(t.Hours[n-1]) + uint64(t.Hours[n-2]) - low // as long as the running hour
		later, before = float64(low), float64(rest)+(1-c.running)*float64(t.Hours[first])
	} else {
		hours := int(min(c.span.hours(), window.Hours/2))
		first = n - 2*hours
		later = float64(sumOf(t.Hours[n-hours:]))
		before = float64(sumOf(t.Hours[first+1:n-hours])) + c.running*float64(t.Hours[first])
	}
	if before += float64(unsure(first)); before == 0 {
		return math.NaN()
	}
	return later / seen.later / (before / seen.before)
}

func sumOf(hours []uint32) (n uint64) {
	for _, posts := range hours {
		n += uint64(posts)
	}
	return n
}
