package engine

import (
	"github.com/swell-radar/swell/engine/detect"
)

// begun reports whether anything was ever counted: the panes before the first
// record are open for late ones, but an hour of them alone was not watched.
func (c *conductor) begun() bool {
	for _, r := range c.rhythms {
		if r != nil {
			return true
		}
	}
	return c.book.Len() > 0
}

// closeHour gathers the hour's points and refreshes what is refreshed hourly.
func (c *conductor) closeHour(tick *Tick) {
	tick.Hour = detect.HourOf(c.pane)
	c.each(func(o *owner) { o.closeHour(tick.Hour, c.platforms) })
	for _, o := range c.owners {
		tick.Points = append(tick.Points, o.points...)
	}
	tick.Activity = c.activity.list(c.platforms.name)
	for _, p := range c.book.Hour(tick.Hour) {
		tick.Readings = append(tick.Readings, ReadingPoint{
			ID: p.ID, Platform: c.platforms.name(p.Platform), Term: p.Term,
			List: p.List, Metric: p.Metric, Unit: p.Unit, Value: p.Value,
		})
	}
	c.book.Forget(c.pane)
	for _, l := range c.open {
		c.countAuthors(l)
	}
	c.measure()
}

// measure finds out how far off the core's estimates are: a few thousand look-ups
// in cold memory.
func (c *conductor) measure() {
	c.each(func(o *owner) {
		o.doorkeeperBound(c.pane)
		o.falseSeen, o.horizon = o.shard.FalseSeen(), o.shard.FreshHorizon()
	})
	c.cstats.DoorkeeperBound, c.cstats.FalseSeen, c.cstats.FreshHorizon = 0, 0, 24
	for _, o := range c.owners {
		c.cstats.DoorkeeperBound = max(c.cstats.DoorkeeperBound, o.bound)
		c.cstats.FalseSeen = max(c.cstats.FalseSeen, o.falseSeen)
		c.cstats.FreshHorizon = min(c.cstats.FreshHorizon, o.horizon)
	}
}

// retireDays is after how much silence a term is forgotten: its baseline looks
// back four weeks.
const retireDays = 28

// closeDay adds how far the day's terms got to the empirical null.
func (c *conductor) closeDay() {
	fewest := uint32(c.opt.MinPosts)
	c.each(func(o *owner) {
		o.closeDay()
		o.shard.Retire(c.pane, retireDays*detect.PanesPerDay, fewest)
	})
	tails := map[uint16]*detect.Tails{}
	at := func(p uint16) *detect.Tails {
		if tails[p] == nil {
			tails[p] = new(detect.Tails)
		}
		return tails[p]
	}
	for _, o := range c.owners {
		for p, t := range o.tails {
			at(p).Merge(t)
		}
		o.tails = nil
	}
	// A day without anything is a quiet day, unless the source was down for most of it.
	for p, r := range c.rhythms {
		if r != nil && watchedHours(r.Frame(&c.opt)) >= 12 {
			at(uint16(p))
		}
	}
	for p, t := range tails {
		c.judge.AddDay(p, c.day, t)
	}
	c.closeLists()
}

// closeLists adds how far terms got in the lists that were read on the day to the nulls
// of these.
func (c *conductor) closeLists() {
	scores := map[uint32][]float64{}
	for at, score := range c.bests {
		scores[at.List] = append(scores[at.List], score)
	}
	clear(c.bests)
	var days []detect.ListDay
	for number, platform := range c.book.Polled(c.day * detect.PanesPerDay) {
		days = append(days, detect.ListDay{List: number, Platform: platform, Scores: scores[number]})
	}
	c.judge.AddLists(c.day, days)
}

// watchedHours returns for how many of the last 24 hours the source worked.
func watchedHours(f *detect.Frame) (hours float64) {
	for h := f.Hour - 23; h <= f.Hour; h++ {
		hours += f.Covered(h)
	}
	return hours
}
