package engine

import (
	"slices"

	"github.com/swell-radar/swell/term"
)

// gap is panes, both ends included, of which not all of a platform was seen.
type gap struct{ From, To int64 }

// heartbeat moves event time on and notes what was not seen.
func (f *feeder) heartbeat(rec *term.Record) {
	f.miss(rec)
	f.advance(rec.TS)
	f.counters.Heartbeats++
	f.beat = max(f.beat, f.cfg.PaneOf(rec.TS))
}

// miss notes which panes of which platforms a heartbeat says were missing, before event
// time moves on to it and closes them: that of the heartbeat, and those behind the
// heartbeat before. Doing so twice is as good as once. A platform that was not met yet
// has nothing that could be missing.
func (f *feeder) miss(rec *term.Record) {
	pane := f.cfg.PaneOf(rec.TS)
	from := pane
	if f.beat != 0 {
		from = min(from, f.beat+1)
	}
	if f.started {
		from = max(from, f.closed+1)
	}
	if from > pane {
		return
	}
	for _, name := range rec.Heartbeat.Missing {
		if pf := f.platforms.byName[name]; pf != nil {
			pf.gaps = withGap(pf.gaps, gap{from, pane})
		}
	}
}

// withGap returns gaps, which are in order and do not touch, with one more. It may write
// to them.
func withGap(gaps []gap, g gap) []gap {
	from := len(gaps)
	for from > 0 && gaps[from-1].To >= g.From-1 {
		from-- // most come at the end
	}
	to := from
	for ; to < len(gaps) && gaps[to].From <= g.To+1; to++ {
		g.From, g.To = min(g.From, gaps[to].From), max(g.To, gaps[to].To)
	}
	return slices.Replace(gaps, from, to, g)
}

// missing returns the platforms of which not all was seen in the pane, by number, and
// forgets what was before it: panes are closed in order.
func (p *platforms) missing(pane int64) []uint16 {
	var out []uint16
	for _, name := range *p.names.Load() {
		pf := p.byName[name]
		for len(pf.gaps) > 0 && pf.gaps[0].To < pane {
			pf.gaps = pf.gaps[1:]
		}
		if len(pf.gaps) > 0 && pf.gaps[0].From <= pane {
			out = append(out, pf.number)
		}
	}
	return out
}
