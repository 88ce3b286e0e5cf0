package digest

import (
	"bytes"
	_ "embed" // the page
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/swell-radar/swell/internal/console"
)

//go:embed page.html.tmpl
var pageText string

// htmlOf writes a page for mail clients.
func htmlOf(p *page, s Style) (*Document, error) {
	t, err := template.New("page").Funcs(template.FuncMap{"bidi": bidi, "count": whole}).Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("digest: cannot read the page: %w", err)
	}
	out := &Document{Type: "text/html; charset=utf-8"}
	h := &htmlPage{Title: p.title, Headline: p.headline, Preheader: preheader(p), Demo: p.demo, Footer: p.footer}
	for i := range p.sections {
		if err := h.add(&p.sections[i], out, s); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, h); err != nil {
		return nil, fmt.Errorf("digest: cannot write the page: %w", err)
	}
	out.Body = b.Bytes()
	return out, nil
}

// htmlPage is what the template is given.
type htmlPage struct {
	Title, Headline, Preheader string
	Demo                       bool
	Sections                   []htmlSection
	Footer                     []string
}

type htmlSection struct {
	Heading string
	Lines   []string
	Items   []htmlItem
	Asides  bool // the items are of the kind that has one
	Columns []htmlColumn
	Rows    []htmlRow
	Stacked bool // there are too many columns for a phone: each row is written as a text
	Chart   *htmlChart
	More    int
}

type htmlItem struct {
	Aside, Lead, Text, Link string
	Spark                   *picture
}

type htmlColumn struct{ Name, Align string }

type htmlRow struct {
	First, Link string
	Cells       []htmlCell
	Below       string
	Span        int
}

type htmlCell struct{ Name, Text, Align string }

type htmlChart struct {
	Picture  *picture
	From, To string
	Top      string
	Legend   []legend
}

type legend struct{ Name, Colour string }

type picture struct {
	Source template.URL
	Alt    string
}

func preheader(p *page) string {
	for i := range p.sections {
		for _, it := range p.sections[i].items {
			return it.aside + " " + it.lead + " " + it.text
		}
	}
	return strings.Join(p.footer, " ")
}

func (h *htmlPage) add(s *section, d *Document, style Style) error {
	out := htmlSection{Heading: s.heading, Lines: s.lines, More: s.more}
	for i := range s.items {
		it := &s.items[i]
		row := htmlItem{Aside: it.aside, Lead: it.lead, Text: it.text, Link: it.link}
		out.Asides = out.Asides || it.aside != ""
		if it.hours != nil {
			data, err := sparkPNG(it.hours)
			if err != nil {
				return err
			}
			row.Spark = d.picture(data, it.hours.alt, style)
		}
		out.Items = append(out.Items, row)
	}
	if s.table != nil && len(s.table.rows) > 0 {
		out.addTable(s.table)
	}
	if c := s.chart; c != nil {
		data, err := chartPNG(c)
		if err != nil {
			return err
		}
		out.Chart = &htmlChart{Picture: d.picture(data, c.alt, style), From: c.from, To: c.to, Top: console.Count(c.top)}
		for i, name := range c.names {
			out.Chart.Legend = append(out.Chart.Legend, legend{name, fmt.Sprintf("#%02x%02x%02x", inks[i].R, inks[i].G, inks[i].B)})
		}
	}
	h.Sections = append(h.Sections, out)
	return nil
}

func (s *htmlSection) addTable(t *table) {
	const most = 7
	s.Stacked = len(t.columns) > most
	align := func(c column) string {
		if c.right {
			return "right"
		}
		return "left"
	}
	for _, c := range t.columns {
		s.Columns = append(s.Columns, htmlColumn{c.name, align(c)})
	}
	for _, r := range t.rows {
		row := htmlRow{First: r.cells[0], Link: r.link, Below: r.below, Span: len(t.columns)}
		for i, c := range r.cells[1:] {
			row.Cells = append(row.Cells, htmlCell{strings.ToLower(t.columns[i+1].name), c, align(t.columns[i+1])})
		}
		s.Rows = append(s.Rows, row)
	}
}

// picture adds one to a document, or to its address.
func (d *Document) picture(data []byte, alt string, s Style) *picture {
	if !s.Attached {
		return &picture{template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data)), alt}
	}
	for i := range d.Images { // equal ones are sent once
		if bytes.Equal(d.Images[i].PNG, data) {
			return &picture{template.URL("cid:" + d.Images[i].Name), alt}
		}
	}
	name := fmt.Sprintf("swell-%d.png", len(d.Images)+1)
	d.Images = append(d.Images, Image{Name: name, Alt: alt, PNG: data})
	return &picture{template.URL("cid:" + name), alt}
}

// bidi escapes a text for HTML. Isolated parts are so by an element, which mail clients know better than the characters.
func bidi(s string) template.HTML {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, string(isolate))
		b.WriteString(template.HTMLEscapeString(before))
		if !ok {
			return template.HTML(strings.ReplaceAll(b.String(), string(pop), ""))
		}
		inner, after, _ := strings.Cut(rest, string(pop))
		b.WriteString(`<bdi dir="auto">` + template.HTMLEscapeString(inner) + `</bdi>`)
		s = after
	}
}
