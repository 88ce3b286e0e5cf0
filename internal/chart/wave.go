package chart

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/swell-radar/swell/internal/console"
)

// form is a size that the wave is drawn in; the style sheet shows the one that fits, so that its words can be read.
type form struct {
	class         string
	width, height float64
	dots, names   int     // how many are drawn at most, and how many of these with their names
	cells         int     // how long a name may be, in the width of a letter
	text          float64 // size of the names
	radius        float64 // of the largest dot
	head          float64 // room of the names of the phases
}

var (
	wideForm   = form{"c-wide", 1180, 320, 90, 16, 22, 13, 12, 44}
	middleForm = form{"c-middle", 680, 340, 60, 11, 18, 12.5, 11, 44}
	narrowForm = form{"c-narrow", 344, 360, 36, 8, 14, 12, 10, 58}
)

// waveFoot is the room of how many more there are.
const waveFoot = 14

// stage is a quarter of the wave, with what it means for whoever wants to post.
type stage struct{ phase, name, hint string }

var stages = [4]stage{
	{"emerging", "Emerging", "early"}, {"rising", "Rising", "best time"}, {"peaking", "Peaking", "last chance"}, {"fading", "Fading", "late"},
}

// SVG draws it in three sizes, of which the style sheet shows one.
func (c *Wave) SVG() template.HTML {
	var w writer
	w.raw(`<div class="c-wave">`)
	for _, f := range []form{wideForm, middleForm, narrowForm} {
		c.draw(&w, f)
	}
	if slices.ContainsFunc(c.Spots, func(s Spot) bool { return s.Phase == "unconfirmed" }) {
		w.raw(`<ul class="c-keys"><li><svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true"><circle class="c-unconfirmed" cx="7" cy="7" r="5"/></svg> not confirmed yet</li></ul>`)
	}
	return w.raw("</div>").done()
}

// draw draws one size. A list of links in it has to be reached, so that it is a group and no picture.
func (c *Wave) draw(w *writer, f form) {
	w.raw(`<svg class="`, f.class, `" viewBox="0 0 `, f.width, " ", f.height, `" role="group" aria-label="`).text(c.Label).raw(`">`)
	quarter := f.width / 4
	counts := c.counts()
	for i, s := range stages {
		x := quarter * float64(i)
		w.raw(`<rect class="ca c-`, s.phase, `" x="`, x, `" width="`, quarter, `" height="`, f.height, `"/>`)
		w.raw(`<text class="cn" x="`, x+quarter/2, `" y="17">`, s.name)
		count := console.Count(uint64(counts[i]))
		if counts[i] > 0 && quarter > 100 {
			w.raw(" ", count)
		}
		w.raw(`</text><text class="ch c-`, s.phase, `" x="`, x+quarter/2, `" y="34">`, s.hint, "</text>")
		if counts[i] > 0 && quarter <= 100 {
			w.raw(`<text class="cc" x="`, x+quarter/2, `" y="50">`, count, "</text>")
		}
	}
	const pieces = 64
	var line writer
	for i := range pieces + 1 {
		t := float64(i) / pieces
		line.raw("L", t*f.width, " ", f.curve(t))
	}
	w.raw(`<path class="cu" d="M0 `, f.height, line.String(), "V", f.height, `z"/><path class="cw" d="M`, line.String()[1:], `"/>`)
	placed, more := c.place(f)
	names(placed, f)
	for _, p := range placed {
		if p.named {
			w.raw(`<path class="cv" d="M`, p.x, " ", p.y, "L", p.leaderX(), " ", p.leaderY(f), `"/>`)
		}
	}
	// Links are reached in the order in which they are drawn: as trends go, from the left.
	slices.SortStableFunc(placed, func(a, b *dot) int { return cmp.Compare(a.x, b.x) })
	for _, p := range placed {
		p.draw(w, f)
	}
	if more > 0 {
		w.raw(`<text class="co" x="`, f.width-6, `" y="`, f.height-4, `">and `, console.Count(uint64(more)), " more</text>")
	}
	w.raw("</svg>")
}

// counts returns how many trends there are in each stage.
func (c *Wave) counts() [4]int {
	var n [4]int
	for i := range c.Spots {
		if q, _, ok := c.Spots[i].stage(); ok {
			n[q]++
		}
	}
	return n
}

