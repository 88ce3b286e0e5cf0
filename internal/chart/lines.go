package chart

import (
	"html/template"
	"math"
	"sort"
	"strconv"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// mostLines is how many courses can be told apart in one drawing.
const mostLines = 10

// SVG draws it: each course with a colour and a dash of its own, and its name at its end.
func (c *Lines) SVG() template.HTML {
	var w writer
	w.raw(`<div class="c-lines"`)
	w.id(c.ID)
	n := min(len(c.Names), len(c.Series), mostLines)
	course := c.course(n)
	p := course.plot()
	shown := p.from.Before(p.to)
	var series [][]Hour
	if shown {
		series = c.shares(n)
		w.raw(` data-chart="`).made(c.data(p, series)).raw(`"`)
	}
	w.raw(">")
	for _, f := range []frame{wideFrame, narrowFrame} {
		f.head, f.right = 12, c.endRoom(f, n)
		w.raw(`<svg class="`, f.class, `" viewBox="0 0 `, f.width, " ", f.height, `" role="img" aria-label="`).text(c.Label).raw(`">`)
		if shown {
			p.frame, p.percent = f, c.Share
			p.scale = scaleOf(largest(series), f.ticks)
			c.draw(&w, p, series)
		} else {
			w.raw(`<text class="c0" x="`, f.width/2, `" y="`, f.height/2, `">No hour was counted yet</text>`)
		}
		w.raw("</svg>")
	}
	if shown {
		w.raw(`<ul class="c-keys">`)
		for i := range n {
			w.raw(`<li><svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true"><path class="l`, i, `" d="M1 6h22"/></svg> <bdi>`).text(c.Names[i]).raw("</bdi></li>")
		}
		w.raw("</ul>")
	}
	return w.raw("</div>").done()
}

// course returns a course that is as long as the longest of all.
func (c *Lines) course(n int) *Course {
	out := &Course{Zone: c.Zone}
	for _, s := range c.Series[:n] {
		if len(s) == 0 {
			continue
		}
		if out.From.IsZero() || s[0].Start.Before(out.From) {
			out.From = s[0].Start
		}
		if end := s[len(s)-1].Start.Add(c.step()); end.After(out.To) {
			out.To = end
		}
	}
	return out
}

func (c *Lines) step() time.Duration {
	for _, s := range c.Series {
		if step := stepOf(c.Step, s); step != time.Hour {
			return step
		}
	}
	return time.Hour
}

// shares returns the series that are drawn, of hours that are over: posts, or percents of all posts in the hour.
func (c *Lines) shares(n int) [][]Hour {
	if !c.Share {
		return c.over(n)
	}
	all := map[int64]float64{}
	for _, s := range c.Series {
		for _, h := range s {
			if posts, ok := known(h.Posts); ok {
				all[h.Start.Unix()] += max(0, posts)
			}
		}
	}
	out := make([][]Hour, n)
	for i, s := range c.over(n) {
		for _, h := range s {
			if sum := all[h.Start.Unix()]; sum > 0 {
				h.Posts = 100 * h.Posts / sum
			} else {
				h.Posts = math.NaN()
			}
			out[i] = append(out[i], h)
		}
	}
	return out
}

// over returns the series without the hour that still runs, which would look like a fall of all.
func (c *Lines) over(n int) [][]Hour {
	out := make([][]Hour, n)
	for i, s := range c.Series[:n] {
		for _, h := range s {
			if !h.Partial {
				out[i] = append(out[i], h)
			}
		}
	}
	return out
}

func largest(series [][]Hour) float64 {
	top := 0.0
	for _, s := range series {
		for _, h := range s {
			if posts, ok := known(h.Posts); ok {
				top = max(top, posts)
			}
		}
	}
	return top
}

// draw draws one size.
func (c *Lines) draw(w *writer, p *plot, series [][]Hour) {
	p.axes(w)
	p.box(w)
	for i, s := range series {
		w.raw(`<path class="l`, i, `" d="`)
		p.strokes(w, s, c.step(), posts)
		w.raw(`"/>`)
	}
	w.raw("</svg>")
	c.ends(w, p, series)
}

// endCells is how long a name at the end of a line may be, in the width of a letter.
func (f *frame) endCells() int {
	if f.class == narrowFrame.class {
		return 10
	}
	return 18
}

// endRoom returns the room that the names at the ends take.
func (c *Lines) endRoom(f frame, n int) float64 {
	room := 20.0
	if c.unnamed(f, n) {
		return room
	}
	for _, name := range c.Names[:n] {
		room = max(room, 14+1.06*nameWidth(console.Cut(clean(name), f.endCells()), f.text)) // they are bold
	}
	return min(room, f.width*.3)
}

// unnamed reports whether no line gets its name at its end: in little room, where some name would be cut. All of them are
// told under the drawing.
func (c *Lines) unnamed(f frame, n int) bool {
	for _, name := range c.Names[:n] {
		if s := clean(name); f.class == narrowFrame.class && console.Cut(s, f.endCells()) != s {
			return true
		}
	}
	return false
}

// ends writes the names at the ends of their lines, moved apart where these are close.
func (c *Lines) ends(w *writer, p *plot, series [][]Hour) {
	if c.unnamed(p.frame, len(series)) {
		return
	}
	type end struct {
		line int
		y, x float64
	}
	var ends []end
	for i, s := range series {
		for k := len(s) - 1; k >= 0; k-- {
			if posts, ok := known(s[k].Posts); ok {
				ends = append(ends, end{line: i, y: p.outerY(max(0, min(p.scale.top, posts))), x: p.outerX(middle(s[k].Start, c.step()))})
				break
			}
		}
	}
	sort.SliceStable(ends, func(a, b int) bool { return ends[a].y < ends[b].y })
	line := p.text + 2
	places := make([]float64, len(ends))
	bottom := p.height - p.foot + 4
	for i, e := range ends {
		places[i] = max(e.y, p.head+4)
		if i > 0 {
			places[i] = max(places[i], places[i-1]+line)
		}
	}
	for i := len(places) - 1; i >= 0; i-- {
		limit := bottom - float64(len(places)-1-i)*line
		places[i] = min(places[i], limit)
	}
	for i, e := range ends {
		name := console.Cut(clean(c.Names[e.line]), p.endCells())
		x := p.width - p.right
		w.raw(`<path class="cv" d="M`, e.x+2, " ", e.y, "L", x+8, " ", places[i], `"/><text class="l`, e.line, `" x="`, x+12, `" y="`, places[i]+p.text*.35, `">`)
		w.text(name).raw("</text>")
	}
}

// data returns the numbers for a script, as JSON: the names, and by rows when an hour begins and how many posts each has.
func (c *Lines) data(p *plot, series [][]Hour) string {
	type row = map[int]float64
	rows := map[int64]row{}
	var starts []int64
	for i, s := range series {
		for _, h := range s {
			at := h.Start.Unix()
			if rows[at] == nil {
				rows[at] = row{}
				starts = append(starts, at)
			}
			rows[at][i] = h.Posts
		}
	}
	sort.Slice(starts, func(a, b int) bool { return starts[a] < starts[b] })
	var b writer
	b.raw(`{"from":`, strconv.FormatInt(p.from.Unix(), 10), `,"to":`, strconv.FormatInt(p.to.Unix(), 10), `,"step":`, int(c.step().Seconds()), `,"zone":`, strconv.Quote(zoneName(p.zone)))
	b.raw(`,"percent":`, strconv.FormatBool(c.Share), `,"names":[`)
	for i := range series {
		b.raw(comma(i), jsonText(c.Names[i]))
	}
	b.raw(`],"hours":[`)
	for k, at := range starts {
		b.raw(comma(k), "[", strconv.FormatInt(at-p.from.Unix(), 10))
		for i := range series {
			posts, ok := rows[at][i]
			if !ok {
				posts = math.NaN()
			}
			b.raw(",", plain(posts))
		}
		b.raw("]")
	}
	return b.raw("]}").String()
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
