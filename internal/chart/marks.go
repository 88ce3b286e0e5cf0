package chart

import (
	"slices"
	"time"

	"github.com/swell-radar/swell/internal/console"
)

// marks draws what happened above the course: lines down to it, with what it was where there is room for the words. Each
// knows where it is, for a script that looks closer.
func (c *Course) marks(w *writer, p *plot) {
	const most, line = 60, 13
	rows := int((p.head - 6) / line)
	ends := make([]float64, rows)
	for i := range ends {
		ends[i] = p.left
	}
	_, height := p.inner()
	bottom := p.head + height
	label := func(at time.Time, class, text, title string) {
		x := p.outerX(at)
		w.raw(`<g class="ck `, class, `" data-at="`, p.x(at), `" transform="translate(`, x, `)"><title>`).text(title).raw("</title>")
		width := nameWidth(text, p.text)
		left := max(p.left, min(p.width-width, x))
		for row := range ends {
			if text == "" || left < ends[row] || slices.ContainsFunc(ends[row+1:], func(end float64) bool { return x < end-6 }) {
				continue // there, or under there, stands another word
			}
			y := float64(row+1)*line - 2
			ends[row] = left + width + 6
			w.raw(`<path d="M0 `, y-7, "V", bottom, `"/><text x="`, left-x+4, `" y="`, y, `"`)
			if rightToLeft(text) {
				w.raw(` direction="rtl"`)
			}
			w.raw(">").text(text).raw("</text></g>")
			return
		}
		w.raw(`<path d="M0 `, p.head-6, "V", bottom, `"/></g>`)
	}
	drawn := 0
	for _, m := range c.Marks {
		if m.At.Before(p.from) || m.At.After(p.to) || drawn == most {
			continue
		}
		drawn++
		when := m.At.In(p.zone).Format("Mon 2 Jan 15:04")
		text := console.Cut(clean(m.Text), 18)
		switch m.Kind {
		case "note":
			label(m.At, "c-note", "⚑ "+text, when+": note: "+m.Text)
		case "alert":
			label(m.At, "c-alert", "", when+": alert: "+m.Text)
		default:
			label(m.At, "c-"+phaseClass(m.Text), text, when+": "+m.Text)
		}
	}
	if c.Now.After(p.from) && c.Now.Before(p.to) {
		label(c.Now, "c-now", "now", "now: "+c.Now.In(p.zone).Format("Mon 2 Jan 15:04"))
	}
	c.unseen(w, p, bottom)
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
	key("cl", line, "posts an hour")
	if authors {
		key("cs", line, "authors who are new to it")
	}
	if usual {
		key("cb", area, "usual: eight of ten hours")
		key("ce", line, "expected")
	}
	if len(c.Fan) > 0 {
		key("cf", area, "may come: eight of ten cases")
	}
	if n := len(c.Hours); n > 0 && c.Hours[n-1].Partial {
		key("cr", line, "this hour, not over yet")
	}
	if len(c.Gaps) > 0 {
		key("ch", "M0 11l10-10M6 11l10-10M12 11l10-10", "not seen")
	}
	w.raw("</ul>")
}
