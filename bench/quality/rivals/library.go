package rivals

import (
	"math"

	"github.com/swell-radar/swell/engine/detect"
)

// The shape of the series compared, in panes.
const (
	observed    = 24 // four hours; the thesis: 3.3 to 3.8
	smoothing   = 4
	span        = observed + smoothing - 1
	stretch     = 3 // windows that a reference holds at most
	stretchStep = 6
	reach       = span + (stretch-1)*stretchStep // panes that a reference needs
)

// leastPosts is how many posts a term needs in the last four hours to be judged:
// the shape of fewer says nothing, and most terms have fewer.
const leastPosts = 15

// Library holds reference series of trends and of others, and the scale of
// distance between them. It is read-only once made and may be shared.
type Library struct {
	lambda float64
	trends []reference
	others []reference
}

// reference is a series longer than what it is compared with: its windows, each
// normalised, the nearest of which counts.
type reference [][]float64

// distance returns that to the nearest window, or some number from limit on.
func (r reference) distance(series []float64, limit float64) float64 {
	nearest := limit
	for _, w := range r {
		nearest = min(nearest, Distance(w, series, nearest))
	}
	return nearest
}

// negligible is how many times 1/lambda a series is further away than the
// nearest for its weight to be less than 1e-5 of the nearest's.
const negligible = 12

// distances appends those of all references; what is too far to count may seem
// nearer than it is, but not by so much that it counts.
func (l *Library) distances(dst []float64, refs []reference, series []float64) []float64 {
	nearest := math.Inf(1)
	for _, r := range refs {
		d := r.distance(series, nearest+negligible/l.lambda)
		nearest = min(nearest, d)
		dst = append(dst, d)
	}
	return dst
}

// Lambda returns the scale of distances that was chosen.
func (l *Library) Lambda() float64 { return l.lambda }

// Size returns how many references of trends and of others there are.
func (l *Library) Size() (trends, others int) { return len(l.trends), len(l.others) }

// recent is what a term had in its last panes.
type recent []paneCount

type paneCount struct {
	pane  int64
	posts uint32
}

// add counts a pane in and forgets, now and then, what no reference needs any
// more.
func (r *recent) add(pane int64, posts uint32) {
	gone := 0
	for gone < len(*r) && (*r)[gone].pane <= pane-reach {
		gone++
	}
	if gone > len(*r)/2 {
		*r = append((*r)[:0], (*r)[gone:]...)
	}
	*r = append(*r, paneCount{pane, posts})
}

// normalised appends the window that ends with the pane.
func (r recent) normalised(dst []float64, pane int64) []float64 {
	var counts [span]float64
	for i := len(r) - 1; i >= 0 && pane-r[i].pane < span; i-- {
		if back := pane - r[i].pane; back >= 0 {
			counts[span-1-back] = float64(r[i].posts)
		}
	}
	return Normalise(dst, counts[:], smoothing)
}

// posts returns those of the four hours that end with the pane, and of their
// last one.
func (r recent) posts(pane int64) (all, last uint32) {
	for i := len(r) - 1; i >= 0 && pane-r[i].pane < observed; i-- {
		back := pane - r[i].pane
		if back < 0 {
			continue
		}
		all += r[i].posts
		if back < detect.PanesPerHour {
			last += r[i].posts
		}
	}
	return all, last
}

// judged reports whether the shape of the four hours that end with the pane says
// something: enough posts, and the last hour no less than a quarter of them.
func (r recent) judged(pane int64) bool {
	all, last := r.posts(pane)
	return all >= leastPosts && last >= all/(observed/detect.PanesPerHour)
}

// reference returns up to that many windows, the last ending with the pane.
func (r recent) reference(pane int64, windows int) reference {
	ref := make(reference, windows)
	for i := range ref {
		ref[i] = r.normalised(nil, pane-int64(i*stretchStep))
	}
	return ref
}
