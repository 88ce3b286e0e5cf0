package window

import (
	"math"

	"github.com/swell-radar/swell/term"
)

// record is what a shard knows of one tracked term, beside its rings. Records
// hold no pointer, so the collector has nothing to scan in them.
type record struct {
	id       term.ID
	since    int64 // pane from which the counts are exact
	first    int64 // oldest pane seen since then
	newest   int64 // newest pane the rings were rolled to
	heatPane int64 // pane to which heat was decayed
	before   uint32
	lifetime uint32  // posts since it is tracked; stops at the top
	heat     float32 // posts, halving every heatHalfLife panes: what eviction looks at
	votes    int32   // majority vote on the display spelling
	gen      uint32  // counts the terms that have used this slot
	platform uint16
	kind     term.Kind
	used     bool
	full     bool // a counter of the doorkeeper was full: before may be too few
}

// heatHalfLife is half a day of ten-minute panes.
const heatHalfLife = 72

func (r *record) heatAt(pane int64) float32 {
	if pane <= r.heatPane {
		return r.heat
	}
	return r.heat * float32(math.Exp2(-float64(pane-r.heatPane)/heatHalfLife))
}

func (r *record) warm(pane int64, n uint32) {
	r.heat = r.heatAt(pane) + float32(n)
	r.heatPane = max(pane, r.heatPane)
}

// rings holds the counts of all slots of a shard: per slot `fine` panes and
// `hours` hours, of posts and of fresh authors (in half authors). A ring is
// rolled to the newest pane of its record; what lies ahead of it is zero.
type rings struct {
	fine, hours          int64
	perHour              int64
	posts, fresh         []uint32
	hourPosts, hourFresh []uint32
}

func newRings(slots int, fine, hours, perHour int64) rings {
	return rings{
		fine: fine, hours: hours, perHour: perHour,
		posts: make([]uint32, int64(slots)*fine), fresh: make([]uint32, int64(slots)*fine),
		hourPosts: make([]uint32, int64(slots)*hours), hourFresh: make([]uint32, int64(slots)*hours),
	}
}

func (g *rings) fineOf(slot int, pane int64) int64 { return int64(slot)*g.fine + mod(pane, g.fine) }
func (g *rings) hourOf(slot int, hour int64) int64 { return int64(slot)*g.hours + mod(hour, g.hours) }

func mod(a, b int64) int64 {
	if m := a % b; m >= 0 {
		return m
	}
	return a%b + b
}

// clear empties the rings of a slot.
func (g *rings) clear(slot int) {
	at, end := int64(slot)*g.fine, int64(slot+1)*g.fine
	clear(g.posts[at:end])
	clear(g.fresh[at:end])
	at, end = int64(slot)*g.hours, int64(slot+1)*g.hours
	clear(g.hourPosts[at:end])
	clear(g.hourFresh[at:end])
}

// held returns the posts that a slot's hour ring holds, whatever the window.
func (g *rings) held(slot int) (n uint64) {
	for _, h := range g.hourPosts[int64(slot)*g.hours : int64(slot+1)*g.hours] {
		n += uint64(h)
	}
	return n
}

// roll moves a slot's rings forward so that pane fits in.
func (g *rings) roll(slot int, r *record, pane int64) {
	if pane <= r.newest {
		return
	}
	for p := max(r.newest+1, pane-g.fine+1); p <= pane; p++ {
		g.posts[g.fineOf(slot, p)], g.fresh[g.fineOf(slot, p)] = 0, 0
	}
	hour := floorDiv(pane, g.perHour)
	for h := max(floorDiv(r.newest, g.perHour)+1, hour-g.hours+1); h <= hour; h++ {
		g.hourPosts[g.hourOf(slot, h)], g.hourFresh[g.hourOf(slot, h)] = 0, 0
	}
	r.newest = pane
}

// holds reports whether a pane is still within a slot's fine ring.
func (g *rings) holds(r *record, pane int64) bool { return r.newest-pane < g.fine }

// copyPanes fills dst with the counts of the len(dst) panes that end with pane.
func (g *rings) copyPanes(dst, ring []uint32, slot int, r *record, pane int64) {
	copyRing(dst, ring[int64(slot)*g.fine:int64(slot+1)*g.fine], pane, r.newest)
}

// copyRing fills dst with the len(dst) places of a ring that end with place last.
// The ring holds the places up to newest; the others are zero.
func copyRing(dst, ring []uint32, last, newest int64) {
	n := int64(len(ring))
	first := last - int64(len(dst)) + 1
	from, to := max(first, newest-n+1), min(last, newest)
	if from > to {
		clear(dst)
		return
	}
	clear(dst[:from-first])
	clear(dst[to-first+1:])
	dst = dst[from-first : to-first+1]
	at := mod(from, n)
	copied := copy(dst, ring[at:])
	copy(dst[copied:], ring)
}

// copyHours fills dst with the counts of the len(dst) hours that end with the
// hour of pane; the last counts only up to pane, which fine tells.
func (g *rings) copyHours(dst, ring, fine []uint32, slot int, r *record, pane int64) {
	hour := floorDiv(pane, g.perHour)
	copyRing(dst, ring[int64(slot)*g.hours:int64(slot+1)*g.hours], hour, floorDiv(r.newest, g.perHour))
	running := uint32(0)
	for p := hour * g.perHour; p <= pane; p++ {
		if p <= r.newest && g.holds(r, p) {
			running += fine[g.fineOf(slot, p)]
		}
	}
	dst[len(dst)-1] = running
}
