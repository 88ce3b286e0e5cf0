package digest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/swell-radar/swell/internal/console"
)

// markdownOf writes a page as Markdown with the tables of GitHub.
func markdownOf(p *page) []byte {
	var b strings.Builder
	if p.demo {
		b.WriteString("> " + demoText + "\n\n")
	}
	fmt.Fprintf(&b, "# %s\n\n**%s**\n", escaped(p.title), escaped(p.headline))
	for i := range p.sections {
		s := &p.sections[i]
		fmt.Fprintf(&b, "\n## %s\n\n", escaped(s.heading))
		for _, l := range s.lines {
			b.WriteString(escaped(l) + "\n")
		}
		for j := range s.items {
			markdownItem(&b, &s.items[j])
		}
		if s.table != nil && len(s.table.rows) > 0 {
			if len(s.lines) > 0 {
				b.WriteByte('\n')
			}
			markdownTable(&b, s.table)
		}
		if c := s.chart; c != nil {
			t := &table{columns: []column{{"", false}, {c.from + " to " + c.to, false}}}
			for n, name := range c.names {
				values := make([]float64, len(c.hours[n]))
				for h, x := range c.hours[n] {
					values[h] = float64(x)
				}
				t.rows = append(t.rows, tableRow{cells: []string{name, console.Spark(values, 3*sparkWidth/2)}})
			}
			markdownTable(&b, t)
		}
		if s.more > 0 {
			fmt.Fprintf(&b, "\n… %s more\n", console.Count(uint64(s.more)))
		}
	}
	b.WriteString("\n---\n\n")
	for _, l := range p.footer {
		b.WriteString(escaped(l) + "\n")
	}
	return []byte(b.String())
}

func markdownItem(b *strings.Builder, it *item) {
	b.WriteString("- ")
	lead := it.aside
	if it.lead != "" {
		lead = it.lead
	}
	fmt.Fprintf(b, "**%s**", escaped(lead))
	text := it.text
	if it.lead == "" {
		b.WriteString(": ")
	} else if text != "" {
		text = " · " + text
	}
	b.WriteString(escaped(text))
	if it.hours != nil {
		b.WriteString(" " + sparkOf(it.hours))
	}
	if it.link != "" {
		fmt.Fprintf(b, " ([more](<%s>))", address(it.link))
	}
	b.WriteByte('\n')
}

func markdownTable(b *strings.Builder, t *table) {
	below := false
	for _, r := range t.rows {
		below = below || r.below != ""
	}
	names, rules := []string{}, []string{}
	for _, c := range t.columns {
		names = append(names, escaped(c.name))
		if c.right {
			rules = append(rules, "---:")
		} else {
			rules = append(rules, "---")
		}
	}
	if below {
		names, rules = append(names, "Why"), append(rules, "---")
	}
	row := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(names)
	row(rules)
	for _, r := range t.rows {
		var cells []string
		for i, c := range r.cells {
			if c = escaped(c); i == 0 && r.link != "" {
				c = fmt.Sprintf("[%s](<%s>)", c, address(r.link))
			}
			cells = append(cells, c)
		}
		if below {
			cells = append(cells, escaped(r.below))
		}
		row(cells)
	}
}

// marks are the characters that Markdown, or a dialect of it, does something with wherever they stand.
const marks = "\\`*_[]#|~$"

// escaped is a text that stays one: no markup, no address that becomes a link, no one who is called.
func escaped(s string) string {
	var b strings.Builder
	number := true // nothing but digits so far, which would begin a list
	for i, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '@':
			b.WriteString("&#64;")
		default:
			address := r == ':' && strings.HasPrefix(s[i+1:], "/") || r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www")
			list := number && (r == '.' || r == ')') || i == 0 && (r == '-' || r == '+' || r == '=')
			if address || list || r < utf8.RuneSelf && strings.ContainsRune(marks, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		number = number && '0' <= r && r <= '9'
	}
	return b.String()
}

// address is one that ends where it does: paths of terms are escaped, all else comes from the settings.
func address(s string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", "\n", "", "\r", "", "\\", "%5C").Replace(s)
}
