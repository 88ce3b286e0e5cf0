package window

import (
	"math/bits"
	"unsafe"
)

// geometry is the shape of a ring. The cells of the last `fine` panes come first;
// a pane that leaves them is added to its coarse pane, of which there are
// `coarse`. So each post is counted in one cell.
type geometry struct {
	fine, coarse int64 // powers of two
	perCoarse    int64 // panes
	byCoarse     divisor
	window       int64 // coarse panes, the running one included
	panes        int64 // panes of the window
	open         int64 // panes that may be open beyond the newest closed one
	day          int64 // panes of 24 hours
}

func newGeometry(c Config) geometry {
	open := int64((c.Allowed()+c.Pane-1)/c.Pane) + 2
	per := c.PanesPerCoarse()
	window := int64(c.CoarsePanes())
	return geometry{
		fine: powerOfTwo(Panes + open), coarse: powerOfTwo(max(window-Panes/per+2, 1)),
		perCoarse: per, byCoarse: newDivisor(per),
		window: window, panes: window * per, open: open, day: 24 * c.PanesPerHour(),
	}
}

// place returns the place of a pane among the fine cells.
func (g *geometry) place(pane int64) int { return int(pane & (g.fine - 1)) }

func powerOfTwo(atLeast int64) int64 { return 1 << bits.Len64(uint64(atLeast-1)) }

// coarseOf returns the coarse pane of a pane.
func (g *geometry) coarseOf(pane int64) int64 { return g.byCoarse.floor(pane) }

// coarsePlace returns the place of a coarse pane in a ring.
func (g *geometry) coarsePlace(n int64) int { return int(g.fine + n&(g.coarse-1)) }

// notes is how many panes are noted at once.
func (g *geometry) notes() int64 { return g.open + 2 }

// cells returns the length of a ring.
func (g *geometry) cells() int { return int(g.fine + g.coarse) }

// cell counts the posts and the fresh authors, in halves, of one pane or coarse
// pane: posts in its lower half, halves in its upper.
type cell interface{ uint32 | uint64 }

func half[T cell]() (bits uint, most T) {
	bits = uint(unsafe.Sizeof(T(0)) * 4)
	return bits, T(1)<<bits - 1
}

func split[T cell](c T) (posts, halves uint32) {
	bits, most := half[T]()
	return uint32(c & most), uint32(c >> bits)
}

// plus adds to a cell, or reports false if a half would overflow.
func plus[T cell](c T, posts, halves uint32) (T, bool) {
	bits, most := half[T]()
	p, h := uint64(c&most)+uint64(posts), uint64(c>>bits)+uint64(halves)
	if p > uint64(most) || h > uint64(most) {
		return c, false
	}
	return T(h)<<bits | T(p), true
}

// stopped adds to a cell as far as it goes.
func stopped[T cell](c T, posts, halves uint32) T {
	bits, most := half[T]()
	p, h := uint64(c&most)+uint64(posts), uint64(c>>bits)+uint64(halves)
	return T(min(h, uint64(most)))<<bits | T(min(p, uint64(most)))
}

// at returns the place of a pane in a ring whose newest pane is given, or false
// if the pane has left it.
func (g *geometry) at(pane, newest int64) (int, bool) {
	if newest-pane < g.fine {
		return g.place(pane), true
	}
	if coarse := g.coarseOf(pane); g.folded(newest)-coarse < g.coarse {
		return g.coarsePlace(coarse), true
	}
	return 0, false
}

// folded returns the newest coarse pane that panes were added to, in a ring whose
// newest pane is given.
func (g *geometry) folded(newest int64) int64 { return g.coarseOf(newest - g.fine) }

// roll moves a ring forward from its newest pane to another: panes that leave the
// fine cells go into the coarse ones. It stops before a pane whose count does not
// fit, unless forced to let the counter stop at its top. It returns the newest pane
// it came to, and whether all counts fitted.
func roll[T cell](ring []T, g *geometry, from, to int64, force bool) (at int64, fits bool) {
	fits = true
	top := g.folded(from)
	for p := from + 1; p <= min(to, from+g.fine); p++ {
		left := &ring[g.place(p)]
		if *left == 0 {
			continue
		}
		n := g.folded(p)
		empty(ring, g, top, n)
		top = n
		into := &ring[g.coarsePlace(n)]
		posts, halves := split(*left)
		sum, ok := plus(*into, posts, halves)
		if !ok {
			fits = false
			if !force {
				empty(ring, g, top, g.folded(p-1))
				return p - 1, false
			}
			sum = stopped(*into, posts, halves)
		}
		*into, *left = sum, 0
	}
	if last := g.folded(to); last != top {
		empty(ring, g, top, last)
	}
	return to, fits
}

// empty clears the coarse cells that a ring moves on to, from the newest it has to
// the newest it shall have.
func empty[T cell](ring []T, g *geometry, top, last int64) {
	for n := max(top+1, last-g.coarse+1); n <= last; n++ {
		ring[g.coarsePlace(n)] = 0
	}
}

// read adds up a ring's cells into a series that ends with the given pane.
func read[T cell](ring []T, g *geometry, newest, pane int64, out *Series) {
	first := pane - int64(len(out.Posts)) + 1
	running := g.coarseOf(pane)
	oldest := running - g.window + 1
	for p := newest - g.fine + 1; p <= min(newest, pane); p++ {
		c := ring[g.place(p)]
		if c == 0 {
			continue
		}
		posts, halves := split(c)
		if p >= first {
			out.Posts[p-first], out.Fresh[p-first] = posts, halves
		}
		if n := g.coarseOf(p); n >= oldest {
			out.CoarsePosts[n-oldest] += posts
			out.CoarseFresh[n-oldest] += halves
		}
	}
	top := g.folded(newest)
	for n := max(oldest, top-g.coarse+1); n <= min(top, running); n++ {
		posts, halves := split(ring[g.coarsePlace(n)])
		out.CoarsePosts[n-oldest] += posts
		out.CoarseFresh[n-oldest] += halves
	}
}

// oneCoarse returns what a ring holds of one coarse pane.
func oneCoarse[T cell](ring []T, g *geometry, newest, n int64) (posts, halves uint32) {
	top := g.folded(newest)
	if n <= top && top-n < g.coarse {
		posts, halves = split(ring[g.coarsePlace(n)])
	}
	for p := max(n*g.perCoarse, newest-g.fine+1); p <= min((n+1)*g.perCoarse-1, newest); p++ {
		a, b := split(ring[g.place(p)])
		posts, halves = posts+a, halves+b
	}
	return posts, halves
}

// heldSince returns the posts that a ring holds of a pane and later ones; coarse
// panes count whole.
func heldSince[T cell](ring []T, g *geometry, newest, since int64) (n uint64) {
	for p := max(newest-g.fine+1, since); p <= newest; p++ {
		posts, _ := split(ring[g.place(p)])
		n += uint64(posts)
	}
	top := g.folded(newest)
	for c := max(g.coarseOf(since), top-g.coarse+1); c <= top; c++ {
		posts, _ := split(ring[g.coarsePlace(c)])
		n += uint64(posts)
	}
	return n
}
