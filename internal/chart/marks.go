package chart

import (
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// sign is a mark with its place.
type sign struct {
	at                 time.Time
	class, text, title string
	x, left, right     float64
	row                int // of its words; -1: there is no room for them
}

// signs returns what is marked, that which gets its words first at first: the phase that it is in, the present, the phases
// before from the last one on, then notes, then alerts, which have none.
func (c *Course) signs(p *plot) []sign {
	const most = 60
	cells := 28
	if p.class == narrowFrame.class {
		cells = 16
	}
	var phases, others []sign
	for _, m := range c.Marks {
		if m.At.Before(p.from) || m.At.After(p.to) || len(phases)+len(others) == most {
			continue
		}
		s := sign{at: m.At, text: console.Cut(clean(m.Text), cells), title: m.At.In(p.zone).Format("Mon 2 Jan 15:04") + ": "}
		switch m.Kind {
		case "note":
			s.class, s.text, s.title = "c-note", "⚑ "+s.text, s.title+"note: "+m.Text
			others = append(others, s)
		case "alert":
			s.class, s.text, s.title = "c-alert", "", s.title+"alert: "+m.Text
			others = append(others, s)
		default:
			s.class, s.title = "c-"+phaseClass(m.Text), s.title+m.Text
			phases = append(phases, s)
		}
	}
	slices.SortStableFunc(phases, func(a, b sign) int { return b.at.Compare(a.at) })
	if c.Now.After(p.from) && c.Now.Before(p.to) {
		phases = slices.Insert(phases, min(1, len(phases)), sign{at: c.Now, class: "c-now", text: "now", title: "now: " + c.Now.In(p.zone).Format("Mon 2 Jan 15:04")})
	}
	return append(phases, others...)
}

// marks draws what happened above the course: lines down to it, with what it was where there is room for the words. Each
// knows where it is, for a script that looks closer.
func (c *Course) marks(w *writer, p *plot) {
	const line = 13
	_, height := p.inner()
	bottom := p.head + height
	signs := c.signs(p)
	for i := range signs {
		s := &signs[i]
		width := nameWidth(s.text, p.text)
		s.x = p.outerX(s.at)
		s.left = max(p.left, min(p.width-width, s.x))
		s.right = s.left + width + 4
		s.row = freeRow(signs[:i], s, int((p.head-6)/line))
		w.raw(`<g class="ck `, s.class, `" data-at="`, p.x(s.at), `" transform="translate(`, s.x, `)"><title>`).text(s.title).raw("</title>")
		if s.row < 0 {
			w.raw(`<path d="M0 `, p.head-6, "V", bottom, `"/></g>`)
			continue
		}
		y := float64(s.row+1)*line - 2
		w.raw(`<path d="M0 `, y-9, "V", bottom, `"/><text x="`, s.left-s.x+4, `" y="`, y, `"`)
		if rightToLeft(s.text) {
			w.raw(` direction="rtl" text-anchor="end"`)
		}
		w.raw(">").text(s.text).raw("</text></g>")
	}
	c.unseen(w, p, bottom)
}

// freeRow returns the first row where the words of a sign stand on no others, its line runs through none, and no line through
// them.
func freeRow(placed []sign, s *sign, rows int) int {
	if s.text == "" {
		return -1
	}
	for row := range rows {
		if !slices.ContainsFunc(placed, func(o sign) bool {
			switch {
			case o.row < 0:
				return false
			case o.row == row:
				return s.left < o.right && o.left < s.right
			case o.row > row:
				return s.x > o.left && s.x < o.right
			default:
				return o.x > s.left && o.x < s.right
			}
		}) {
			return row
		}
	}
	return -1
}

// unseen names the gaps that are wide enough for it.
func (c *Course) unseen(w *writer, p *plot, bottom float64) {
	for _, g := range c.Gaps {
		from, to := later(g.From, p.from), sooner(g.To, p.to)
		if !from.Before(to) {
			continue
		}
		if left, right := p.outerX(from), p.outerX(to); right-left > nameWidth("not seen", p.text) {
			at := from.Add(to.Sub(from) / 2)
			w.raw(`<g class="ck c-unseen" data-at="`, p.x(at), `" transform="translate(`, p.outerX(at), `)"><text y="`, bottom-8, `">not seen</text></g>`)
		}
	}
}

// legend says what the lines and areas are.
func (c *Course) legend(w *writer) {
	w.raw(`<ul class="c-keys">`)
	key := func(class, path, text string) {
		w.raw(`<li><svg viewBox="0 0 24 12" width="24" height="12" aria-hidden="true"><path class="`, class, `" d="`, path, `"/></svg> `, text, "</li>")
	}
	const line, area = "M1 6h22", "M0 1h24v10H0z"
	var usual, authors bool
	for i := range c.Hours {
		_, ok := known(c.Hours[i].High)
		usual = usual || ok
		_, ok = known(c.Hours[i].Authors)
		authors = authors || ok && c.Authors
	}
	unit := "hour"
	if c.step() >= 24*time.Hour {
		unit = "day"
	}
	key("cl", line, "posts in each "+unit)
	if authors {
		key("cs", line, "authors who are new to it")
	}
	if usual {
		key("cb", area, "usual, in eight of ten "+unit+"s")
		key("ce", line, "expected")
	}
	if len(c.Fan) > 0 {
		key("cf", area, "may come, in eight of ten cases")
	}
	if n := len(c.Hours); n > 0 && c.Hours[n-1].Partial {
		key("cr", "M12 6h0", "this "+unit+", not over yet")
	}
	if p := c.plot(); c.Now.After(p.from) && c.Now.Before(p.to) {
		key("cn", "M12 0v12", "counted up to here")
	}
	if slices.ContainsFunc(c.Marks, func(m Mark) bool { return m.Kind == "alert" }) {
		key("cq", "M12 0v12", "alert")
	}
	if len(c.Gaps) > 0 {
		key("ch", "M0 11l10-10M6 11l10-10M12 11l10-10", "not seen")
	}
	w.raw("</ul>")
}
