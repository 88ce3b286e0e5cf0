package chart

import (
	"html/template"

	"github.com/swell-radar/swell/internal/console"
)

// mostParts is how many parts of a bar can be told apart; what is smaller is one more.
const mostParts = 6

// SVG draws it as one bar with a list of its parts under it, in the same order and with their shares in numbers.
func (c *Bar) SVG() template.HTML {
	parts := c.parts()
	const width, gap = 600.0, 2.0
	var w writer
	w.raw(`<div class="c-bar"><svg viewBox="0 0 600 14" preserveAspectRatio="none" role="img" aria-label="`).text(c.Label).raw(`"><rect class="pg" width="600" height="14"/>`)
	x := 0.0
	for i, p := range parts {
		size := p.Share * width
		w.raw(`<rect class="p`, i, `" x="`, x, `" width="`, max(1, size-gap), `" height="14"><title>`).text(p.Name).raw(" ", console.Share(p.Share), "</title></rect>")
		x += size
	}
	w.raw(`</svg><ul class="c-keys">`)
	for i, p := range parts {
		w.raw(`<li><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><rect class="p`, i, `" width="12" height="12"/></svg> <bdi>`).text(p.Name).raw("</bdi> <b>", console.Share(p.Share), "</b></li>")
	}
	return w.raw("</ul></div>").done()
}

// parts returns what is drawn: known shares, which are no more than the whole together.
func (c *Bar) parts() []Part {
	var out []Part
	rest := 1.0
	others := 0.0
	for _, p := range c.Parts {
		share, ok := known(p.Share)
		if share = min(share, rest); !ok || share <= 0 {
			continue
		}
		rest -= share
		if len(out) == mostParts {
			others += share
			continue
		}
		out = append(out, Part{p.Name, share})
	}
	if others > 0 {
		out = append(out, Part{"others", others})
	}
	return out
}
