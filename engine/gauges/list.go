package gauges

import (
	"cmp"
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/term"
)

// keepLists is after how many panes without a poll a list is forgotten: what was
// learned of how its terms move outlives an outage.
const keepLists = 28 * detect.PanesPerDay

// list is what is known of one list as a whole.
type list struct {
	detect.List
	number  uint32
	first   int64     // Unix second of the pane of the first poll
	polled  int64     // pane of the last poll
	changed int64     // Unix second of the last poll that differed from the one before
	ids     []term.ID // those of the last poll, ascending
	// spread of growth among the terms when the list last changed, by metric
	spread map[string]detect.Spread
}

// newList makes a list that was first read at that Unix second. Where there is no room,
// the one that was polled longest ago makes some, if no readings are left of it; else nil.
func (b *Book) newList(key listKey, at int64) *list {
	if len(b.lists) == MaxLists {
		if b.full {
			return nil
		}
		var oldest listKey
		var least *list
		for k, l := range b.lists {
			if least == nil || cmp.Or(cmp.Compare(l.polled, least.polled), cmp.Compare(l.number, least.number)) < 0 {
				oldest, least = k, l
			}
		}
		if detect.PaneStart(least.polled) >= at-keepSeconds-goneAfter {
			b.full = true
			return nil
		}
		delete(b.lists, oldest)
	}
	b.numbers++
	l := &list{number: b.numbers, first: at - at%detect.PaneSeconds}
	l.polled = l.first / detect.PaneSeconds
	b.lists[key] = l
	return l
}

// goneAfter is after how many seconds beyond the window the readings have been dropped
// for certain, which is done once an hour.
const goneAfter = 2 * 3600

// look is what one pane brought of a list.
type look struct {
	ids   []term.ID
	at    int64 // of the newest reading
	depth int   // lowest place
	news  bool
}

func (p *look) take(r *Reading, news bool) {
	p.ids = append(p.ids, r.ID)
	p.at = max(p.at, r.At)
	p.news = p.news || news
	for _, v := range r.Values {
		if v.Unit == term.UnitRank && v.Value >= 1 && v.Value < maxDepth {
			p.depth = max(p.depth, int(v.Value))
		}
	}
}

// maxDepth is the lowest place that is believed.
const maxDepth = 1 << 20

// close notes what the pane brought of the list and reports whether that is news.
func (b *Book) close(l *list, key listKey, pane int64, p *look) bool {
	slices.Sort(p.ids)
	p.ids = slices.Compact(p.ids)
	if len(l.Polls) > 0 && l.polled == pane-1 {
		// The poll may have begun in the pane before and run over its end: then it
		// reads no term twice.
		both := slices.Concat(l.ids, p.ids)
		slices.Sort(both)
		if n := len(both); len(slices.Compact(both)) == n {
			last := &l.Polls[len(l.Polls)-1]
			last.At, last.Depth = max(last.At, p.at), max(last.Depth, p.depth, depthOf(p, both))
			l.ids, l.polled = both, pane
			return b.changes(l, key, p.at, p.news)
		}
	}
	news := p.news || !slices.Equal(p.ids, l.ids)
	l.ids, l.polled = p.ids, pane
	l.see(detect.Poll{At: p.at, Depth: max(p.depth, depthOf(p, p.ids))})
	return b.changes(l, key, p.at, news)
}

// depthOf is how deep a list is that shows no places: as many terms as it has.
func depthOf(p *look, ids []term.ID) int {
	if p.depth > 0 {
		return 0
	}
	return len(ids)
}

// see adds a poll to those of the list, which begin anew when it was out of sight.
func (l *list) see(p detect.Poll) {
	if n := len(l.Polls); n > 0 {
		hours := float64(p.At-l.Polls[n-1].At) / 3600
		lost := l.Lost(p.At)
		l.Interval = follow(l.Interval, hours)
		if lost {
			l.Polls, l.changed = l.Polls[:0], 0
		}
	}
	l.Polls = append(l.Polls, p)
	oldest, _ := slices.BinarySearchFunc(l.Polls, p.At-keepSeconds, func(p detect.Poll, at int64) int { return cmp.Compare(p.At, at) })
	l.Polls = slices.Delete(l.Polls, 0, oldest)
}

// changes notes a change of the list and returns whether there was one.
func (b *Book) changes(l *list, key listKey, at int64, news bool) bool {
	if !news {
		return false
	}
	if hours := float64(at-l.changed) / 3600; l.changed != 0 && hours > 0 {
		l.Every = follow(l.Every, hours)
	}
	l.changed = at
	b.measure(l, key)
	return true
}

// follow moves an average of hours towards a value; the first one is taken as it is.
func follow(average, hours float64) float64 {
	hours = min(hours, maxStep)
	if average == 0 {
		return hours
	}
	return average + followBy*(hours-average)
}

const (
	maxStep  = 48  // hours beyond which it does not matter how seldom a list comes
	followBy = 0.3 // weight of the newest step
)

// measure finds out how the totals of the list grew.
func (b *Book) measure(l *list, key listKey) {
	growth := map[string][]float64{}
	for _, id := range l.ids {
		e := b.entries[id]
		if e == nil {
			continue
		}
		for _, s := range e.Series {
			if s.List != key.name || s.Unit != term.UnitTotal {
				continue
			}
			if g, ok := l.Growth(s.Readings); ok {
				growth[s.Metric] = append(growth[s.Metric], g)
			}
		}
	}
	l.spread = map[string]detect.Spread{}
	for metric, values := range growth {
		l.spread[metric] = detect.SpreadOf(values)
	}
}

// Polled returns the lists that were read in a pane of from ≤ pane, by number, with their
// platforms.
func (b *Book) Polled(from int64) map[uint32]uint16 {
	out := map[uint32]uint16{}
	for key, l := range b.lists {
		if l.polled >= from && len(l.Polls) > 0 {
			out[l.number] = key.platform
		}
	}
	return out
}
