package chart

import (
	"html/template"
	"math"
	"slices"

	"github.com/swell-radar/swell/internal/console"
)

// steps are the bounds of what is drawn larger and stronger, as multiples of the mean.
var steps = [...]float64{.4, .7, .95, 1.25, 1.75}

// grid is a size that the week is drawn in.
type grid struct {
	class       string
	cellW       float64
	cellH       float64
	left, top   float64 // room of the words
	hoursAcross bool
}

var (
	wideGrid   = grid{"c-wide", 38, 32, 48, 24, true}
	narrowGrid = grid{"c-narrow", 42, 26, 46, 26, false}
)

// SVG draws it: hours across and days down, or the other way round where there is little room. A cell is the larger and
// stronger the more there is in its hour; the best ones have a frame and a star.
func (c *Week) SVG() template.HTML {
	var w writer
	w.raw(`<div class="c-week"`)
	w.id(c.ID)
	w.raw(">")
	for _, g := range []grid{wideGrid, narrowGrid} {
		c.draw(&w, g)
	}
	w.raw(`<ul class="c-keys">`)
	top := c.top()
	for _, key := range [...]struct {
		lift float64
		text string
	}{{.25, "a quarter of the mean"}, {1, "the mean hour"}, {top, "the most"}} {
		side := 22 * share(key.lift, top)
		w.raw(`<li><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><rect class="w`, stepFor(key.lift), `" x="`, 12-side/2, `" y="`, 12-side/2, `" width="`, side, `" height="`, side, `"/></svg> `, key.text, "</li>")
	}
	if len(c.Best) > 0 {
		w.raw(`<li><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><rect class="wb" x="2" y="2" width="20" height="20"/></svg> best hours</li>`)
	}
	return w.raw("</ul></div>").done()
}

// top is the largest lift, and never 0.
func (c *Week) top() float64 {
	top := steps[len(steps)-1]
	for _, lift := range c.Lift {
		if lift, ok := known(lift); ok {
			top = max(top, lift)
		}
	}
	return top
}

// share is how much of its place a cell takes on each side: its area tells how much there is, and the least can be seen.
func share(lift, top float64) float64 { return .14 + .86*math.Sqrt(max(0, min(1, lift/top))) }

// stepFor returns which of the colours a lift has.
func stepFor(lift float64) int {
	step := 0
	for step < len(steps) && lift >= steps[step] {
		step++
	}
	return step
}

// draw draws one size.
func (c *Week) draw(w *writer, g grid) {
	columns, rows := 7, 24
	if g.hoursAcross {
		columns, rows = 24, 7
	}
	width, height := g.left+float64(columns)*g.cellW+2, g.top+float64(rows)*g.cellH+2
	w.raw(`<svg class="`, g.class, `" viewBox="0 0 `, width, " ", height, `" role="img" aria-label="`).text(c.Label).raw(`">`)
	place := func(day, hour int) (x, y float64) {
		if g.hoursAcross {
			return g.left + float64(hour)*g.cellW, g.top + float64(day)*g.cellH
		}
		return g.left + float64(day)*g.cellW, g.top + float64(hour)*g.cellH
	}
	g.words(w, place)
	top := c.top()
	for i, lift := range c.Lift {
		x, y := place(i/24, i%24)
		c.cell(w, g, i, x, y, lift, top)
	}
	for _, i := range c.Best {
		if i >= 0 && i < len(c.Lift) {
			x, y := place(i/24, i%24)
			w.raw(`<rect class="wb" x="`, x+1, `" y="`, y+1, `" width="`, g.cellW-2, `" height="`, g.cellH-2, `"/>`)
		}
	}
	w.raw("</svg>")
}

// words writes the days and hours.
func (g grid) words(w *writer, place func(day, hour int) (x, y float64)) {
	for day := range 7 {
		x, y := place(day, 0)
		if g.hoursAcross {
			w.raw(`<text class="wd" x="`, g.left-8, `" y="`, y+g.cellH/2+4, `">`, console.DayName(day), "</text>")
		} else {
			w.raw(`<text class="wh" x="`, x+g.cellW/2, `" y="`, g.top-8, `">`, console.DayName(day), "</text>")
		}
	}
	for hour := range 24 {
		x, y := place(0, hour)
		text := []byte{'0' + byte(hour/10), '0' + byte(hour%10)}
		if g.hoursAcross {
			w.raw(`<text class="wh" x="`, x+g.cellW/2, `" y="`, g.top-8, `">`, string(text), "</text>")
		} else {
			w.raw(`<text class="wd" x="`, g.left-8, `" y="`, y+g.cellH/2+4, `">`, string(text), ":00</text>")
		}
	}
}

// cell draws an hour: the ground that is pointed at, and in it what there is.
func (c *Week) cell(w *writer, g grid, i int, x, y, lift, top float64) {
	w.raw(`<g data-hour="`, i, `"`)
	if slices.Contains(c.Best, i) {
		w.raw(` class="wx"`)
	}
	w.raw(">")
	if c.Notes[i] != "" {
		w.raw("<title>").text(c.Notes[i]).raw("</title>")
	}
	w.raw(`<rect class="wg" x="`, x+1, `" y="`, y+1, `" width="`, g.cellW-2, `" height="`, g.cellH-2, `"/>`)
	if lift, ok := known(lift); ok {
		part := share(lift, top)
		sideX, sideY := part*(g.cellW-8), part*(g.cellH-8)
		w.raw(`<rect class="w`, stepFor(lift), `" x="`, x+(g.cellW-sideX)/2, `" y="`, y+(g.cellH-sideY)/2, `" width="`, sideX, `" height="`, sideY, `"/>`)
	} else {
		w.raw(`<path class="wn" d="M`, x+g.cellW/2-4, " ", y+g.cellH/2, `h8"/>`)
	}
	w.raw("</g>")
}
