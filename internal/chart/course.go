package chart

import (
	"html/template"
	"math"
	"time"
)

// SVG draws it: in two sizes, of which the style sheet shows the one that fits, or in one if it is small. The numbers are in
// data-chart, for a script that tells them hour by hour.
func (c *Course) SVG() template.HTML {
	var w writer
	frames := []frame{wideFrame, narrowFrame}
	class := "c-course"
	if c.Small {
		frames, class = []frame{smallFrame}, "c-course c-one"
	}
	w.raw(`<div class="`, class, `"`)
	w.id(c.ID)
	p := c.plot()
	if p.from.Before(p.to) {
		w.raw(` data-chart="`).made(c.data(p)).raw(`"`)
	}
	w.raw(">")
	for _, f := range frames {
		w.raw(`<svg class="`, f.class, `" viewBox="0 0 `, f.width, " ", f.height, `" role="img" aria-label="`).text(c.Label).raw(`">`)
		if p.from.Before(p.to) {
			p.frame = f
			p.scale = scaleOf(c.top(p), f.ticks)
			c.draw(&w, p)
		} else {
			w.raw(`<text class="c0" x="`, f.width/2, `" y="`, f.height/2, `">No hour was counted yet</text>`)
		}
		w.raw("</svg>")
	}
	if !c.Small && p.from.Before(p.to) {
		c.legend(&w)
	}
	return w.raw("</div>").done()
}

// step is the time from one hour to the next.
func (c *Course) step() time.Duration { return stepOf(c.Step, c.Hours) }

// stepOf returns how long what is counted as one is: as is said, or a day if no two are closer, or else an hour.
func stepOf(said time.Duration, hours []Hour) time.Duration {
	const day = 24 * time.Hour
	if said >= time.Second {
		return said
	}
	for i := 1; i < len(hours); i++ {
		if hours[i].Start.Sub(hours[i-1].Start) < day-time.Hour {
			return time.Hour
		}
	}
	if len(hours) < 2 {
		return time.Hour
	}
	return day
}

// plot returns the time that is drawn; none if there is nothing to draw.
func (c *Course) plot() *plot {
	const longest = 10 * 366 * 24 * time.Hour
	p := &plot{zone: zoneOf(c.Zone), from: c.From, to: c.To}
	if p.from.IsZero() && len(c.Hours) > 0 {
		p.from = c.Hours[0].Start
	}
	if p.to.IsZero() && len(c.Hours) > 0 {
		p.to = c.Hours[len(c.Hours)-1].Start.Add(c.step())
		if n := len(c.Fan); n > 0 && c.Fan[n-1].Start.Add(c.step()).After(p.to) {
			p.to = c.Fan[n-1].Start.Add(c.step())
		}
	}
	if p.from.IsZero() || p.to.IsZero() || p.to.Sub(p.from) > longest {
		return &plot{}
	}
	return p
}

// seen reports whether any of the time from start on is drawn.
func (c *Course) seen(p *plot, start time.Time) bool {
	return start.Add(c.step()).After(p.from) && start.Before(p.to)
}

// top returns the largest number of what is drawn. What may come at best makes the scale no more than half as large again:
// it is the least sure.
func (c *Course) top(p *plot) float64 {
	if top, ok := known(c.Top); ok && top > 0 {
		return top
	}
	top := 0.0
	raise := func(x float64) {
		if x, ok := known(x); ok {
			top = max(top, x)
		}
	}
	for i := range c.Hours {
		h := &c.Hours[i]
		if c.seen(p, h.Start) {
			raise(h.Posts)
			raise(h.High)
			if c.Authors {
				raise(h.Authors)
			}
		}
	}
	high := 0.0
	for _, a := range c.Fan {
		if c.seen(p, a.Start) {
			raise(a.Mid)
			if x, ok := known(a.High); ok {
				high = max(high, x)
			}
		}
	}
	return max(top, min(high, top*1.5))
}

func posts(h *Hour) float64    { return h.Posts }
func authors(h *Hour) float64  { return h.Authors }
func expected(h *Hour) float64 { return h.Expected }
func low(h *Hour) float64      { return h.Low }
func high(h *Hour) float64     { return h.High }
func none(*Hour) float64       { return 0 }

