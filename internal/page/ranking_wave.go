package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/api"
	"github.com/swell-radar/swell/internal/chart"
)

// verdict is what the trends come to, in a sentence or two.
type verdict struct {
	Early, Peaking, Fading int
	Soon                   pressed // to be acted on within soon
	Ending                 pressed // that may end any hour
	Unsure                 int     // as near as these, but nobody should be sent to them unseen
	AtLeast                bool    // there may be more of these than were looked at
	Past                   bool    // it is told of a moment that is over
}

// pressed are rows that do not wait, the first ones first.
type pressed struct {
	Named []*rankingRow
	More  int // that are not named
}

// All is how many there are.
func (p pressed) All() int { return len(p.Named) + p.More }

// soon is what the verdict calls urgent.
const soon = 12 * time.Hour

// judge sums up the rows. Those of which nobody should be sent to do not count as urgent, but are not passed over in silence.
func judge(body *rankingBody, rows []*rankingRow, complete bool) *verdict {
	out := &verdict{AtLeast: !complete, Past: body.Past}
	if complete {
		for _, r := range rows {
			out.count(r.Phase, 1)
		}
	} else {
		for _, f := range body.Counts.Phases {
			out.count(f.Name, f.Trends)
		}
	}
	var timed, ending []*rankingRow
	for _, r := range rows {
		by := r.PostBy()
		due := !by.IsZero() && by.Sub(r.asOf) <= soon
		switch {
		case !due && !mayEnd(r.Trend):
		case r.doubtful():
			out.Unsure++
		case due:
			timed = append(timed, r)
		default:
			ending = append(ending, r)
		}
	}
	slices.SortStableFunc(timed, func(a, b *rankingRow) int { return a.PostBy().Compare(b.PostBy()) })
	out.Soon, out.Ending = press(timed), press(ending)
	return out
}

// press names the first ones.
func press(rows []*rankingRow) pressed {
	const named = 3
	n := min(len(rows), named)
	return pressed{rows[:n], len(rows) - n}
}

func (v *verdict) count(phase string, n int) {
	switch phase {
	case phaseEmerging, phaseRising:
		v.Early += n
	case phasePeaking:
		v.Peaking += n
	case phaseFading:
		v.Fading += n
	}
}

// wave is the life of all trends at a glance.
type wave struct {
	SVG    template.HTML
	Phases []wavePhase
}

// wavePhase are the trends that are in a phase.
type wavePhase struct {
	Name, Advice string
	Rows         []*rankingRow
	More         int // that are not listed
}

// listedInPhase is how many terms of a phase the wave lists.
const listedInPhase = 12

// waveOf places the rows on the wave, the strongest first. Nil: there is none to be placed.
func waveOf(rows []*rankingRow, body *rankingBody) *wave {
	out := &wave{Phases: []wavePhase{
		{Name: phaseEmerging, Advice: "Early: get ready"}, {Name: phaseRising, Advice: "The best time"},
		{Name: phasePeaking, Advice: "The last chance"}, {Name: phaseFading, Advice: "Late: let it go"},
	}}
	ordered := slices.Clone(rows)
	slices.SortStableFunc(ordered, func(a, b *rankingRow) int { return cmp.Compare(b.Rank, a.Rank) })
	c := chart.Wave{}
	for _, r := range ordered {
		i := slices.IndexFunc(out.Phases, func(p wavePhase) bool { return p.Name == r.Phase })
		if i < 0 {
			continue
		}
		if p := &out.Phases[i]; len(p.Rows) < listedInPhase {
			p.Rows = append(p.Rows, r)
		} else {
			p.More++
		}
		c.Spots = append(c.Spots, spotOf(r, ordered[0].Rank))
	}
	if len(c.Spots) == 0 {
		return nil
	}
	c.Label = fmt.Sprintf("%d trends on the wave: %d emerging, %d rising, %d peaking, %d fading. The same is in the list below.", len(c.Spots),
		out.in(0), out.in(1), out.in(2), out.in(3))
	out.SVG = c.SVG()
	return out
}

func (w *wave) in(phase int) int { return len(w.Phases[phase].Rows) + w.Phases[phase].More }

func spotOf(r *rankingRow, strongest api.Number) chart.Spot {
	name := named(r.Kind, r.Key, r.Term)
	size := 0.0
	if strongest > 0 && r.Rank > 0 {
		size = float64(r.Rank / strongest)
	}
	return chart.Spot{
		Phase: r.Phase, Within: within(r.Phase, r.asOf.Sub(r.Since)), Size: min(size, 1), Name: name, Link: termPath(r.Kind, r.Key),
		Label: name + ": " + phaseWord(r.Phase) + " on " + platformName(r.Platform) + ", " + left(r.HoursLeft) + " left, " + sureWord(r.Confidence),
	}
}

// within is how far a trend is in its phase: half after the time that most take for half of it, and never at its end.
func within(phase string, since time.Duration) float64 {
	half := map[string]float64{phaseEmerging: 3, phaseRising: 8, phasePeaking: 5, phaseFading: 16}[phase]
	hours := max(0, since.Hours())
	if half == 0 {
		return 0
	}
	return hours / (hours + half)
}