// stage returns the quarter of a trend and how far it is in it.
func (s *Spot) stage() (quarter int, within float64, ok bool) {
	within, _ = known(s.Within)
	within = max(0, min(1, within))
	if s.Phase == "unconfirmed" {
		return 0, within, true
	}
	for i, st := range stages {
		if st.phase == s.Phase {
			return i, within, true
		}
	}
	return 0, 0, false
}

// curve returns the ordinate of the wave at t, 0 to 1: it rises to a crest in the middle of the third quarter and falls faster.
func (f *form) curve(t float64) float64 {
	const crest, begin, end, steep = .625, .03, .14, 1.35
	smooth := func(s float64) float64 { return s * s * (3 - 2*s) }
	t = max(0, min(1, t))
	h := 1 - (1-end)*smooth((t-crest)/(1-crest))
	if t < crest {
		h = begin + (1-begin)*smooth(math.Pow(t/crest, steep))
	}
	top, bottom := f.head+f.height*.2, f.height-waveFoot-f.height*.14
	return bottom - h*(bottom-top)
}

// dot is a spot with its place.
type dot struct {
	*Spot
	x, y, r     float64
	named       bool
	name        string
	nameX       float64 // middle of the name
	nameY       float64 // middle of the name
	nameW       float64
	unconfirmed bool
}

// place finds room for the dots, the most important first: on the curve, or beside it where others are. It returns how many
// found none or are too many.
func (c *Wave) place(f form) (placed []*dot, more int) {
	for i := range c.Spots {
		s := &c.Spots[i]
		q, within, ok := s.stage()
		if !ok {
			continue
		}
		if len(placed) == f.dots {
			more++
			continue
		}
		size, _ := known(s.Size)
		d := &dot{Spot: s, r: 4 + (f.radius-4)*math.Sqrt(max(0, min(1, size))), unconfirmed: s.Phase == "unconfirmed"}
		t := (float64(q) + .04 + within*.92) / 4
		if !d.settle(placed, f, t, float64(q)/4) {
			more++
			continue
		}
		placed = append(placed, d)
	}
	return placed, more
}

// settle looks for the nearest free place: up and down from the curve, then at its sides within the quarter that begins at
// from.
func (d *dot) settle(placed []*dot, f form, t, from float64) bool {
	const gap = 1.5
	lowest, highest := f.height-waveFoot-d.r, f.head+d.r
	for side := range 12 {
		shift := float64((side+1)/2) * 2 * d.r / f.width
		if side%2 == 0 {
			shift = -shift
		}
		u := max(from+d.r/f.width, min(from+.25-d.r/f.width, t+shift))
		x, y := u*f.width, f.curve(u)
		for step := range 15 {
			off := float64((step+1)/2) * 7
			if step%2 == 1 {
				off = -off
			}
			if y+off > lowest || y+off < highest {
				continue
			}
			if free(placed, x, y+off, d.r+gap) {
				d.x, d.y = x, y+off
				return true
			}
		}
	}
	return false
}

func free(placed []*dot, x, y, r float64) bool {
	for _, p := range placed {
		if math.Hypot(p.x-x, p.y-y) < p.r+r {
			return false
		}
	}
	return true
}

// draw draws the dot as a link with its name.
func (d *dot) draw(w *writer, f form) {
	link := strings.HasPrefix(d.Link, "/") && !strings.HasPrefix(d.Link, "//")
	if link {
		w.raw(`<a class="cx" href="`).text(d.Link).raw(`">`)
	} else {
		w.raw(`<g class="cx">`)
	}
	w.raw("<title>").text(d.Label).raw(`</title><circle class="c-`, phaseClass(d.Phase), `" cx="`, d.x, `" cy="`, d.y, `" r="`, d.r, `"/>`)
	if d.named {
		w.raw(`<text x="`, d.nameX, `" y="`, d.nameY+f.text*.35, `"`)
		if rightToLeft(d.name) {
			w.raw(` direction="rtl"`)
		}
		w.raw(">").text(d.name).raw("</text>")
	}
	if link {
		w.raw("</a>")
	} else {
		w.raw("</g>")
	}
}
