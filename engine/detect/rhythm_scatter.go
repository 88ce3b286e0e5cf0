package detect

import "math"

// The scales of dispersion: a pane, an hour, six hours and a day.
const scales = 4

// scaleOfRun returns the largest scale within a run: shorter counts scatter no
// less than longer ones do.
func scaleOfRun(panes int64) int {
	switch {
	case panes < PanesPerHour:
		return 0
	case panes < 6*PanesPerHour:
		return 1
	case panes < PanesPerDay:
		return 2
	}
	return 3
}

// block is an unfinished stretch of hours.
type block struct{ seen, usual float64 }

// Dispersion of a platform's volume.
const (
	volumePhi    = 0.25 // prior, worth priorBlocks full blocks
	priorBlocks  = 12
	minVolumePhi = 0.02
	smallBlock   = 4 // authors in a block that weighs a quarter of a large one

	// downside turns the mean square of shortfalls into a variance. It is 2 for a
	// symmetric distribution, 3.2 for a gamma with φ = 0.5 and 3.8 with φ = 1.
	downside = 3
)

// shortKeep is the hourly decay of the shortfalls: half-life 14 days.
var shortKeep = math.Exp2(-1.0 / (14 * 24))

// phi returns the overdispersion of the platform's volume downwards: the
// variance of a count with mean m is m + phi·m².
func (r *Rhythm) phi(scale int) float64 {
	return max(minVolumePhi, shrunk(r.scatter[scale], volumePhi*priorBlocks, priorBlocks))
}

// learnScatter takes in how far a finished hour, its panes, and the longer
// blocks that end with it fell short of what was usual. Only shortfall counts:
// a burst or a doubled platform says nothing about silence. Places in the week
// that have not been seen yet do not count: there the rhythm is wrong, not the
// platform odd.
func (r *Rhythm) learnScatter(hour int64, room *hourRoom) {
	if room.usual == 0 || r.novelty(hour) > 0.6 {
		return
	}
	n := float64(room.panes)
	pane := room.usual / PanesPerHour
	r.scatter[0].shortfall(room.short, pane, n, 1)
	r.scatter[1].shortfall(sq(max(0, n*pane-room.authors)), n*pane, 1, 1)
	for i, length := range [...]int64{6, 24} {
		b := &r.blocks[i]
		b.seen += room.authors
		b.usual += n * pane
		if mod(hour+1, length) == 0 {
			r.scatter[2+i].shortfall(sq(max(0, b.usual-b.seen)), b.usual, 1, float64(length))
			*b = block{}
		}
	}
}

// shortfall adds n blocks in which m authors each were usual, the sum of their
// squared shortfalls, and decays the rest by so many hours. Blocks weigh the
// same whatever their size, so that busy hours do not hide the nights, but those
// too small to show more than chance weigh little.
func (s *ratio) shortfall(squares, m, n, hours float64) {
	size := sq(m + smallBlock)
	s.add((downside*squares-n*downside/2*m)/size, n*m*m/size, math.Pow(shortKeep, hours))
}

func sq(x float64) float64 { return x * x }