// draw draws one size.
func (c *Course) draw(w *writer, p *plot) {
	var hours, over []Hour // those that are over are drawn as lines, the running one is not
	for _, h := range c.Hours {
		if !c.seen(p, h.Start) {
			continue
		}
		hours = append(hours, h)
		if !h.Partial {
			over = append(over, h)
		}
	}
	step := c.step()
	p.axes(w)
	p.box(w)
	c.gaps(w, p)
	w.raw(`<path class="cb" d="`)
	p.area(w, over, step, low, high)
	w.raw(`"/><path class="cf" d="`)
	c.fan(w, p, over)
	w.raw(`"/>`)
	if !c.Small {
		w.raw(`<path class="ca" d="`)
		p.area(w, over, step, none, posts)
		w.raw(`"/>`)
	}
	w.raw(`<path class="ce" d="`)
	p.strokes(w, over, step, expected)
	w.raw(`"/>`)
	if c.Authors {
		w.raw(`<path class="cs" d="`)
		p.strokes(w, over, step, authors)
		w.raw(`"/>`)
	}
	w.raw(`<path class="cl" d="`)
	p.strokes(w, over, step, posts)
	w.raw(`"/>`)
	c.running(w, p, hours)
	if c.Small {
		c.nowLine(w, p)
	}
	w.raw("</svg>")
	if !c.Small {
		c.marks(w, p)
	}
}

// running draws the hour that is not over as a point, with a thin line to it: that it is low says nothing yet.
func (c *Course) running(w *writer, p *plot, hours []Hour) {
	n := len(hours)
	if n == 0 || !hours[n-1].Partial {
		return
	}
	posts, ok := known(hours[n-1].Posts)
	if !ok {
		return
	}
	x, y := p.x(middle(hours[n-1].Start, c.step())), p.y(posts)
	if n > 1 && !apart(hours[n-2].Start, hours[n-1].Start, c.step()) {
		if before, ok := known(hours[n-2].Posts); ok {
			w.raw(`<path class="ci" d="M`, p.x(middle(hours[n-2].Start, c.step())), " ", p.y(before), "L", x, " ", y, `"/>`)
		}
	}
	w.raw(`<path class="cr" d="M`, x, " ", y, `h0"/>`)
}

// fan draws where it may go, and closes the path with the class of its middle. It begins at the last hour that is over.
func (c *Course) fan(w *writer, p *plot, over []Hour) {
	step := c.step()
	var ahead []Hour
	for _, a := range c.Fan {
		if _, ok := known(a.Mid); ok && c.seen(p, a.Start) {
			ahead = append(ahead, Hour{Start: a.Start, Low: a.Low, Expected: a.Mid, High: a.High})
		}
	}
	if n := len(over); n > 0 && len(ahead) > 0 && !math.IsNaN(over[n-1].Posts) {
		if d := ahead[0].Start.Sub(over[n-1].Start); d > 0 && d <= 2*step {
			from := over[n-1]
			from.Start = ahead[0].Start.Add(-step)
			from.Low, from.Expected, from.High = from.Posts, from.Posts, from.Posts
			ahead = append([]Hour{from}, ahead...)
		}
	}
	p.area(w, ahead, step, low, high)
	w.raw(`"/><path class="cm" d="`)
	p.strokes(w, ahead, step, expected)
}

// nowLine draws where the present is.
func (c *Course) nowLine(w *writer, p *plot) {
	if c.Now.After(p.from) && c.Now.Before(p.to) {
		w.raw(`<path class="cn" d="M`, p.x(c.Now), ` 0V`, full, `"/>`)
	}
}

// gaps hatches the times that were not seen.
func (c *Course) gaps(w *writer, p *plot) {
	const most, spacing = 200, perHour
	for i, g := range c.Gaps {
		if i == most {
			return
		}
		from, to := later(g.From, p.from), sooner(g.To, p.to)
		if !from.Before(to) {
			continue
		}
		left, right := p.x(from), p.x(to)
		w.raw(`<path class="cg" d="M`, left, " 0H", right, "V", full, "H", left, `z"/><path class="ch" d="`)
		every := max(spacing*p.hours()/120, (right-left)/60)
		for x := left; x < right; x += every {
			w.raw("M", x, " ", full, "L", min(right, x+every), " 0")
		}
		w.raw(`"/>`)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
