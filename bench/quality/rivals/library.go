package rivals

import "math"

// The shape of the series compared, in panes.
const (
	observed    = 24 // four hours; the thesis: 3.3 to 3.8
	smoothing   = 4
	span        = observed + smoothing - 1
	stretch     = 5 // windows that a reference holds at most
	stretchStep = 3
	reach       = span + (stretch-1)*stretchStep // panes that a reference needs
)

// leastPosts is how many posts a term needs in the last four hours to be judged:
// the shape of fewer says nothing, and most terms have fewer.
const leastPosts = 12

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

func (r reference) distance(series []float64) float64 {
	nearest := math.Inf(1)
	for _, w := range r {
		nearest = min(nearest, Distance(w, series, nearest))
	}
	return nearest
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

// add counts a pane in and forgets what no reference needs any more.
func (r *recent) add(pane int64, posts uint32) {
	gone := 0
	for gone < len(*r) && (*r)[gone].pane <= pane-reach {
		gone++
	}
	*r = append(append((*r)[:0], (*r)[gone:]...), paneCount{pane, posts})
}

// normalised appends the window that ends with the pane.
func (r recent) normalised(dst []float64, pane int64) []float64 {
	var counts [span]float64
	for _, c := range r {
		if back := pane - c.pane; back >= 0 && back < span {
			counts[span-1-back] = float64(c.posts)
		}
	}
	return Normalise(dst, counts[:], smoothing)
}

// posts returns those of the four hours that end with the pane.
func (r recent) posts(pane int64) (n uint32) {
	for _, c := range r {
		if back := pane - c.pane; back >= 0 && back < observed {
			n += c.posts
		}
	}
	return n
}

// reference returns up to that many windows, the last ending with the pane.
func (r recent) reference(pane int64, windows int) reference {
	ref := make(reference, windows)
	for i := range ref {
		ref[i] = r.normalised(nil, pane-int64(i*stretchStep))
	}
	return ref
}
