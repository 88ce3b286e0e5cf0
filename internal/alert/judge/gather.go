package judge

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/swell-radar/swell/engine"
	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/internal/store"
	"github.com/swell-radar/swell/term"
)

// History is what was counted: a [store.Store].
type History interface {
	// Series and PaneSeries return the points of a term in from ≤ hour (or pane) < to, or [store.ErrUnknownTerm].
	Series(id term.ID, from, to int64) ([]store.HourPoint, error)
	PaneSeries(id term.ID, from, to int64) ([]store.PanePoint, error)
	// Hours returns the hours in from ≤ hour < to that were counted at all.
	Hours(from, to int64) ([]int64, error)
	// ActivityHours returns those of them of which is kept how much happened on each platform, and Activity those in
	// which anything did on one.
	ActivityHours(from, to int64) ([]int64, error)
	Activity(platform string, from, to int64) ([]store.HourActivity, error)
	// PanesFrom returns the first pane of which PaneSeries knows.
	PanesFrom() int64
}

const (
	hour      = 3600
	dayHours  = 24
	weekHours = 7 * dayHours
	pastDays  = 28
	dayPanes  = dayHours * detect.PanesPerHour
	// showHours are the hours that an alert shows.
	showHours = 72
	// otherDay is what a day of the week that is another one tells of this one, as a share.
	otherDay = 0.5
)

// Past is what the store has of the mentions of some watch lists, around some moments. It does not change and
// holds some ten kilobytes for each list and platform.
type Past struct {
	lists    []pastList
	from, to int64 // hours that are held: from ≤ hour < to
	panes    int64 // first pane that is held
}

type pastList struct {
	name      string
	platforms []pastPlatform
}

// pastPlatform are the counts of one platform, from Past.from and Past.panes on.
type pastPlatform struct {
	name  string
	made  int64 // when the list came to match what it does, by the machine's clock; Unix seconds
	since int64 // the first hour that tells of the list
	first int64 // the hour behind the first with a mention, of those that were read
	// seen are the hours in which anything was seen on the platform: in others its sources were away. missing are parts of
	// hours in which not all was.
	seen    []bool
	missing []engine.Gap
	hours   []uint32
	panes   []store.PanePoint // rising; those with posts
}

// Gather reads what [Past.At] needs for moments in from ≤ at ≤ to (Unix seconds). Ask for a day at a
// time where there are many. Live and later, the same was counted: the same moment has the same mentions.
func Gather(h History, lists []List, platforms []engine.Platform, from, to int64) (*Past, error) {
	last := detect.HourOf((to - 1) / detect.PaneSeconds)
	first := detect.HourOf(from/detect.PaneSeconds-1) - pastDays*dayHours - 1
	p := &Past{from: first, to: last + 1}
	p.panes = max(h.PanesFrom(), from/detect.PaneSeconds-dayPanes)
	seen := make([][]bool, len(platforms))
	for i := range platforms {
		var err error
		if seen[i], err = p.seen(h, platforms[i].Name); err != nil {
			return nil, fmt.Errorf("cannot read which hours were counted on %s: %w", platforms[i].Name, err)
		}
	}
	for i := range lists {
		l := pastList{name: lists[i].Name}
		for j := range platforms {
			found, err := p.read(h, &lists[i], platforms[j].Name, to)
			switch {
			case errors.Is(err, store.ErrUnknownTerm):
			case err != nil:
				return nil, fmt.Errorf("cannot read the mentions of the watch list %s: %w", lists[i].Name, err)
			default:
				found.seen = seen[j]
				l.platforms = append(l.platforms, *found)
			}
		}
		if len(l.platforms) > 0 {
			p.lists = append(p.lists, l)
		}
	}
	return p, nil
}

// seen returns the hours in which anything was seen on a platform; where nobody kept that, those that were counted at all.
func (p *Past) seen(h History, platform string) ([]bool, error) {
	out := make([]bool, p.to-p.from)
	counted, err := h.Hours(p.from, p.to)
	if err != nil {
		return nil, err
	}
	for _, c := range counted {
		out[c-p.from] = true
	}
	kept, err := h.ActivityHours(p.from, p.to)
	if err != nil && !errors.Is(err, store.ErrDamaged) {
		return nil, err
	}
	active, lost := h.Activity(platform, p.from, p.to)
	if lost != nil && !errors.Is(lost, store.ErrDamaged) {
		return nil, lost
	}
	if err != nil || lost != nil {
		return out, nil // it costs no alert that a part of this is lost
	}
	was := make([]bool, len(out))
	for _, a := range active {
		was[a.Hour-p.from] = true
	}
	for _, k := range kept {
		out[k-p.from] = out[k-p.from] && was[k-p.from]
	}
	return out, nil
}

