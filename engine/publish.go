package engine

import (
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// publish makes the view of the pane that was just closed and replaces the last.
func (c *conductor) publish(note closing) *View {
	c.seq++
	v := &View{
		Seq: c.seq, AsOf: c.cfg.EndOf(c.pane), Newest: note.newest, Counters: note.counters,
		From:      (detect.HourOf(c.pane) - window.Hours + 1) * 3600,
		Platforms: c.thresholds(note.platforms),
	}
	trends := slices.DeleteFunc(c.judge.Trends(nil), func(t detect.Trend) bool { return c.open[t.ID] == nil })
	c.cover(v.Platforms)
	usual := make([]detect.Usual, 0, len(trends)) // in one piece: one for each trend
	v.show(trends, func(t *detect.Trend) Trend {
		l := c.open[t.ID]
		// The others are refreshed once an hour: an estimate takes longer than
		// all else that is done for a trend.
		if t.Phase == detect.Emerging || t.Phase == detect.Rising {
			c.countAuthors(l)
		}
		usual = append(usual, detect.Usual{})
		return c.trend(t, l, note.platforms[l.Platform].Spread, &usual[len(usual)-1])
	})
	c.count(v.AsOf)
	v.Core = c.cstats
	c.view.Store(v)
	return v
}

// thresholds fills in what an alarm needs on each of the platforms.
func (c *conductor) thresholds(platforms []Platform) []Platform {
	for p := range platforms {
		for tier := range platforms[p].Thresholds {
			platforms[p].Thresholds[tier] = c.judge.Threshold(uint16(p), uint8(tier))
		}
	}
	return platforms
}

// count sums the state of the shards up as of a time in Unix seconds.
func (c *conductor) count(asOf int64) {
	st := &c.cstats
	before := st.Stats
	st.Stats = window.Stats{}
	for _, o := range c.owners {
		st.Add(o.shard.Stats())
	}
	if st.Blurred > before.Blurred {
		st.BlurredAt = asOf
	}
	if st.AuthorsLost > before.AuthorsLost {
		st.AuthorsLostAt = asOf
	}
	st.Gauges, st.GaugesRefused, st.Memory = c.book.Len(), c.book.Refused(), c.cfg.Memory
}

// trend returns what people want to know of an open trend; usual is where what is usual of it
// is kept.
func (c *conductor) trend(t *detect.Trend, l *label, spread Spread, usual *detect.Usual) Trend {
	name := c.platforms.name(l.Platform)
	out := Trend{
		Trend: *t, Term: l.Term, Platform: name, Spread: spread, Why: t.Why(),
		Authors24: l.Authors24, Authors72: l.Authors72, AuthorsError: l.AuthorsError,
	}
	if l.Gauge {
		return out
	}
	s := c.core.ShardOf(l.ID)
	slot, ok := s.Find(l.ID)
	if !ok {
		return out
	}
	out.Hours = make([]uint32, window.Hours)
	s.CoarsePosts(slot, c.pane, out.Hours)
	count := s.Lookup(l.ID, c.pane)
	out.Posts, out.Over = count.Posts, count.Over
	if o := c.ownerOf(l.ID); o.frames[l.Platform] != nil {
		if l.Habit == nil {
			habit := o.remember(slot).baseline.HabitAt(o.frames[l.Platform])
			l.Habit = &habit
		}
		*usual = l.Habit.In(o.frames[l.Platform])
		out.Usual = usual
	}
	if t.Flags.Has(detect.FlagThin) {
		l.ThinShare = thinShare(s.Thin(slot, c.pane), out.Hours)
	}
	out.ThinShare = l.ThinShare
	return out
}

// thinShare returns the share that thin posts, of the running hour and the one
// before, have in the posts of these hours. Both may be too high.
func thinShare(thin uint32, hours []uint32) float64 {
	n := len(hours)
	posts := float64(hours[n-1]) + float64(hours[n-2])
	return min(1, float64(thin)/max(1, posts))
}
