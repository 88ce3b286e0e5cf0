package engine

import (
	"slices"

	"github.com/swell-radar/swell/engine/detect"
	"github.com/swell-radar/swell/engine/window"
)

// coverage is which panes of the window are missing, by platform: what heartbeats told,
// the silences that the rhythms took for outages, and what event time leapt over. The
// conductor owns it. A platform has as many gaps as the window has panes, at most.
type coverage [][]gap

// close adds what is known of a pane that was just closed, and forgets what has left the
// window. before is the pane closed before it, 0 for none.
func (c *coverage) close(before, pane int64, platforms int, told []uint16, rhythms []*detect.Rhythm) {
	for len(*c) < platforms {
		*c = append(*c, nil)
	}
	oldest := windowFrom(pane)
	for p, gaps := range *c {
		if before != 0 && pane > before+1 {
			gaps = withGap(gaps, gap{before + 1, pane - 1})
		}
		if slices.Contains(told, uint16(p)) {
			gaps = withGap(gaps, gap{pane, pane})
		}
		if p < len(rhythms) && rhythms[p] != nil {
			if since, down := rhythms[p].Outage(); down {
				gaps = withGap(gaps, gap{since, pane})
			}
		}
		for len(gaps) > 0 && gaps[0].To < oldest {
			gaps = gaps[1:]
		}
		(*c)[p] = gaps
	}
}

// windowFrom returns the first pane of the window that ends with a pane.
func windowFrom(pane int64) int64 {
	return (detect.HourOf(pane) - window.Hours + 1) * detect.PanesPerHour
}

// of returns the gaps of a platform between two panes, the later one included.
func (c coverage) of(platform int, from, to int64) []Gap {
	if platform >= len(c) {
		return nil
	}
	var out []Gap
	for _, g := range c[platform] {
		if g.From, g.To = max(g.From, from), min(g.To, to); g.From <= g.To {
			out = append(out, Gap{detect.PaneStart(g.From), detect.PaneStart(g.To + 1)})
		}
	}
	return out
}

// cover fills in from when on the platforms were seen, and what of them was not.
func (c *conductor) cover(platforms []Platform) {
	for p := range platforms {
		pf := &platforms[p]
		if pf.Since == 0 && p < len(c.rhythms) && c.rhythms[p] != nil {
			pf.Since = detect.PaneStart(c.rhythms[p].First()) // a snapshot of a format before did not tell
		}
		pf.Missing = c.coverage.of(p, max(windowFrom(c.pane), pf.Since/detect.PaneSeconds), c.pane)
	}
}
