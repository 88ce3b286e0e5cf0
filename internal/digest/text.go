package digest

import (
	"fmt"
	"strings"

	"github.com/swell-radar/swell/internal/console"
)

const (
	textWidth = 78
	// sparkWidth is how many characters 72 hours take.
	sparkWidth = 24
	demoText   = "Demo: all of this is made up."
)

// textOf writes a page as plain text, in lines of textWidth columns where no word is longer.
func textOf(p *page) []byte {
	var b strings.Builder
	if p.demo {
		b.WriteString(demoText + "\n\n")
	}
	b.WriteString(p.title + "\n" + strings.Repeat("=", console.Width(p.title)) + "\n\n")
	fill(&b, p.headline, "", "")
	for i := range p.sections {
		s := &p.sections[i]
		fmt.Fprintf(&b, "\n%s\n%s\n", s.heading, strings.Repeat("-", console.Width(s.heading)))
		for _, l := range s.lines {
			fill(&b, l, "", "")
		}
		for j := range s.items {
			textItem(&b, &s.items[j])
		}
		if s.table != nil && len(s.table.rows) > 0 {
			if len(s.lines) > 0 {
				b.WriteByte('\n')
			}
			textTable(&b, s.table)
		}
		if s.chart != nil {
			textChart(&b, s.chart)
		}
		if s.more > 0 {
			fmt.Fprintf(&b, "… %s more\n", console.Count(uint64(s.more)))
		}
	}
	b.WriteString("\n--\n")
	for _, l := range p.footer {
		fill(&b, l, "", "")
	}
	return []byte(b.String())
}

func textItem(b *strings.Builder, it *item) {
	head := it.lead
	if it.aside != "" {
		head = it.aside + ": "
	}
	if it.lead == "" {
		fill(b, head+it.text, "- ", "  ")
		return
	}
	if it.hours != nil {
		head = pad(console.Cut(head, textWidth-sparkWidth-3), textWidth-sparkWidth-2, false) + sparkOf(it.hours)
	}
	b.WriteString("- " + strings.TrimRight(head, " ") + "\n")
	fill(b, it.text, "  ", "  ")
}

func sparkOf(l *line) string {
	values := make([]float64, len(l.hours))
	for i, n := range l.hours {
		values[i] = float64(n)
	}
	return console.Spark(values, sparkWidth)
}

// fill writes a text in lines, of which the first begins with one indent and the others with another.
func fill(b *strings.Builder, text, first, others string) {
	at := console.Width(first)
	b.WriteString(first)
	for i, word := range strings.Fields(text) {
		n := console.Width(word)
		switch {
		case i == 0:
		case at+1+n > textWidth:
			b.WriteString("\n" + others)
			at = console.Width(others)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteByte('\n')
}

// pad fills a cell up to a width.
func pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(0, width-console.Width(s)))
	if right {
		return space + s
	}
	return s + space
}

// textTable writes a table. Its first column is cut where the others leave it no room.
func textTable(b *strings.Builder, t *table) {
	const gap, least = 2, 12
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = console.Width(c.name)
		for _, r := range t.rows {
			widths[i] = max(widths[i], console.Width(r.cells[i]))
		}
	}
	room := textWidth
	for _, w := range widths[1:] {
		room -= w + gap
	}
	widths[0] = min(widths[0], max(room, least))
	line := func(cells []string) {
		var l strings.Builder
		for i, c := range cells {
			if i > 0 {
				l.WriteString(strings.Repeat(" ", gap))
			}
			if i == 0 {
				c = cutIsolated(c, widths[0])
			}
			l.WriteString(pad(c, widths[i], t.columns[i].right))
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	line(names)
	for _, r := range t.rows {
		line(r.cells)
		if r.below != "" {
			fill(b, r.below, "    ", "    ")
		}
	}
}

// cutIsolated cuts a text that may be isolated as a whole.
func cutIsolated(s string, width int) string {
	if inner, ok := strings.CutPrefix(s, string(isolate)); ok {
		return console.Isolated(console.Cut(strings.TrimSuffix(inner, string(pop)), width))
	}
	return console.Cut(s, width)
}

func textChart(b *strings.Builder, c *chart) {
	width := 0
	for _, name := range c.names {
		width = max(width, console.Width(name))
	}
	width = min(width, textWidth-3*sparkWidth/2-2)
	for i, name := range c.names {
		values := make([]float64, len(c.hours[i]))
		for h, n := range c.hours[i] {
			values[h] = float64(n)
		}
		fmt.Fprintf(b, "%s  %s\n", pad(cutIsolated(name, width), width, false), console.Spark(values, 3*sparkWidth/2))
	}
	fill(b, fmt.Sprintf("Each by itself, %s to %s.", c.from, c.to), "", "")
}
