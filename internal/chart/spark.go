package chart

import (
	"html/template"
	"math"
	"strconv"
)

// sparkHeight is the number of steps between nothing and the most; whole steps keep fifty of them in a page light.
const sparkHeight = 40

// bandStep is how many hours share a point of the band, which changes slowly.
const bandStep = 3

// SVG draws it, one unit wide for each hour. The style sheet stretches it to its place.
func (c *Spark) SVG() template.HTML {
	n := len(c.Posts)
	var w writer
	w.raw(`<svg class="c-spark" viewBox="0 0 `, max(n-1, 1), " ", sparkHeight, `" preserveAspectRatio="none" role="img"><title>`).text(c.Label).raw("</title>")
	if n == 0 {
		return w.raw("</svg>").done()
	}
	top := c.top()
	y := func(x float64) int { return sparkHeight - int(math.Round(max(0, min(1, x/top))*sparkHeight)) }
	unseen := max(0, min(c.Unseen, n-1))
	if unseen > 0 {
		w.raw(`<path class="cu" d="M0 0h`, unseen, "v", sparkHeight, `H0z"/>`)
	}
	c.band(&w, y)
	if days := (n - 1) / 24; days > 0 {
		w.raw(`<path class="cd" d="`)
		for d := range days {
			w.raw("M", n-1-24*(d+1), " 0v", sparkHeight)
		}
		w.raw(`"/>`)
	}
	pen := pen{w: &w}
	w.raw(`<path class="cl" d="`)
	for i := unseen; i < max(n-1, 1); i++ {
		pen.to(i, y(float64(c.Posts[i])))
	}
	pen.rest()
	w.raw(`"/>`)
	over := max(n-2, 0) // the last hour that is over: the end of what can be trusted
	before := y(float64(c.Posts[over]))
	if n > 1 {
		w.raw(`<path class="cr" d="M`, over, " ", before, "L", n-1, " ", y(float64(c.Posts[n-1])), `"/>`)
	}
	return w.raw(`<path class="ce" d="M`, over, " ", before, `h0"/></svg>`).done()
}

// top is the largest of what is drawn, and never 0.
func (c *Spark) top() float64 {
	top := 1.0
	for i, posts := range c.Posts {
		top = max(top, float64(posts))
		if i < len(c.High) {
			if high, ok := known(c.High[i]); ok {
				top = max(top, high)
			}
		}
	}
	return top
}

// band draws what is usual as one area, or as several where it is not known between them.
func (c *Spark) band(w *writer, y func(float64) int) {
	n := min(len(c.Posts), len(c.Low), len(c.High))
	at := func(i int) (low, high float64, ok bool) {
		low, ok1 := known(c.Low[i])
		high, ok2 := known(c.High[i])
		return low, high, ok1 && ok2
	}
	var hours []int
	flush := func() {
		if len(hours) > 1 {
			up := pen{w: w}
			for _, i := range hours {
				_, high, _ := at(i)
				up.to(i, y(high))
			}
			for k := len(hours) - 1; k >= 0; k-- {
				low, _, _ := at(hours[k])
				up.to(hours[k], y(low))
			}
			up.rest()
			w.raw("z")
		}
		hours = hours[:0]
	}
	w.raw(`<path class="cb" d="`)
	for i := 0; i < n; i += bandStep {
		if i+bandStep >= n && i < n-1 {
			i = n - 1
		}
		if _, _, ok := at(i); !ok {
			flush()
			continue
		}
		hours = append(hours, i)
	}
	flush()
	w.raw(`"/>`)
}

// pen draws a line through whole points in few bytes: relative, and straight on without a point between.
type pen struct {
	w        *writer
	begun    bool
	x, y     int // where it is
	dx, dy   int // what it will draw next
	relative bool
}

func (p *pen) to(x, y int) {
	if !p.begun {
		p.begun, p.x, p.y = true, x, y
		p.w.raw("M", x, " ", y)
		return
	}
	dx, dy := x-p.x-p.dx, y-p.y-p.dy
	if p.dx*dy == p.dy*dx && p.dx*dx >= 0 && p.dy*dy >= 0 {
		p.dx, p.dy = p.dx+dx, p.dy+dy
		return
	}
	p.rest()
	p.dx, p.dy = dx, dy
}

// rest draws what is held back.
func (p *pen) rest() {
	if p.dx == 0 && p.dy == 0 {
		return
	}
	if !p.relative {
		p.w.raw("l")
	}
	for i, d := range [...]int{p.dx, p.dy} {
		s := strconv.Itoa(d)
		if d >= 0 && (i == 1 || p.relative) {
			s = " " + s
		}
		p.w.raw(s)
	}
	p.relative = true
	p.x, p.y, p.dx, p.dy = p.x+p.dx, p.y+p.dy, 0, 0
}
