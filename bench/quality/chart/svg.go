package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// WriteSVG writes the chart as an SVG 1.1 document without scripts or outside
// references. An error is w's own, or says that a text could not be measured.
func (c *Chart) WriteSVG(w io.Writer) error {
	s, err := layout(c)
	if err != nil {
		return fmt.Errorf("chart: cannot lay out %q: %w", c.Title, err)
	}
	var b bytes.Buffer
	width, height := number(s.width), number(s.height)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%s" height="%s" viewBox="0 0 %s %s">`+"\n", width, height, width, height)
	b.WriteString("<title>" + escaped(s.title) + "</title>\n")
	b.WriteString(style())
	for i := range s.shapes {
		s.shapes[i].svg(&b)
	}
	b.WriteString("</svg>\n")
	_, err = w.Write(b.Bytes())
	return err
}

// style gives every ink its colours: f fills with it, s draws lines in it.
func style() string {
	rules := func(colours [series0 + hues]colour) string {
		var b strings.Builder
		for i, c := range colours {
			fmt.Fprintf(&b, ".f%d{fill:%s}.s%d{stroke:%s}", i, c, i, c)
		}
		return b.String()
	}
	return "<style>text{font-family:Go,Helvetica,Arial,sans-serif}polyline{fill:none;stroke-linejoin:round}" +
		rules(light) + "\n@media(prefers-color-scheme:dark){" + rules(dark) + "}</style>\n"
}

func (s *shape) svg(b *bytes.Buffer) {
	at := s.points[0]
	switch s.kind {
	case rectangle:
		to := s.points[1]
		fmt.Fprintf(b, `<rect class="f%d" x="%s" y="%s" width="%s" height="%s"/>`, s.ink, number(at.X), number(at.Y), number(to.X-at.X), number(to.Y-at.Y))
	case polyline:
		fmt.Fprintf(b, `<polyline class="s%d" stroke-width="%s"`, s.ink, number(s.width))
		if s.dashed {
			fmt.Fprintf(b, ` stroke-dasharray="%s %s"`, number(dashOn), number(dashOff))
		}
		b.WriteString(` points="`)
		for i, p := range s.points {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(number(p.X) + "," + number(p.Y))
		}
		b.WriteString(`"/>`)
	case dot:
		fmt.Fprintf(b, `<circle class="f%d" cx="%s" cy="%s" r="%s"/>`, s.ink, number(at.X), number(at.Y), number(s.width))
	case label:
		fmt.Fprintf(b, `<text class="f%d" x="%s" y="%s" font-size="%s"`, s.ink, number(at.X), number(at.Y), number(s.width))
		if s.anchor != start {
			b.WriteString(` text-anchor="` + [...]string{middle: "middle", end: "end"}[s.anchor] + `"`)
		}
		if s.bold {
			b.WriteString(` font-weight="bold"`)
		}
		b.WriteString(">" + escaped(s.text) + "</text>")
	}
	b.WriteByte('\n')
}

// number writes a coordinate to a tenth.
func number(x float64) string {
	return strconv.FormatFloat(tenth(x), 'f', -1, 64)
}

func escaped(s string) string {
	var b strings.Builder
	// A strings.Builder takes everything.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
