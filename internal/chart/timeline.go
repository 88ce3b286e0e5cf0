package chart

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"
)

// Timeline is a bar of time in which pieces are told apart by height as well as by colour, as of the states of a source.
type Timeline struct {
	From, To time.Time
	Pieces   []TimePiece // rising; what lies between them was not known
	// Zone is whose midnights are marked; nil: UTC.
	Zone  *time.Location
	Label string // what it says, for whoever does not see it
}

// TimePiece is a half-open range of a [Timeline].
type TimePiece struct {
	From, To time.Time
	// Level is good, wait, bad or off: from the full height to a line.
	Level string
	Text  string // for whoever points at it
}

// Its size: the page stretches it.
const (
	timelineWidth  = 720
	timelineHeight = 20
)

// levelHeights are how high a piece stands.
var levelHeights = map[string]int{"good": timelineHeight, "wait": 12, "bad": 7, "off": 2}

// SVG draws it. Pieces that are narrower than can be seen are drawn as wide as can be.
func (c *Timeline) SVG() template.HTML {
	const least = 1.5
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="timeline" role="img" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-label="%s">`, timelineWidth, timelineHeight, html.EscapeString(c.Label))
	fmt.Fprintf(&b, `<rect class="unknown" x="0" y="%d" width="%d" height="1"/>`, timelineHeight-1, timelineWidth)
	for _, p := range c.Pieces {
		from, to := c.at(p.From), c.at(p.To)
		height, ok := levelHeights[p.Level]
		if !ok || to < from || to == 0 && p.To.Before(c.From) || !p.From.Before(c.To) {
			continue
		}
		width := max(to-from, least)
		from = min(from, timelineWidth-width)
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%d" width="%.1f" height="%d"><title>%s</title></rect>`,
			p.Level, from, timelineHeight-height, width, height, html.EscapeString(p.Text))
	}
	for _, at := range c.midnights() {
		fmt.Fprintf(&b, `<rect class="midnight" x="%.1f" y="0" width="1" height="%d"/>`, c.at(at), timelineHeight)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// at is the place of a moment.
func (c *Timeline) at(t time.Time) float64 {
	span := c.To.Sub(c.From)
	if span <= 0 {
		return 0
	}
	return timelineWidth * max(0, min(1, float64(t.Sub(c.From))/float64(span)))
}

// midnights are the days that begin within it, of which there are no more than a month's.
func (c *Timeline) midnights() (out []time.Time) {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := c.From.In(zone).Date()
	for i := 1; i <= 31; i++ {
		at := time.Date(year, month, day+i, 0, 0, 0, 0, zone)
		if !at.Before(c.To) {
			break
		}
		out = append(out, at)
	}
	return out
}
