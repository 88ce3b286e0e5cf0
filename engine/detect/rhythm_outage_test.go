package detect

import (
	"slices"
	"testing"
)

// cut returns the posts up to the pane end without those of an outage that nobody
// told of.
func cut(posts []post, from, to, end int64) []post {
	var out []post
	for _, p := range posts {
		if pane := floorDiv(p.at, PaneSeconds); pane < end && (pane < from || pane >= to) {
			out = append(out, p)
		}
	}
	return out
}

// aftermath is what an outage did to a world.
type aftermath struct {
	open    int // trends that were alive and not fading when it began
	raised  int // ordinary terms raised up to a day after its end, but not without it
	ended   int // declared fading or over up to an hour after its end, but not without it
	ticks   int // of trends in the outage
	sighted int // of these without FlagBlind
}

// suffer plays a stage with an outage, and counts what would not have been. near
// is the same without the outage and with a threshold a little lower, so that a
// term that was next to be raised does not count as raised by the outage.
func suffer(s *stage, near *world, from, to int64) aftermath {
	posts := cut(s.posts, from, to, to+PanesPerDay)
	w := newWorld(s.total, posts, DefaultOptions())
	var a aftermath
	w.onTick = func(f *Frame, _ []uint32) {
		for i := range w.judge.episodes {
			ep := &w.judge.episodes[i]
			if ep.closed != 0 || ep.trend.Phase == Fading {
				continue
			}
			if f.Pane == from-1 {
				a.open++
			}
			if f.Pane >= from && f.Pane < to {
				a.ticks++
				if !ep.trend.Flags.Has(FlagBlind) {
					a.sighted++
				}
			}
		}
	}
	w.run(posts)
	for _, c := range w.changes {
		ends := c.From != Fading && c.Phase >= Fading && c.Raised < from && c.Pane < to+PanesPerHour
		if c.Pane < from || c.From != 0 && !ends {
			continue
		}
		same := func(d Change) bool {
			return d.ID == c.ID && d.From == 0 == (c.From == 0) && d.Phase >= Fading == ends &&
				d.Pane > from-2*PanesPerDay && (d.Pane < to+PanesPerDay && !ends || d.Pane < to+PanesPerHour)
		}
		switch {
		case slices.ContainsFunc(near.changes, same):
		case ends:
			a.ended++
		case int(c.ID) < s.plan.terms:
			a.raised++
		}
	}
	return a
}

func TestOutageOfSixHoursRaisesAndEndsNothing(t *testing.T) {
	p := plan{days: 24, terms: 100, perHour: 250, trends: 14}
	s := p.build(20)
	opt := DefaultOptions()
	opt.MinScore -= 0.25
	near := newWorld(s.total, s.posts, opt)
	near.run(s.posts)
	var sum aftermath
	for i := range int64(5) { // each begins around a trend's peak
		from := s.trends[i].peak*PanesPerHour + 2*i - 4
		a := suffer(s, near, from, from+6*PanesPerHour)
		t.Logf("outage from %d:%d0: %+v", hourOfDay(HourOf(from)), mod(from, PanesPerHour), a)
		sum.open += a.open
		sum.raised += a.raised
		sum.ended += a.ended
		sum.ticks += a.ticks
		sum.sighted += a.sighted
	}
	t.Logf("all: %+v", sum)
	if sum.open < 8 {
		t.Errorf("only %d trends were alive when the outages began", sum.open)
	}
	if sum.raised > 0 {
		t.Errorf("%d terms were raised that would not have been", sum.raised)
	}
	// Two silent panes may end a trend before they are known to be an outage.
	if 4*sum.ended > sum.open {
		t.Errorf("%d of %d trends were ended by the outages", sum.ended, sum.open)
	}
	if 6*sum.sighted > sum.ticks {
		t.Errorf("%d of %d phases were told from an hour without a source", sum.sighted, sum.ticks)
	}
}