func (p *Past) read(h History, list *List, platform string, to int64) (*pastPlatform, error) {
	id := term.ScopeOf(Watch, platform).ID(list.Name)
	hours, err := h.Series(id, p.from, p.to)
	if err != nil {
		return nil, err
	}
	out := &pastPlatform{name: platform, made: list.Since, since: (list.Since + hour - 1) / hour, first: p.to, hours: make([]uint32, p.to-p.from)}
	for _, x := range hours {
		out.hours[x.Hour-p.from] = x.Posts
		if x.Posts > 0 {
			out.first = min(out.first, x.Hour+1)
		}
	}
	out.panes, err = h.PaneSeries(id, p.panes, to/detect.PaneSeconds)
	return out, err
}

// At returns the mentions as of the end of a pane, in Unix seconds. Platforms are as they were then: what was missing of
// them is not counted.
func (p *Past) At(at int64, platforms []engine.Platform) []Mentions {
	var out []Mentions
	for i := range p.lists {
		m := Mentions{List: p.lists[i].name}
		for j := range p.lists[i].platforms {
			x := p.lists[i].platforms[j]
			if at < x.made {
				x.since = x.first // an archive that was replayed later than it is of: it was looked through from some hour on
			}
			if k := slices.IndexFunc(platforms, func(known engine.Platform) bool { return known.Name == x.name }); k >= 0 {
				x.missing = platforms[k].Missing
			}
			if on, ok := p.on(&x, at); ok {
				m.Platforms = append(m.Platforms, on)
			}
		}
		if len(m.Platforms) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// on returns the mentions on one platform. It reports false where the panes are not kept that they are counted by.
func (p *Past) on(x *pastPlatform, at int64) (m PlatformMentions, ok bool) {
	end := at / detect.PaneSeconds
	if end-dayPanes < p.panes {
		return m, false
	}
	m = PlatformMentions{Platform: x.name}
	i, _ := slices.BinarySearchFunc(x.panes, end-dayPanes, func(q store.PanePoint, pane int64) int { return int(q.Pane - pane) })
	for _, q := range x.panes[i:] {
		if q.Pane >= end {
			break
		}
		m.Day += uint64(q.Posts)
		m.Authors += float64(q.Fresh) / 2 // who was met within a day is not fresh: no one is counted twice
		if q.Pane >= end-detect.PanesPerHour {
			m.Hour += float64(q.Posts)
		}
	}
	running := detect.HourOf(end - 1)
	for h := running - dayHours - weekHours + 1; h <= running-dayHours; h++ {
		if !p.tells(x, h) {
			m.Unknown++
			continue
		}
		m.Week += uint64(x.hours[h-p.from])
	}
	m.Usual = p.usual(x, end)
	m.Hours = make([]uint32, showHours)
	for k := range m.Hours {
		m.Hours[k] = p.posts(x, running-showHours+1+int64(k), end)
	}
	return m, true
}

// tells reports whether an hour tells of the list: the platform was seen in all of it, and what the list matches was counted.
func (p *Past) tells(x *pastPlatform, h int64) bool {
	return h >= x.since && h >= p.from && x.seen[h-p.from] &&
		!slices.ContainsFunc(x.missing, func(g engine.Gap) bool { return g.From < (h+1)*hour && g.To > h*hour })
}

// posts returns those of an hour, of the running one up to the pane end.
func (p *Past) posts(x *pastPlatform, h, end int64) (n uint32) {
	if h < detect.HourOf(end-1) {
		return x.hours[h-p.from]
	}
	for _, q := range x.panes {
		if q.Pane >= h*detect.PanesPerHour && q.Pane < end {
			n += q.Posts
		}
	}
	return n
}

// usual returns what is usual in the 60 minutes that end with a pane, by the same hours of the four weeks before.
// Until there are four such days, all hours of the last three days tell of each.
func (p *Past) usual(x *pastPlatform, end int64) Usual {
	h := detect.HourOf(end - 1)
	part := float64(end-h*detect.PanesPerHour) / detect.PanesPerHour // of the 60 minutes that lies in h
	var days, hours []Sample
	for back := int64(1); back <= pastDays; back++ {
		i := h - back*dayHours - p.from
		if !p.tells(x, h-back*dayHours) || !p.tells(x, h-back*dayHours-1) {
			continue
		}
		s := Sample{Count: float64(part*float64(x.hours[i])) + float64((1-part)*float64(x.hours[i-1])), Weight: otherDay}
		if back%7 == 0 {
			s.Weight = 1
		}
		days = append(days, s)
	}
	if u := UsualOf(days); !math.IsNaN(u.Mean) {
		return u
	}
	for i := h - 3*dayHours; i < h-1; i++ {
		if p.tells(x, i) {
			hours = append(hours, Sample{Count: float64(x.hours[i-p.from]), Weight: 1.0 / 8})
		}
	}
	return usualOfAll(hours)
}
