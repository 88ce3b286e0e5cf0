package chart

import (
	"math"
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// The drawing of what happened by hours lies in a box of its own, where an hour is [perHour] wide and the scale [full] high,
// whatever room it gets: a script looks at a part of it closely by changing what part of it the box shows.
const (
	perHour = 10
	full    = 1000
)

// frame is a size that a course is drawn in.
type frame struct {
	class         string
	width, height float64
	left, right   float64 // room of the axis of numbers, and of what stands at the end
	head, foot    float64 // room of marks, and of the axis of time
	ticks         int
	text          float64
}

var (
	wideFrame   = frame{class: "c-wide", width: 1000, height: 330, left: 52, right: 10, head: 50, foot: 36, ticks: 5, text: 12}
	narrowFrame = frame{class: "c-narrow", width: 344, height: 270, left: 42, right: 6, head: 38, foot: 36, ticks: 4, text: 11.5}
	smallFrame  = frame{class: "c-small", width: 300, height: 120, left: 40, right: 6, head: 8, foot: 18, ticks: 2, text: 11.5}
)

// plot is a part of time in a frame.
type plot struct {
	frame
	from, to time.Time
	zone     *time.Location
	scale    scale
	percent  bool
}

// inner returns the size of the box of the drawing.
func (p *plot) inner() (width, height float64) {
	return p.width - p.left - p.right, p.height - p.head - p.foot
}

// hours is the length of the time that is drawn.
func (p *plot) hours() float64 { return p.to.Sub(p.from).Hours() }

// x is where a time is within the box.
func (p *plot) x(t time.Time) float64 {
	const far = 1e5
	return max(-far, min(far, math.Round(t.Sub(p.from).Hours()*perHour*10)/10))
}

// outerX is where a time is in the drawing.
func (p *plot) outerX(t time.Time) float64 {
	width, _ := p.inner()
	return p.left + p.x(t)/(p.hours()*perHour)*width
}

// y is where a number is within the box, whole.
func (p *plot) y(v float64) float64 {
	const far = 4 // times the scale: what is cut off keeps its slope
	return math.Round(full * (1 - max(0, min(far, v/p.scale.top))))
}

// outerY is where a number is in the drawing.
func (p *plot) outerY(v float64) float64 {
	_, height := p.inner()
	return p.head + height*(1-v/p.scale.top)
}

// axes draws the grid with its numbers and times. A script draws them anew from the classes.
func (p *plot) axes(w *writer) {
	width, height := p.inner()
	w.raw(`<g class="cy">`)
	for _, v := range p.scale.ticks() {
		y := p.outerY(v)
		w.raw(`<path d="M`, p.left, " ", y, "h", width, `"/><text x="`, p.left-6, `" y="`, y+p.text*.35, `">`, p.number(v), "</text>")
	}
	w.raw(`</g><g class="ct">`)
	bottom := p.head + height
	small := p.class == smallFrame.class
	end := -1000.0
	ticks, hourly := timeTicks(p.from, p.to, p.zone, width/p.hours())
	row := 16.0 // of the days, under that of the hours
	if hourly {
		row = 31
	}
	if hourly && !slices.ContainsFunc(ticks, func(t timeTick) bool { return t.day }) { // all of it is one day
		w.raw(`<text class="cd" x="`, p.left, `" y="`, bottom+row, `">`, dayText(p.from.In(p.zone), 1), "</text>")
	}
	for _, t := range ticks {
		x := p.outerX(t.at)
		switch {
		case t.day && small:
			w.raw(`<path class="cd" d="M`, x, " ", p.head, "V", bottom, `"/>`)
			text := t.at.Format("Mon 2")
			if half := float64(len(text)) * p.text * .3; x-half > end && x+half < p.width {
				w.raw(`<text x="`, x, `" y="`, bottom+14, `">`, text, "</text>")
				end = x + half + 4
			}
		case t.day:
			w.raw(`<path class="cd" d="M`, x, " ", p.head, "V", bottom+row-11, `"/>`)
			if x+float64(len(t.text))*p.text*.56 < p.width-p.right+10 {
				w.raw(`<text class="cd" x="`, x+4, `" y="`, bottom+row, `">`, t.text, "</text>")
			}
		case !small:
			w.raw(`<path d="M`, x, " ", bottom, `v4"/><text x="`, x, `" y="`, bottom+16, `">`, t.text, "</text>")
		}
	}
	w.raw("</g>")
}

// number writes a number of the scale.
func (p *plot) number(v float64) string {
	if p.percent {
		return console.Count(uint64(v)) + " %"
	}
	return p.scale.label(v)
}

// box opens the box of the drawing.
func (p *plot) box(w *writer) {
	width, height := p.inner()
	w.raw(`<svg class="cp" x="`, p.left, `" y="`, p.head, `" width="`, width, `" height="`, height, `" data-top="`, plain(p.scale.top), `" viewBox="0 0 `, p.hours()*perHour, " ", full, `" preserveAspectRatio="none">`)
}

// middle is the time in the middle of an hour, where its numbers are drawn.
func middle(start time.Time, step time.Duration) time.Time { return start.Add(step / 2) }

// apart reports whether something is missing between two hours: days are an hour longer where clocks are put back.
func apart(before, after time.Time, step time.Duration) bool { return after.Sub(before) > step+step/2 }

// strokes draws a line through the hours for which value knows a number; it is broken where an hour is missing, and a lone
// hour is a dot.
func (p *plot) strokes(w *writer, hours []Hour, step time.Duration, value func(*Hour) float64) {
	var before time.Time
	alone := false
	for i := range hours {
		h := &hours[i]
		v, ok := known(value(h))
		if !ok {
			before = time.Time{}
			continue
		}
		command := "L"
		if before.IsZero() || apart(before, h.Start, step) {
			if alone {
				w.raw("h0")
			}
			command = "M"
		}
		alone = command == "M"
		w.raw(command, p.x(middle(h.Start, step)), " ", p.y(v))
		before = h.Start
	}
	if alone {
		w.raw("h0")
	}
}

// area draws the areas between two numbers of the hours.
func (p *plot) area(w *writer, hours []Hour, step time.Duration, low, high func(*Hour) float64) {
	begin := 0
	flush := func(end int) {
		if end-begin < 1 {
			return
		}
		for i := begin; i < end; i++ {
			command := "L"
			if i == begin {
				command = "M"
			}
			w.raw(command, p.x(middle(hours[i].Start, step)), " ", p.y(high(&hours[i])))
		}
		for i := end - 1; i >= begin; i-- {
			w.raw("L", p.x(middle(hours[i].Start, step)), " ", p.y(low(&hours[i])))
		}
		w.raw("z")
	}
	for i := range hours {
		_, ok1 := known(low(&hours[i]))
		_, ok2 := known(high(&hours[i]))
		if i > begin && apart(hours[i-1].Start, hours[i].Start, step) {
			flush(i)
			begin = i
		}
		if !ok1 || !ok2 {
			flush(i)
			begin = i + 1
		}
	}
	flush(len(hours))
}
