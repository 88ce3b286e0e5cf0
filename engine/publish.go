package engine

import (
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// publish makes the view of the pane that was just closed and replaces the last.
func (c *conductor) publish(note closing) *View {
	c.seq++
	v := &View{
		Seq: c.seq, AsOf: c.cfg.EndOf(c.pane), Newest: note.newest, Counters: note.counters,
		From:      (detect.HourOf(c.pane) - window.Hours + 1) * 3600,
		Platforms: note.platforms,
	}
	for _, t := range c.judge.Trends(nil) {
		if l := c.open[t.ID]; l != nil {
			// The others are refreshed once an hour: an estimate takes longer than
			// all else that is done for a trend.
			if t.Phase == detect.Emerging || t.Phase == detect.Rising {
				c.countAuthors(l)
			}
			v.Trends = append(v.Trends, c.trend(t, l, note.platforms[l.Platform].Spread))
		}
	}
	c.count(v.AsOf)
	v.Core = c.cstats
	c.view.Store(v)
	return v
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

func (c *conductor) trend(t detect.Trend, l *label, spread Spread) Trend {
	name := c.platforms.name(l.Platform)
	out := Trend{
		Trend: t, Term: l.Term, Platform: name, Spread: spread, Why: t.Why(),
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
	return out
}
