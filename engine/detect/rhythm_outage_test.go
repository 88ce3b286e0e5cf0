package detect

import (
	"cmp"
	"slices"
	"testing"
)

const outagePanes = 6 * PanesPerHour

// outagesAtPeaks places outages around the peaks of planted trends, two days
// apart, and returns their first panes.
func outagesAtPeaks(s *stage) []int64 {
	trends := slices.Clone(s.trends)
	slices.SortFunc(trends, func(a, b planted) int { return cmp.Compare(a.peak, b.peak) })
	var out []int64
	for i, p := range trends {
		from := p.peak*PanesPerHour + int64(2*i)%11 - 4
		if len(out) == 0 || from > out[len(out)-1]+outagePanes+2*PanesPerDay {
			out = append(out, from)
		}
	}
	return out
}

// cut returns the posts without those of outages that nobody tells of.
func cut(posts []post, outages []int64) []post {
	return slices.DeleteFunc(slices.Clone(posts), func(p post) bool {
		pane := floorDiv(p.at, PaneSeconds)
		return slices.ContainsFunc(outages, func(from int64) bool { return pane >= from && pane < from+outagePanes })
	})
}

// aftermath is what outages did to a world.
type aftermath struct {
	open    int // trends that were alive and not fading when one began
	raised  int // ordinary terms raised up to a day after its end, but not without it
	ended   int // trends declared fading or over up to an hour after its end, but not without it
	ticks   int // of trends in an outage
	sighted int // of these without FlagBlind
}

// watch counts the living trends of a world in its outages.
func (a *aftermath) watch(w *world, outages []int64) {
	w.onTick = func(f *Frame, _ []uint32) {
		for i := range w.judge.episodes {
			ep := &w.judge.episodes[i]
			if ep.closed != 0 || ep.trend.Phase == Fading {
				continue
			}
			for _, from := range outages {
				if f.Pane == from-1 {
					a.open++
				}
				if f.Pane >= from && f.Pane < from+outagePanes {
					a.ticks++
					if !ep.trend.Flags.Has(FlagBlind) {
						a.sighted++
					}
				}
			}
		}
	}
}

// compare counts the changes around an outage that near, the same world without
// it, does not have.
func (a *aftermath) compare(w, near *world, from int64, terms int) {
	to := from + outagePanes
	ends := func(c Change) bool { return c.From != Fading && (c.Phase == Fading || c.Phase == Over) }
	for _, c := range w.changes {
		known := slices.ContainsFunc(near.changes, func(d Change) bool {
			last := to + PanesPerDay
			if ends(c) {
				last = to + PanesPerHour
			}
			return d.ID == c.ID && d.From == 0 == (c.From == 0) && ends(d) == ends(c) && d.Pane > from-2*PanesPerDay && d.Pane < last
		})
		switch {
		case known || c.Pane < from:
		case ends(c) && c.Raised < from && c.Pane < to+PanesPerHour:
			a.ended++
		case c.From == 0 && int(c.ID) < terms && c.Pane < to+PanesPerDay:
			a.raised++
		}
	}
}

func TestOutageOfSixHoursRaisesAndEndsNothing(t *testing.T) {
	s := plan{days: 28, terms: 100, perHour: 350, trends: 20}.build(20)
	// A threshold a little lower: what was next to be raised was not raised by
	// an outage.
	opt := DefaultOptions()
	opt.MinScore -= 0.25
	opt.KnownScore -= 0.25
	near := newWorld(s.total, s.posts, opt)
	near.run(s.posts)

	outages := outagesAtPeaks(s)
	posts := cut(s.posts, outages)
	w := newWorld(s.total, posts, DefaultOptions())
	var a aftermath
	a.watch(w, outages)
	w.run(posts)
	for _, from := range outages {
		a.compare(w, near, from, s.terms)
	}
	t.Logf("%d outages: %+v", len(outages), a)
	if a.open < 6 {
		t.Errorf("only %d trends were alive when the outages began", a.open)
	}
	if a.raised > 0 {
		t.Errorf("%d terms were raised that would not have been", a.raised)
	}
	// Two silent panes may end a trend before they are known to be an outage.
	if 4*a.ended > a.open {
		t.Errorf("%d of %d trends were ended by the outages", a.ended, a.open)
	}
	if 6*a.sighted > a.ticks {
		t.Errorf("%d of %d phases were told from an hour without a source", a.sighted, a.ticks)
	}
}
